/**
 * The VLANs of a bridge and of its ports: IFLA_AF_SPEC of link messages of family `bridge`, which holds IFLA_BRIDGE_*
 * (linux/if_bridge.h). Before this file: `struct` and `attributes`. After it: `link.ts`.
 *
 * Linux: there is an attribute for every VLAN, or two for a range of them, side by side in one set.
 */
import {
  attributes,
  bytes,
  type Codec,
  flags,
  type InputOf,
  nested,
  repeated,
  struct,
  u16,
  u32,
  type ValueOf,
} from '@ripstop/wire';

/** BRIDGE_VLAN_INFO_*. A range is two VLANs: one that begins it and one that ends it. */
export const bridgeVlanFlags = flags('BRIDGE_VLAN_INFO', u16, {
  master: 0x1,
  pvid: 0x2,
  untagged: 0x4,
  rangeBegin: 0x8,
  rangeEnd: 0x10,
  bridgeEntry: 0x20,
  onlyOptions: 0x40,
});

/** BRIDGE_FLAGS_*: whose VLANs a request means, those of the bridge or those that the port's driver keeps. */
const bridgeFlags = flags('BRIDGE_FLAGS', u16, { master: 0x1, self: 0x2 });

/** struct bridge_vlan_info: 4 bytes. */
const vlan = struct('bridge_vlan_info', 4, { flags: bridgeVlanFlags, id: u16 });

/** IFLA_BRIDGE_VLAN_TUNNEL_*: the VNI that a VLAN has in a VXLAN. */
const vlanTunnel = attributes('IFLA_BRIDGE_VLAN_TUNNEL', {
  vni: [1, u32],
  id: [2, u16],
  flags: [3, bridgeVlanFlags],
});

const VLAN = 2;
const TUNNEL = 3;
const vlans = repeated('IFLA_BRIDGE_VLAN', VLAN, vlan);
const vlanTunnels = repeated('IFLA_BRIDGE_TUNNEL', TUNNEL, nested(vlanTunnel));

/** Everything; of several VLANs, the last. */
const set = attributes('IFLA_BRIDGE', {
  flags: [0, bridgeFlags],
  mode: [1, u16],
  vlan: [VLAN, vlan],
  vlanTunnel: [TUNNEL, nested(vlanTunnel)],
  mediaRedundancy: [4, nested(bytes)],
  connectivityFaults: [5, nested(bytes)],
  multipleSpanningTrees: [6, nested(bytes)],
});

/** The set, but with lists in place of the last ones. */
type WithLists<Set, Vlan, Tunnel> = Omit<Set, 'vlan' | 'vlanTunnel'> & {
  readonly vlans?: readonly Vlan[];
  readonly vlanTunnels?: readonly Tunnel[];
};
type Value = WithLists<ValueOf<typeof set>, ValueOf<typeof vlan>, ValueOf<typeof vlanTunnel>>;
type Input = WithLists<InputOf<typeof set>, InputOf<typeof vlan>, InputOf<typeof vlanTunnel>>;

/** IFLA_BRIDGE_*, with all VLANs. */
export const bridgeSpecification: Codec<Value, Input> & { readonly attributes: typeof set } = {
  name: 'IFLA_BRIDGE_SPEC',
  attributes: set,
  sizeOf: (value) =>
    set.sizeOf(value) + vlans.sizeOf(value.vlans ?? []) + vlanTunnels.sizeOf(value.vlanTunnels ?? []),
  encode(value, view, offset) {
    const vlansAt = offset + set.sizeOf(value);
    const tunnelsAt = vlansAt + vlans.sizeOf(value.vlans ?? []);
    set.encode(value, view, offset);
    vlans.encode(value.vlans ?? [], view, vlansAt);
    vlanTunnels.encode(value.vlanTunnels ?? [], view, tunnelsAt);
  },
  decode(view, start, end) {
    const { vlan: lastVlan, vlanTunnel: lastTunnel, ...rest } = set.decode(view, start, end);
    return {
      ...rest,
      ...(lastVlan !== undefined && { vlans: vlans.decode(view, start, end) }),
      ...(lastTunnel !== undefined && { vlanTunnels: vlanTunnels.decode(view, start, end) }),
    };
  },
  explain: (view, start, end, path, lines) => set.explain?.(view, start, end, path, lines),
};
