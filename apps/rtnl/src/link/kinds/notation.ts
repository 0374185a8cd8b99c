/** How the value of an option is written: on the command line, in JSON and for the eye. After this file: `link-option.ts`. */
import { CommandError, type Context } from '../../command.ts';
import { takeTable } from '../../names.ts';
import { hexadecimal, TICKS_PER_SECOND } from '../../numerals.ts';
import type { Words } from '../../words.ts';

/** Between an attribute's value and what people write and read. */
export interface Notation<Value> {
  /** @throws CommandError */
  read(of: string, words: Words, context: Context): Value;
  /** For JSON. */
  show(value: Value, context: Context): unknown;
  /** What was shown, for the eye. Absent: the same. */
  text?(shown: unknown): string;
}

/** A whole number up to `highest`, which is what the attribute can hold. */
function upTo(highest: number, show: (value: number) => unknown): Notation<number> {
  return { read: (of, words) => words.number(of, 0, highest), show };
}

const same = (value: number): number => value;
export const number8 = upTo(0xff, same);
export const number16 = upTo(0xffff, same);
export const number32 = upTo(0xffff_ffff, same);

export const number64: Notation<bigint> = {
  read: (of, words) => words.number64(of),
  show: (value) => value,
};

/** Bits of 16: `0x8`, and `0` for none, as C prints them. */
export const bits16 = upTo(0xffff, hexadecimal);

/** A byte that is 0 or 1. */
export const onOff: Notation<number> = {
  read: (of, words) => Number(words.onOff(of)),
  show: (value) => value !== 0,
  text: (shown) => (shown === true ? 'on' : 'off'),
};

/** One of several names; a number that has none is shown as it is. */
export function choice<const Name extends string>(...names: readonly Name[]): Notation<Name | number> {
  return { read: (of, words) => words.oneOf(of, names), show: (name) => name };
}

export const hardwareAddress: Notation<string> = {
  read: (of, words) => words.value(of),
  show: (address) => address,
};

/** An interface's index, by its name. */
export const device: Notation<number> = {
  read: (of, words, { interfaces }) => interfaces.indexOf(words.value(of)),
  show: (index, { interfaces }) => interfaces.nameOf(index),
};

/** A routing table's number, or its name on the command line. */
export const routingTable: Notation<number> = {
  read: (_of, words) => takeTable(words),
  show: same,
};

const vlanProtocols: Readonly<Record<string, number>> = { '802.1Q': 0x8100, '802.1ad': 0x88a8 };

/** The EtherType of VLAN tags. */
export const vlanProtocol: Notation<number> = {
  read(of, words) {
    const word = words.value(of);
    const known = Object.entries(vlanProtocols).find(([name]) => name.toLowerCase() === word.toLowerCase());
    if (known === undefined) throw new CommandError(`${of}: 802.1Q or 802.1ad expected, got "${word}"`);
    return known[1];
  },
  show(value) {
    const known = Object.entries(vlanProtocols).find(([, number]) => number === value);
    return known?.[0] ?? hexadecimal(value);
  },
};

/** Only the kernel says it. */
function unsettable(of: string): never {
  throw new CommandError(`${of} cannot be set`);
}

/** Shown in seconds: `1.91`. */
export const timer: Notation<bigint> = {
  read: unsettable,
  show: (ticks) => Number(ticks) / TICKS_PER_SECOND,
  text: (seconds) => Number(seconds).toFixed(2).padStart(7),
};

/** A bridge's priority and address, 8 bytes: `8000.2:0:0:0:0:1`. */
export const bridgeIdentity: Notation<Uint8Array> = {
  read: unsettable,
  show([high = 0, low = 0, ...address]) {
    const priority = ((high << 8) | low).toString(16).padStart(4, '0');
    return `${priority}.${address.map((byte) => byte.toString(16)).join(':')}`;
  },
};
