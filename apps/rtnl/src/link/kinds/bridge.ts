/** `type bridge`: what `ip` calls the attributes of a bridge, in the order in which it shows them. */
import { bridgeSwitches, type LinkData } from '@ripstop/netlink';
import { type LinkOption, linkKind, option, settled, told } from './link-option.ts';
import {
  bits16,
  bridgeIdentity,
  hardwareAddress,
  number8,
  number16,
  number32,
  number64,
  timer,
  vlanProtocol,
} from './notation.ts';

type Data = LinkData['bridge'];

/** A bit of the switches that share one attribute. */
function switched(bit: number, field: string): LinkOption<Data> {
  return {
    words: [field],
    read(word, words, data) {
      const { value = 0, mask = 0 } = data.switches ?? {};
      const isSet = words.number(word, 0, 1) === 1;
      return { ...data, switches: { value: isSet ? value | bit : value & ~bit, mask: mask | bit } };
    },
    show({ switches: { value = 0, mask = 0 } = {} }) {
      return (mask & bit) === 0 ? {} : { [field]: Number((value & bit) !== 0) };
    },
    text: (fields) => (fields[field] === undefined ? '' : `${field} ${fields[field]}`),
  };
}

export const bridge = linkKind<Data>([
  settled('fdb_flush', { forwardingFlush: true }),
  option('forwardDelay', number32, 'forward_delay'),
  option('helloTime', number32, 'hello_time'),
  option('maxAge', number32, 'max_age'),
  option('ageingTime', number32, 'ageing_time'),
  option('stpState', number32, 'stp_state'),
  option('priority', number16, 'priority'),
  option('vlanFiltering', number8, 'vlan_filtering'),
  option('vlanProtocol', vlanProtocol, 'vlan_protocol'),
  told('bridgeId', bridgeIdentity, 'bridge_id'),
  told('rootId', bridgeIdentity, 'root_id', 'designated_root'),
  told('rootPort', number16, 'root_port'),
  told('rootPathCost', number32, 'root_path_cost'),
  told('topologyChange', number8, 'topology_change'),
  told('topologyChangeDetected', number8, 'topology_change_detected'),
  told('helloTimer', timer, 'hello_timer'),
  told('tcnTimer', timer, 'tcn_timer'),
  told('topologyChangeTimer', timer, 'topology_change_timer'),
  told('garbageCollectionTimer', timer, 'gc_timer'),
  option('vlanDefaultPvid', number16, 'vlan_default_pvid'),
  option('vlanStatistics', number8, 'vlan_stats_enabled'),
  option('vlanStatisticsPerPort', number8, 'vlan_stats_per_port'),
  option('groupForwardMask', bits16, 'group_fwd_mask'),
  option('groupAddress', hardwareAddress, 'group_addr', 'group_address'),
  option('multicastSnooping', number8, 'mcast_snooping'),
  switched(bridgeSwitches.masks.noLinkLocalLearning, 'no_linklocal_learn'),
  switched(bridgeSwitches.masks.multicastVlanSnooping, 'mcast_vlan_snooping'),
  option('multicastRouter', number8, 'mcast_router'),
  option('multicastQueryUseInterfaceAddress', number8, 'mcast_query_use_ifaddr'),
  option('multicastQuerier', number8, 'mcast_querier'),
  option('multicastHashElasticity', number32, 'mcast_hash_elasticity'),
  option('multicastHashMaximum', number32, 'mcast_hash_max'),
  option('multicastLastMemberCount', number32, 'mcast_last_member_cnt', 'mcast_last_member_count'),
  option('multicastStartupQueryCount', number32, 'mcast_startup_query_cnt', 'mcast_startup_query_count'),
  option('multicastLastMemberInterval', number64, 'mcast_last_member_intvl', 'mcast_last_member_interval'),
  option('multicastMembershipInterval', number64, 'mcast_membership_intvl', 'mcast_membership_interval'),
  option('multicastQuerierInterval', number64, 'mcast_querier_intvl', 'mcast_querier_interval'),
  option('multicastQueryInterval', number64, 'mcast_query_intvl', 'mcast_query_interval'),
  option(
    'multicastQueryResponseInterval',
    number64,
    'mcast_query_response_intvl',
    'mcast_query_response_interval',
  ),
  option(
    'multicastStartupQueryInterval',
    number64,
    'mcast_startup_query_intvl',
    'mcast_startup_query_interval',
  ),
  option('multicastStatistics', number8, 'mcast_stats_enabled'),
  option('igmpVersion', number8, 'mcast_igmp_version'),
  option('mldVersion', number8, 'mcast_mld_version'),
  option('callIptables', number8, 'nf_call_iptables'),
  option('callIp6tables', number8, 'nf_call_ip6tables'),
  option('callArptables', number8, 'nf_call_arptables'),
]);
