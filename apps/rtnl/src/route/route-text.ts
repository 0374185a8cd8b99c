/** A route in words, in the manner of `ip`. Before this file: `route-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { nexthopText } from '../nexthop/nexthop-text.ts';
import { hexadecimal } from '../numerals.ts';
import { bare, called, sentence } from '../sentence.ts';
import { nextHopRules, nextHopText } from './next-hop-text.ts';
import { metricsText } from './route-metrics.ts';

/** @param locked the words of metrics that do not adapt, which `ip` has in its text only */
export function routeText(fields: Fields, locked: readonly string[]): string {
  return sentence(fields, {
    ...nextHopRules,
    type: bare,
    dst: bare,
    prefsrc: called('src'),
    mark: (mark: number) => `mark ${mark < 16 ? mark : hexadecimal(mark)}`,
    cache: (names: readonly string[]) => `\n    cache${names.length === 0 ? '' : ` <${names.join(',')}>`}`,
    expires: (seconds: number) => `expires ${seconds}sec`,
    age: (seconds: number) => `age ${seconds}sec`,
    tsage: (seconds: number) => `tsage ${seconds}sec`,
    metrics: ([values = {}]: readonly Fields[]) => metricsText(values, locked),
    'ttl-propogate': (isOn: boolean) => `ttl-propogate ${isOn ? 'enabled' : 'disabled'}`,
    nh_info: (nexthop: Fields) => `\n\tnh_info ${nexthopText(nexthop)}`,
    nexthops: (hops: readonly Fields[]) => hops.map((hop) => `\n\tnexthop ${nextHopText(hop)}`).join(''),
  });
}
