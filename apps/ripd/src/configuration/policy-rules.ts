/** `policy`: ordered rules on what is believed and what is announced. */
import type { Protocol } from '@ripstop/rip';
import { routerAddress } from './router-address.ts';
import { list, oneOf, referenceTo, section, text, wholeNumber } from './value.ts';

const changes = section({
  metric: wholeNumber(1, 16).optional(),
  'add-metric': wholeNumber(0, 16).optional(),
  tag: wholeNumber(0, 65_535).optional(),
});

/** @param prefixSets the names of those that the file has */
export function policyRules(protocol: Protocol, prefixSets: readonly string[]) {
  const rule = section({
    direction: oneOf('in', 'out'),
    interface: text('the name or pattern of an interface').optional(),
    neighbor: routerAddress(protocol).optional(),
    'prefix-set': referenceTo('a prefix set', prefixSets).optional(),
    tag: wholeNumber(0, 65_535).optional(),
    action: oneOf('accept', 'reject'),
    set: changes,
  }).refine(({ action, set }) => action === 'accept' || Object.keys(set).length === 0, {
    path: ['set'],
    message: 'nothing: what is rejected is not changed',
  });
  return list(rule, 'a list of rules');
}
