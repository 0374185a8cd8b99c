/** `type bridge_slave`: what `ip` calls the attributes of a bridge's port, in the order in which it shows them. */
import type { LinkPortData } from '@ripstop/netlink';
import { hexadecimal } from '../../numerals.ts';
import { type LinkOption, linkKind, option, settled, told } from './link-option.ts';
import {
  bits16,
  bridgeIdentity,
  device,
  type Notation,
  number8,
  number16,
  number32,
  onOff,
  timer,
} from './notation.ts';

type Data = LinkPortData['bridge'];

/** Set by its number (0 to 4), shown by its name. */
const state: Notation<NonNullable<Data['state']>> = {
  read: (of, words) => words.number(of, 0, 4),
  show: (value) => value,
};

/** Addresses 01:80:c2:00:00:0X that have a protocol's name, by X. */
const forwardedProtocols: Readonly<Record<number, string>> = { 0: 'stp', 2: 'lacp', 14: 'lldp' };

/** Shown twice: as a number, and as the names of its bits. */
const forwardMask: LinkOption<Data> = {
  ...option<Data, 'groupForwardMask'>('groupForwardMask', bits16, 'group_fwd_mask'),
  show({ groupForwardMask: bits }) {
    if (bits === undefined) return {};
    const set = Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => (bits & (1 << bit)) !== 0);
    const names = set.map((bit) => forwardedProtocols[bit] ?? `0x${(1 << bit).toString(16)}`);
    return { group_fwd_mask: hexadecimal(bits), group_fwd_mask_str: names.join(',') || '0x0' };
  },
  text: ({ group_fwd_mask: bits, group_fwd_mask_str: names }) =>
    bits === undefined ? '' : `group_fwd_mask ${bits} group_fwd_mask_str ${names}`,
};

export const bridgePort = linkKind<Data>([
  settled('fdb_flush', { flush: true }),
  option('state', state, 'state'),
  option('priority', number16, 'priority'),
  option('cost', number32, 'cost'),
  option('hairpin', onOff, 'hairpin'),
  option('guard', onOff, 'guard'),
  option('rootBlock', onOff, 'root_block'),
  option('fastLeave', onOff, 'fastleave', 'fastleave', 'mcast_fast_leave'),
  option('learning', onOff, 'learning'),
  option('unicastFlood', onOff, 'flood'),
  told('id', bits16, 'id', 'port_id'),
  told('number', bits16, 'no', 'port_no'),
  told('designatedPort', number16, 'designated_port'),
  told('designatedCost', number16, 'designated_cost'),
  told('bridgeId', bridgeIdentity, 'bridge_id', 'designated_bridge'),
  told('rootId', bridgeIdentity, 'root_id', 'designated_root'),
  told('holdTimer', timer, 'hold_timer'),
  told('messageAgeTimer', timer, 'message_age_timer'),
  told('forwardDelayTimer', timer, 'forward_delay_timer'),
  told('topologyChangeAcknowledge', number8, 'topology_change_ack'),
  told('configurationPending', number8, 'config_pending'),
  option('proxyArp', onOff, 'proxy_arp'),
  option('proxyArpWifi', onOff, 'proxy_arp_wifi'),
  option('multicastRouter', number8, 'multicast_router', 'mcast_router'),
  option('multicastFlood', onOff, 'mcast_flood'),
  option('broadcastFlood', onOff, 'bcast_flood'),
  option('multicastToUnicast', onOff, 'mcast_to_unicast'),
  option('neighborSuppress', onOff, 'neigh_suppress'),
  forwardMask,
  option('vlanTunnel', onOff, 'vlan_tunnel'),
  option('isolated', onOff, 'isolated'),
  option('locked', onOff, 'locked'),
  option('backupPort', device, 'backup_port'),
  settled('nobackup_port', { backupPort: 0 }),
]);
