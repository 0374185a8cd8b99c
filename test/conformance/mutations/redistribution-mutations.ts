/** Mutations of what is taken in from the kernel. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const redistributionMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/router/src/redistribution/redistribution.ts',
    [
      '1812 §7.4: announces static routes with the metric that is configured for them',
      'const { name: source, metric, tag } = rule;',
      'const { name: source, tag } = rule;\n    const metric = undefined;',
    ],
    [
      '1812 §7.6: gives each network the metric of its rule',
      'const { name: source, metric, tag } = rule;',
      'const { name: source, tag } = rule;\n    const { metric } = this.#rules[0] ?? rule;',
    ],
    [
      '1812 §7.6: takes in the routes of other routing protocols',
      'if (!this.#rules.some((rule) => rule.source === source)) return undefined;',
      'if (source !== 4) return undefined;',
    ],
  ),
  ...mutationsOf('packages/router/src/redistribution/rule.ts', [
    '1812 §7.4: announces of the static routes those that the administrator lists',
    '(rule.prefixSet === undefined || prefixSetHolds(rule.prefixSet, prefix)),',
    '(rule.prefixSet === undefined || prefix !== undefined || prefixSetHolds(rule.prefixSet, prefix)),',
  ]),
  ...mutationsOf('packages/router/src/redistribution/foreign-routes.ts', [
    '1812 §7.6: takes in nothing that it has put into the kernel itself',
    'return protocol === ours.protocol && table === ours.table && metric === ours.metric;',
    'return protocol === ours.protocol && table === ours.table && metric !== ours.metric;',
  ]),
  ...mutationsOf('packages/rip/src/table/route.ts', [
    '1812 §7.6: prefers a route of another protocol to one that it has learned',
    'route.chosen = own === undefined ? bestOffers(',
    "route.chosen = own?.kind !== 'connected' ? bestOffers(",
  ]),
];
