/**
 * What is taken in from the kernel: ordered rules, the first match decides, no match takes nothing. Before this file: the
 * configuration. After it: `redistribution.ts`.
 */
import { type PrefixSet, prefixSetHolds } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';

export interface RedistributionRule {
  /** As the operator calls its source: `connected`, `static`, `42`. */
  readonly name: string;
  /** connected: the subnets of interfaces that are up. Else a number of rt_protos: who made the route. */
  readonly source: 'connected' | number;
  /** 1–15; undefined: the router's default metric. */
  readonly metric: number | undefined;
  /** 0–65535. */
  readonly tag: number;
  /** Undefined: any prefix. */
  readonly prefixSet: PrefixSet | undefined;
  /** Number of the routing table. Of no effect on connected subnets. */
  readonly table: number;
  /** What the route does with packets. Of no effect on connected subnets. */
  readonly types: readonly RedistributedType[];
}

/** All but `unicast` drop packets. */
export type RedistributedType = 'unicast' | 'blackhole' | 'unreachable' | 'prohibit';

export interface RedistributionSettings {
  readonly rules: readonly RedistributionRule[];
  /** Routes that one rule may bring in. */
  readonly mostPerRule: number;
}

/** What a rule looks at besides the prefix. */
export interface RuleSubject {
  readonly source: RedistributionRule['source'];
  readonly table: number;
  readonly type: string | number;
}

export function ruleFor(
  rules: readonly RedistributionRule[],
  { source, table, type }: RuleSubject,
  prefix: Prefix,
): RedistributionRule | undefined {
  return rules.find(
    (rule) =>
      rule.source === source &&
      (source === 'connected' || (rule.table === table && rule.types.some((taken) => taken === type))) &&
      (rule.prefixSet === undefined || prefixSetHolds(rule.prefixSet, prefix)),
  );
}
