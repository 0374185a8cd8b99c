/** VLANs of an interface (IEEE 802.1Q): IFLA_VLAN_*, linux/if_link.h. */
import { attributes, flags, nested, repeated, struct, u16, u16be, u32 } from '@ripstop/wire';

/** VLAN_FLAG_*, linux/if_vlan.h. */
export const vlanFlags = flags('VLAN_FLAG', u32, {
  reorderHeader: 0x1,
  gvrp: 0x2,
  looseBinding: 0x4,
  mvrp: 0x8,
  bridgeBinding: 0x10,
});

/** struct ifla_vlan_flags: 8 bytes. `mask` says which bits of `flags` a request changes. */
const flagsChange = struct('ifla_vlan_flags', 8, { flags: vlanFlags, mask: vlanFlags });

const mapping = struct('ifla_vlan_qos_mapping', 8, { from: u32, to: u32 });
/** struct ifla_vlan_qos_mapping: 8 bytes. Between a packet's priority in Linux and the one in its tag. */
const priorityMapping: typeof mapping = { ...mapping, format: ({ from, to }) => `${from}:${to}` };
const priorityMappings = repeated('IFLA_VLAN_QOS', 1, priorityMapping);

export const vlanAttributes = attributes('IFLA_VLAN', {
  id: [1, u16],
  flags: [2, flagsChange],
  egressPriorities: [3, nested(priorityMappings)],
  ingressPriorities: [4, nested(priorityMappings)],
  /** An EtherType: 0x8100 (802.1Q), 0x88a8 (802.1ad). */
  protocol: [5, u16be],
});
