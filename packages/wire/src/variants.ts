/** A shape in which one field says what another one holds: IFLA_INFO_DATA by IFLA_INFO_KIND, TCA_OPTIONS by TCA_KIND. */
import { type AnyCodec, type Codec, DecodeError, type InputOf, type ValueOf } from './codec.ts';

/** What is read with `otherwise`: its key is none of the variants' names. */
type Other<T, K, V> = { [P in keyof T]: P extends K ? Exclude<T[P], keyof V> : T[P] };
type VariantValue<K extends string, O, V> =
  | Other<ValueOf<O>, K, V>
  | { [Name in keyof V]: ValueOf<V[Name]> & { readonly [Key in K]: Name } }[keyof V];
type VariantInput<K extends string, O, V> =
  | InputOf<O>
  | { [Name in keyof V]: InputOf<V[Name]> & { readonly [Key in K]: Name } }[keyof V];

/** Several codecs of one shape; `key`, `otherwise` and `byName` are what it was made from. */
export interface VariantsCodec<K extends string, O, V>
  extends Codec<VariantValue<K, O, V>, VariantInput<K, O, V>> {
  readonly key: K;
  readonly otherwise: O;
  readonly byName: V;
}

/**
 * Reads with `otherwise`, looks at the field `key`, and reads again with the codec that `byName` has for its value.
 * So `otherwise` must know `key`, and must accept whatever any of the others does: it leaves raw what they type.
 */
export function variants<
  const K extends string,
  O extends AnyCodec,
  const V extends Readonly<Record<string, AnyCodec>>,
>(key: K, otherwise: O, byName: V): VariantsCodec<K, O, V> {
  const codecOf = (value: Record<string, unknown>): AnyCodec => {
    const name = value[key];
    return (typeof name === 'string' && Object.hasOwn(byName, name) ? byName[name] : undefined) ?? otherwise;
  };
  return {
    name: otherwise.name,
    key,
    otherwise,
    byName,
    sizeOf: (value: Record<string, unknown>) => codecOf(value).sizeOf(value),
    encode: (value: Record<string, unknown>, view, offset) => codecOf(value).encode(value, view, offset),
    decode(view, start, end) {
      const raw = otherwise.decode(view, start, end);
      const codec = codecOf(raw);
      return codec === otherwise ? raw : codec.decode(view, start, end);
    },
    explain(view, start, end, path, lines) {
      let codec: AnyCodec = otherwise;
      try {
        codec = codecOf(otherwise.decode(view, start, end));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
      codec.explain?.(view, start, end, path, lines);
    },
  };
}
