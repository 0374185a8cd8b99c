/** Redistribution rules that do nothing, or too much. Before: `file`. */

import { routeProtocol } from '@ripstop/netlink';
import type { RedistributionRule } from '@ripstop/router';
import type { InstanceConfiguration } from '../configuration.ts';
import { emptinessOf, type Warning } from './unwise.ts';

/** Neighbors add their cost to it, and 16 is unreachable. */
const LAST_METRIC = 15;
const { bgp } = routeProtocol.values;

export function unwiseRedistribution({ protocol, router }: InstanceConfiguration): Warning[] {
  const { rules, mostPerRule } = router.redistribution;
  return rules.flatMap((rule, at): Warning[] => {
    const path = [protocol.name, 'redistribute', at];
    const earlier = rules.findIndex((other) => takesAll(other, rule));
    const warnings: Warning[] = [];
    if (earlier < at) {
      const text = `${protocol.name}.redistribute[${earlier}] takes all of it already: the rule does nothing`;
      warnings.push({ path, text });
    }
    const emptiness = rule.prefixSet && emptinessOf(rule.prefixSet, protocol);
    if (emptiness !== undefined) warnings.push({ path: [...path, 'prefix-set'], text: emptiness });
    if (rule.metric === LAST_METRIC) {
      const text = `with a metric of ${LAST_METRIC} the routes are unreachable for every neighbor, which adds to it`;
      warnings.push({ path: [...path, 'metric'], text });
    }
    if (rule.source === bgp && rule.prefixSet === undefined) {
      const text = `BGP may bring the whole Internet: without a prefix-set the rule stops at ${mostPerRule} routes`;
      warnings.push({ path: [...path, 'source'], text });
    }
    return warnings;
  });
}

/** Whether nothing is left for the other one; a rule does so to itself. */
function takesAll(rule: RedistributionRule, other: RedistributionRule): boolean {
  if (rule === other) return true;
  if (rule.source !== other.source) return false;
  const isWider = rule.prefixSet === undefined || rule.prefixSet === other.prefixSet;
  if (rule.source === 'connected') return isWider;
  return isWider && rule.table === other.table && other.types.every((type) => rule.types.includes(type));
}
