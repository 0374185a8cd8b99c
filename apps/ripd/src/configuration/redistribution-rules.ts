/** `redistribute`: ordered rules on what is taken in from the kernel. */
import { z } from 'zod';
import type { Surroundings } from './schema.ts';
import { list, named, oneOf, referenceTo, section, wholeNumber } from './value.ts';

const U32_MAX = 0xffff_ffff;
const protocolNumber = named('rt_protos', 255);
const SOURCE = 'connected, a name in rt_protos or a number from 1 to 255';

/** Who made a route, as it is written and as a number. */
function routeSource(ownProtocol: number | undefined) {
  return z.union([z.string(), z.number()], SOURCE).transform((given, context) => {
    const name = String(given);
    if (name === 'connected') return { name, source: 'connected' as const };
    const source = protocolNumber.safeParse(given).data;
    if (source !== undefined && source !== ownProtocol) return { name, source };
    const message =
      source === undefined
        ? SOURCE
        : 'another protocol than ours: what RIP has learned it announces by itself';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

const routeTypes = z
  .array(oneOf('unicast', 'blackhole', 'unreachable', 'prohibit'), 'a list of types')
  .refine(
    (types) => types.length > 0 && new Set(types).size === types.length,
    'at least one type, each once',
  );

export function redistributionRules({ ownProtocol, prefixSets }: Surroundings) {
  const rule = section({
    source: routeSource(ownProtocol),
    metric: wholeNumber(1, 15).optional(),
    tag: wholeNumber(0, 65_535).default(0),
    'prefix-set': referenceTo('a prefix set', prefixSets).optional(),
    table: named('rt_tables', U32_MAX).optional(),
    types: routeTypes.optional(),
  }).superRefine(({ source: { source }, ...keys }, context) => {
    if (source !== 'connected') return;
    for (const key of ['table', 'types'] as const) {
      if (keys[key] === undefined) continue;
      const message = 'nothing: connected subnets are those of the interfaces, whatever routes there are';
      context.addIssue({ code: 'custom', path: [key], message });
    }
  });
  return list(rule, 'a list of rules');
}
