/**
 * What is believed and what is said: ordered rules, the first match decides, no match accepts.
 *
 * Before: `receive` with a neighbor's entry, `output/recipient` with a route that is about to be announced. After: the
 * entry as it is believed or announced, or undefined. Which rules concern an interface and a neighbor is found once, by
 * `policyFor`; what is left to look at for each entry is its prefix and its tag.
 */
import type { Address, Prefix } from '@ripstop/wire';
import { namesInterface } from '../interface/interface-pattern.ts';
import { infinity } from '../packet/packet.ts';
import { type PrefixSet, prefixSetHolds } from './prefix-set.ts';

export interface PolicyRule {
  readonly direction: 'in' | 'out';
  /** Name or shell pattern of the interface it comes in or goes out on; undefined: any. */
  readonly interface: string | undefined;
  /** in: who sent it. out: the configured neighbor it is for; a multicast update is for none. Undefined: any. */
  readonly neighbor: Address | undefined;
  /** Undefined: any. */
  readonly prefixSet: PrefixSet | undefined;
  /** Undefined: any. */
  readonly tag: number | undefined;
  readonly action: 'accept' | 'reject';
  /** Of no effect on what is rejected. */
  readonly set: PolicyChanges;
}

/** Applied in this order: `metric` replaces, then `addMetric` is added. The result is at most 16. */
export interface PolicyChanges {
  /** 1–16. in: the metric with the interface's cost already in it. out: the metric on the wire. */
  readonly metric: number | undefined;
  /** 0–16. */
  readonly addMetric: number | undefined;
  /** 0–65535. */
  readonly tag: number | undefined;
}

/** What a rule looks at, and what it can change. */
export interface PolicyEntry {
  readonly metric: number;
  readonly tag: number;
}

/** A rule for one direction, interface and neighbor: only the prefix and the tag of an entry are still open. */
export type CompiledRule = Pick<PolicyRule, 'prefixSet' | 'tag' | 'action' | 'set'>;

/**
 * The rules that concern one interface and neighbor, in their order; none: everything is accepted as it is.
 * @param neighbor in: who sent it. out: the configured neighbor that is spoken to; undefined: a group or a broadcast
 */
export function policyFor(
  policy: readonly PolicyRule[],
  direction: PolicyRule['direction'],
  interfaceName: string,
  neighbor: Address | undefined,
): readonly CompiledRule[] {
  return policy.filter(
    (rule) =>
      rule.direction === direction &&
      (rule.interface === undefined || namesInterface(rule.interface, interfaceName)) &&
      (rule.neighbor === undefined || rule.neighbor === neighbor),
  );
}

/**
 * What becomes of an entry.
 *
 * It must not be asked of a neighbor's withdrawal (metric 16): a rule that rejected it would keep a route alive. A rule can
 * make an entry unreachable: with 16 it comes back as a withdrawal, which is not believed and, announced, is poison.
 * @param entry its metric with the interface's cost already in it if it came in
 * @returns undefined if it is rejected
 */
export function applyPolicy(
  rules: readonly CompiledRule[],
  prefix: Prefix,
  entry: PolicyEntry,
): PolicyEntry | undefined {
  for (const { prefixSet, tag, action, set } of rules) {
    if (tag !== undefined && tag !== entry.tag) continue;
    if (prefixSet !== undefined && !prefixSetHolds(prefixSet, prefix)) continue;
    return action === 'reject' ? undefined : changed(entry, set);
  }
  return entry;
}

function changed({ metric, tag }: PolicyEntry, set: PolicyChanges): PolicyEntry {
  return {
    metric: Math.min(infinity, (set.metric ?? metric) + (set.addMetric ?? 0)),
    tag: set.tag ?? tag,
  };
}
