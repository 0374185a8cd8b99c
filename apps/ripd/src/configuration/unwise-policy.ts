/** Policy rules that do nothing. Before: `file`. */
import { namesInterface, type PolicyRule } from '@ripstop/rip';
import type { InstanceConfiguration } from '../configuration.ts';
import { emptinessOf, isPattern, nameWarnings, type Warning } from './unwise.ts';

/** What is unwise in one rule, and under which of its keys. */
type KeyedText = readonly [key: keyof PolicyRule | 'prefix-set', text: string];

export function unwisePolicy(instance: InstanceConfiguration): Warning[] {
  const { name } = instance.protocol;
  const { policy } = instance.router;
  return policy.flatMap((rule, at): Warning[] => {
    const path = [name, 'policy', at];
    const warnings = ruleWarnings(rule, instance).map(([key, text]) => ({ path: [...path, key], text }));
    const last = policy.findIndex((other) => other.direction === rule.direction && matchesAll(other));
    if (last === -1 || last >= at) return warnings;
    const text = `${name}.policy[${last}] matches everything that goes ${rule.direction}: the rule does nothing`;
    return [{ path, text }, ...warnings];
  });
}

function ruleWarnings(rule: PolicyRule, { protocol, router }: InstanceConfiguration): KeyedText[] {
  const { interfaces } = router;
  const { direction, interface: named, neighbor, prefixSet } = rule;
  const warnings: KeyedText[] = [];
  if (named !== undefined) {
    warnings.push(...nameWarnings(named).map((text): KeyedText => ['interface', `${named}: ${text}`]));
    if (!Object.keys(interfaces).some((name) => mayMeet(named, name))) {
      warnings.push(['interface', `no configured interface is named ${named}: the rule does nothing`]);
    }
  }
  const neighbors = Object.values(interfaces).flatMap((configuration) => configuration.neighbors);
  if (direction === 'out' && neighbor !== undefined && !neighbors.includes(neighbor)) {
    warnings.push([
      'neighbor',
      `no interface has ${neighbor} among its neighbors: the rule does nothing, as updates to a group are for no neighbor`,
    ]);
  }
  const emptiness = prefixSet && emptinessOf(prefixSet, protocol);
  if (emptiness !== undefined) warnings.push(['prefix-set', emptiness]);
  return warnings;
}

function matchesAll({ interface: named, neighbor, prefixSet, tag }: PolicyRule): boolean {
  return [neighbor, prefixSet, tag].every((key) => key === undefined) && (named ?? '*') === '*';
}

/** Whether there may be an interface that both stand for. Of two patterns nobody knows. */
function mayMeet(one: string, other: string): boolean {
  return namesInterface(one, other) || namesInterface(other, one) || (isPattern(one) && isPattern(other));
}
