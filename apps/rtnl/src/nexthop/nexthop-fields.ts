/**
 * A next-hop object as `ip -j -d nexthop` shows it: names, values and order of iproute2. Before this file: the decoded
 * message. After it: `nexthop-text.ts`.
 */
import type { NexthopMessage } from '@ripstop/netlink';
import type { Context } from '../command.ts';
import { encapsulationFields } from '../encapsulation/encapsulation-fields.ts';
import { definedOnly, type Fields } from '../fields.ts';
import { protocolName, scopeName } from '../names.ts';
import { TICKS_PER_SECOND } from '../numerals.ts';
import { namesOfFlags } from '../route/next-hop-fields.ts';

export function nexthopFields(nexthop: NexthopMessage, context: Context): Fields {
  const { id, group, groupType, resilientGroup, outputInterface, blackhole, forwarding } = nexthop;
  return definedOnly({
    id: id ?? 0,
    group: group?.map(memberFields),
    // As `ip`: that a group shares the traffic by weights goes without saying.
    type: groupType === undefined || groupType === 'multipath' ? undefined : typeName(groupType),
    resilient_args: resilientGroup && {
      buckets: resilientGroup.buckets ?? 0,
      idle_timer: seconds(resilientGroup.idleTimer),
      unbalanced_timer: seconds(resilientGroup.unbalancedTimer),
      unbalanced_time: seconds(resilientGroup.unbalancedTime),
    },
    ...encapsulationFields(nexthop, context),
    gateway: nexthop.gateway,
    dev: outputInterface && context.interfaces.nameOf(outputInterface),
    scope: scopeName(nexthop.scope),
    blackhole: blackhole && null,
    protocol: protocolName(nexthop.protocol),
    flags: namesOfFlags(nexthop.flags),
    fdb: forwarding && null,
  });
}

/** A weight of one goes without saying. */
function memberFields({ id, weight, weightHigh }: NonNullable<NexthopMessage['group']>[number]): Fields {
  const more = weightHigh * 0x100 + weight;
  return more === 0 ? { id } : { id, weight: more + 1 };
}

function typeName(type: NonNullable<NexthopMessage['groupType']>): string {
  return type === 'resilient' ? type : '<unknown type>';
}

/** `ip` prints six digits. */
function seconds(ticks: number | bigint = 0): number {
  return Number((Number(ticks) / TICKS_PER_SECOND).toPrecision(6));
}
