/** A next-hop object as `ip -j -d nexthop` shows it, and as text made of the same fields. Before this file: the decoded message. */
import type { NexthopMessage } from '@ripstop/netlink';
import type { Context, Fields } from '../command.ts';
import { definedOnly, encapsulationFields } from '../route/encapsulation-fields.ts';
import { protocolName, scopeName } from '../route/named-number.ts';
import { namesOfFlags, nextHopRules } from '../route/next-hop-fields.ts';
import { sentence } from '../route/sentence.ts';

/** Linux: the times of a resilient group are told in hundredths of a second. */
const TICKS_PER_SECOND = 100;

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

export function nexthopText(fields: Fields): string {
  return sentence(fields, {
    ...nextHopRules,
    group: (members: readonly Fields[]) => `group ${members.map(memberText).join('/')}`,
    resilient_args: (resilience: Fields) => sentence(resilience, {}),
  });
}

function memberText({ id, weight }: Fields): string {
  return weight === undefined ? String(id) : `${id},${weight}`;
}
