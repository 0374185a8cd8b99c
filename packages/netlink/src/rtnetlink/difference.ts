/**
 * What has changed about an object from one message to the next, by name. `identity.ts` says which messages are about
 * the same object; after this file comes whoever shows or acts on changes.
 */

import type { Messages, ObjectName } from '../registry.ts';
import type { RouteNextHop } from './route/multipath.ts';

/**
 * What does not count: what says only how the message came about, what runs by itself, and what Linux alters without
 * telling. Two lists of an idle system may differ in these, and in nothing else.
 */
const VOLATILE: Readonly<Record<ObjectName, ReadonlySet<string>>> = {
  link: new Set([
    'change',
    'event',
    'wireless',
    'statistics',
    'statistics32',
    // Linux: counts of users of a mode; only the first and the last of them are told.
    'promiscuity',
    'allMulticastCount',
    'linkInfo.statistics',
    'linkInfo.data.helloTimer',
    'linkInfo.data.tcnTimer',
    'linkInfo.data.topologyChangeTimer',
    'linkInfo.data.garbageCollectionTimer',
    'linkInfo.data.forwardingLearned',
    'linkInfo.data.multicastQuerierState',
    'linkInfo.slaveData.multicastGroups',
    'linkInfo.slaveData.messageAgeTimer',
    'linkInfo.slaveData.forwardDelayTimer',
    'linkInfo.slaveData.holdTimer',
    // Linux: settings (sysctl) and the progress of router discovery.
    'families.ipv4.configuration',
    'families.ipv6.configuration',
    'families.ipv6.flags',
    'families.ipv6.cacheInfo',
    'families.ipv6.icmpStatistics',
    'families.ipv6.statistics',
  ]),
  // Lifetimes run down. That they do not is a flag: `permanent`.
  address: new Set(['cacheInfo']),
  route: new Set(['cacheInfo', 'expires']),
  neighbor: new Set(['cacheInfo', 'probes']),
  rule: new Set(),
  nexthop: new Set(['groupStatistics', 'hardwareStatisticsUsed', 'resilientGroup.unbalancedTime']),
};

const NONE: readonly string[] = [];

/**
 * The names of the fields in which two messages about one object differ: `mtu`, `linkInfo.data.ageingTime`. A list is
 * one field. Statistics, ages and timers do not count.
 *
 * Linux: the next hops of an IPv6 route have no order; a list and a notification give them in different ones.
 */
export function differences<O extends ObjectName>(
  object: O,
  before: Messages[O],
  after: Messages[O],
): readonly string[] {
  const found: string[] = [];
  compareFields(before as Fields, after as Fields, '', VOLATILE[object], found);
  return found.length === 0 ? NONE : found;
}

type Fields = Readonly<Record<string, unknown>>;

function compareFields(
  before: Fields,
  after: Fields,
  path: string,
  ignored: ReadonlySet<string>,
  found: string[],
): void {
  for (const key in before) compareField(key, before, after, path, ignored, found);
  for (const key in after) {
    if (before[key] === undefined) compareField(key, before, after, path, ignored, found);
  }
}

function compareField(
  key: string,
  before: Fields,
  after: Fields,
  path: string,
  ignored: ReadonlySet<string>,
  found: string[],
): void {
  const [one, other] = [before[key], after[key]];
  if (one === other) return;
  const name = path + key;
  if (ignored.has(name)) return;
  if (isFields(one) && isFields(other)) compareFields(one, other, `${name}.`, ignored, found);
  else if (key === 'multipath' && before.family === 'ipv6') {
    if (!isEqual(inOrder(one), inOrder(other))) found.push(name);
  } else if (!isEqual(one, other)) found.push(name);
}

/** Whether two values hold the same, all the way down. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => isEqual((one as Fields)[key], (other as Fields)[key]))
  );
}

/** Next hops by interface and gateway. */
function inOrder(hops: unknown): unknown {
  if (!Array.isArray(hops)) return hops;
  const keyOf = ({ interfaceIndex, gateway }: RouteNextHop): string => `${interfaceIndex} ${gateway}`;
  return [...(hops as readonly RouteNextHop[])].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/** Whether a value is fields with names, rather than a list, bytes, text or a number. */
function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}
