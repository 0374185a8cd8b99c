/**
 * What an interface has as a port of a bridge: IFLA_BRPORT_*, linux/if_link.h. In `slaveData` of a message about the
 * interface, and in `protocolInfo` of a message of family `bridge`. Timers are in hundredths of a second.
 */
import { attributes, bytes, enumeration, fixedBytes, present, u8, u16, u32, u64 } from '@ripstop/wire';

/** BR_STATE_*, linux/if_bridge.h; IEEE 802.1D. */
const portState = enumeration('BR_STATE', u8, {
  disabled: 0,
  listening: 1,
  learning: 2,
  forwarding: 3,
  blocking: 4,
});

export const bridgePortAttributes = attributes('IFLA_BRPORT', {
  state: [1, portState],
  priority: [2, u16],
  cost: [3, u32],
  hairpin: [4, u8],
  guard: [5, u8],
  rootBlock: [6, u8],
  fastLeave: [7, u8],
  learning: [8, u8],
  unicastFlood: [9, u8],
  proxyArp: [10, u8],
  learningSync: [11, u8],
  proxyArpWifi: [12, u8],
  rootId: [13, fixedBytes(8)],
  bridgeId: [14, fixedBytes(8)],
  designatedPort: [15, u16],
  designatedCost: [16, u16],
  id: [17, u16],
  number: [18, u16],
  topologyChangeAcknowledge: [19, u8],
  configurationPending: [20, u8],
  messageAgeTimer: [21, u64],
  forwardDelayTimer: [22, u64],
  holdTimer: [23, u64],
  flush: [24, present],
  multicastRouter: [25, u8],
  pad: [26, bytes],
  multicastFlood: [27, u8],
  multicastToUnicast: [28, u8],
  vlanTunnel: [29, u8],
  broadcastFlood: [30, u8],
  groupForwardMask: [31, u16],
  neighborSuppress: [32, u8],
  isolated: [33, u8],
  backupPort: [34, u32],
  mrpRingOpen: [35, u8],
  mrpInOpen: [36, u8],
  multicastEhtHostsLimit: [37, u32],
  multicastEhtHostsCount: [38, u32],
  locked: [39, u8],
  macAuthenticationBypass: [40, u8],
  multicastGroups: [41, u32],
  multicastGroupsMaximum: [42, u32],
  neighborVlanSuppress: [43, u8],
  backupNextHopId: [44, u32],
  neighborForwardGratuitous: [45, u8],
});
