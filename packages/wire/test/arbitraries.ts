/** Random values for any codec, made from the table that the codec was made from. */
import {
  type AnyCodec,
  type AttributeTable,
  decode,
  type EnumerationCodec,
  type FixedCodec,
  ipv4FromNumber,
  ipv6FromBytes,
} from '@ripstop/wire';
import fc from 'fast-check';

/** Values of codecs that are not made from a table, by name. */
export type Leaves = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const ipv4 = fc.nat(0xffff_ffff).map(ipv4FromNumber);
const ipv6 = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipv6FromBytes);

const wireLeaves: Leaves = {
  u8: fc.nat(0xff),
  u16: fc.nat(0xffff),
  u16be: fc.nat(0xffff),
  u32: fc.nat(0xffff_ffff),
  u32be: fc.nat(0xffff_ffff),
  i32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  u64: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  u64be: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  i64: fc.bigInt({ min: -0x8000_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn }),
  bytes: fc.uint8Array({ maxLength: 40 }),
  string: fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '-')),
  flag: fc.constant(true),
  ipv4,
  ipv6,
  address: fc.oneof(ipv4, ipv6),
};

/**
 * Values that the codec itself could have decoded, so that encoding and decoding gives back the same value.
 * Throws if it meets a codec that is neither made from a table nor named in `leaves`: no table can be forgotten.
 */
export function arbitraryOf(codec: AnyCodec, leaves: Leaves = {}): fc.Arbitrary<unknown> {
  const known = leaves[codec.name] ?? wireLeaves[codec.name];
  if (known !== undefined) return known;
  if (isMadeWith(codec, 'values')) return named(codec as unknown as EnumerationCodec<string>);
  if (isMadeWith(codec, 'masks')) return fc.nat(2 ** (8 * (codec as unknown as FixedCodec<number>).size) - 1);
  if (isMadeWith(codec, 'header') && isMadeWith(codec, 'attributes')) {
    const parts = fc.tuple(
      arbitraryOf(codec.header as AnyCodec, leaves),
      arbitraryOf(codec.attributes as AnyCodec, leaves),
    );
    return parts.map(([members, attributes]) => ({ ...(members as object), ...(attributes as object) }));
  }
  if (isMadeWith(codec, 'members'))
    return membersOf(codec.members as Readonly<Record<string, AnyCodec>>, leaves);
  if (isMadeWith(codec, 'table')) return setOf(codec.table as AttributeTable, leaves);
  if (isMadeWith(codec, 'item'))
    return fc.array(arbitraryOf(codec.item as AnyCodec, leaves), { maxLength: 4 });
  if (isMadeWith(codec, 'byName')) return oneVariant(codec, leaves);
  if (/^bytes\[\d+]$/.test(codec.name)) {
    const { size } = codec as FixedCodec<Uint8Array>;
    return fc.uint8Array({ minLength: size, maxLength: size });
  }
  throw new Error(`no random values for codec ${codec.name}`);
}

function isMadeWith<K extends string>(codec: AnyCodec, key: K): codec is AnyCodec & Record<K, unknown> {
  return key in codec;
}

function named(codec: EnumerationCodec<string>): fc.Arbitrary<unknown> {
  const { size } = codec;
  const anyNumber = fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => decode(codec, bytes));
  return fc.oneof(anyNumber, fc.constantFrom(...Object.keys(codec.values)));
}

function membersOf(members: Readonly<Record<string, AnyCodec>>, leaves: Leaves): fc.Arbitrary<object> {
  const named = Object.entries(members).filter(([, member]) => !('padding' in member));
  return fc.record(Object.fromEntries(named.map(([key, member]) => [key, arbitraryOf(member, leaves)])));
}

/** Any of the table's attributes, and a few that it does not know. */
function setOf(table: AttributeTable, leaves: Leaves): fc.Arbitrary<object> {
  const numbers = new Set(Object.values(table).map(([number]) => number));
  const type = fc.nat(0x3fff).filter((number) => !numbers.has(number));
  const unknown = fc.array(fc.record({ type, value: fc.uint8Array({ maxLength: 12 }) }), {
    minLength: 1,
    maxLength: 2,
  });
  const known = Object.entries(table).map(([key, [, codec]]) => [key, arbitraryOf(codec, leaves)] as const);
  return fc.record({ ...Object.fromEntries(known), unknown }, { requiredKeys: [] });
}

function oneVariant(codec: AnyCodec & Record<'byName', unknown>, leaves: Leaves): fc.Arbitrary<unknown> {
  const { key, otherwise, byName } = codec as unknown as {
    key: string;
    otherwise: AnyCodec;
    byName: Readonly<Record<string, AnyCodec>>;
  };
  const plain = (arbitraryOf(otherwise, leaves) as fc.Arbitrary<Record<string, unknown>>).filter(
    (value) => !Object.hasOwn(byName, String(value[key])),
  );
  const variants = Object.entries(byName).map(([name, variant]) =>
    (arbitraryOf(variant, leaves) as fc.Arbitrary<object>).map((value) => ({ ...value, [key]: name })),
  );
  return fc.oneof(plain, ...variants);
}
