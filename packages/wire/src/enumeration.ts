/** Numbers that have names: one of many (`enumeration`), or any of many (`flags`). */
import type { FixedCodec } from './codec.ts';

/** A codec of named numbers; `values` is the table it was made from. */
export interface EnumerationCodec<Name extends string> extends FixedCodec<Name | number> {
  readonly values: Readonly<Record<Name, number>>;
  /** The name of a number, or the number itself where it has none. */
  nameOf(value: number): Name | number;
  /** The number of a name; a number stays what it is. */
  numberOf(value: Name | number): number;
}

/**
 * Decodes to the name, or to the number when it has none (a newer kernel's), so that decoding loses nothing.
 * Throws when the module loads if two names share a number.
 */
export function enumeration<const Table extends Readonly<Record<string, number>>>(
  name: string,
  integer: FixedCodec<number>,
  values: Table,
): EnumerationCodec<keyof Table & string> {
  type Name = keyof Table & string;
  const names: (Name | undefined)[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (names[value] !== undefined) throw new Error(`${name}: ${key} and ${names[value]} are both ${value}`);
    names[value] = key as Name;
  }
  // Most messages of a batch have the same name here; to search for it would take a tenth of the time of writing them.
  let recentName: Name | undefined;
  let recentNumber = 0;
  const numberOf = (value: Name | number): number => {
    if (typeof value === 'number') return value;
    if (value !== recentName) {
      recentNumber = values[value] as number;
      recentName = value;
    }
    return recentNumber;
  };
  const nameOf = (value: number): Name | number => names[value] ?? value;
  return {
    name,
    values: values as Readonly<Record<Name, number>>,
    size: integer.size,
    alignment: integer.alignment,
    zero: 0,
    nameOf,
    numberOf,
    sizeOf: () => integer.size,
    encode: (value, view, offset) => integer.encode(numberOf(value), view, offset),
    decode: (view, start, end) => nameOf(integer.decode(view, start, end)),
  };
}

/** A codec of bits; `masks` is the table it was made from: `if (flags & linkFlags.masks.up)`. */
export interface FlagsCodec<Name extends string> extends FixedCodec<number> {
  readonly masks: Readonly<Record<Name, number>>;
  /** The names of the set bits, in the table's order; bits without a name come last, as one hexadecimal number. */
  namesOf(value: number): string[];
}

/** Decodes to the number itself; `explain` prints the names of its bits. */
export function flags<const Table extends Readonly<Record<string, number>>>(
  name: string,
  integer: FixedCodec<number>,
  masks: Table,
): FlagsCodec<keyof Table & string> {
  const namesOf = (value: number): string[] => {
    let rest = value;
    const found: string[] = [];
    for (const [key, mask] of Object.entries(masks)) {
      if ((rest & mask) >>> 0 !== mask) continue;
      found.push(key);
      rest = (rest & ~mask) >>> 0;
    }
    return rest === 0 ? found : [...found, `0x${rest.toString(16)}`];
  };
  return {
    ...integer,
    name,
    masks: masks as Readonly<Record<keyof Table & string, number>>,
    namesOf,
    format: (value) => (value === 0 ? '0' : namesOf(value).join('|')),
  };
}
