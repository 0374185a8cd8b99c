/**
 * The names that requests and filters may have. What a program misspells would otherwise be left out without a word: a
 * `flush` by a filter that selects all.
 *
 * Before it: `completion` and `selection`, with what a program gave.
 */
import { type AnyCodec, EncodeError } from '@ripstop/wire';
import { type ObjectName, registry } from '../registry.ts';

/** @param what as the error calls it: `route` @throws EncodeError if `given` has a name that is not known */
export function requireNames(what: string, given: object, known: ReadonlySet<string>): void {
  for (const name of Object.keys(given)) {
    if (!known.has(name)) throw new EncodeError(`${what}: it has no ${JSON.stringify(name)}`);
  }
}

/** The members and attributes of each object's messages. */
export const fieldNames: { readonly [O in ObjectName]: ReadonlySet<string> } = {
  link: namesOf('link'),
  address: namesOf('address', 'prefix'),
  route: namesOf('route', 'prefix'),
  neighbor: namesOf('neighbor'),
  rule: namesOf('rule'),
  nexthop: namesOf('nexthop'),
};

function namesOf(object: ObjectName, ...more: readonly string[]): ReadonlySet<string> {
  const codecs = registry.filter((entry) => entry.object === object).map(({ codec }) => codec);
  return new Set([...codecs.flatMap(fieldsOf), 'unknown', ...more]);
}

function fieldsOf(codec: AnyCodec): string[] {
  if ('byName' in codec) return Object.values(codec.byName as Record<string, AnyCodec>).flatMap(fieldsOf);
  if (!('header' in codec) || !('attributes' in codec)) return [];
  const { header, attributes } = codec as unknown as {
    header: { offsets: object };
    attributes: { table: object };
  };
  return [...Object.keys(header.offsets), ...Object.keys(attributes.table)];
}
