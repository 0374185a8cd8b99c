/**
 * Integers of C structs and of network packets. `u16`, `u32`, … have the machine's own byte order, as netlink
 * wants it; `u16be`, … have the network's.
 *
 * 64-bit values are `bigint`: an interface's byte counter outgrows 2^53.
 */
import { EncodeError, type FixedCodec, requireBytes } from './codec.ts';

/** True where the lowest byte of a number comes first (x86, arm64, riscv64, …). */
export const littleEndianHost: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function refusal(
  name: string,
  value: number | bigint,
  lowest: number | bigint,
  highest: number | bigint,
): EncodeError {
  return new EncodeError(`${name}: an integer from ${lowest} to ${highest} expected, got ${value}`);
}

function integer64(
  name: string,
  lowest: bigint,
  highest: bigint,
  signed: boolean,
  littleEndian = littleEndianHost,
): FixedCodec<bigint> {
  return {
    name,
    size: 8,
    alignment: 8,
    zero: 0n,
    sizeOf: () => 8,
    encode(value, view, offset) {
      if (value < lowest || value > highest) throw refusal(name, value, lowest, highest);
      view.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
    },
    decode(view, start, end) {
      requireBytes(name, start, end, 8);
      return signed ? view.getBigInt64(start, littleEndian) : view.getBigUint64(start, littleEndian);
    },
  };
}

const host = littleEndianHost;

// Each stands for itself: what several codecs share, V8 cannot inline into the loops that read thousands of routes.
// A bit operator gives back the number that it got only if that is an integer within the bits.

export const u8: FixedCodec<number> = {
  name: 'u8',
  size: 1,
  alignment: 1,
  zero: 0,
  sizeOf: () => 1,
  encode(value, view, offset) {
    if ((value & 0xff) !== value) throw refusal('u8', value, 0, 0xff);
    view.setUint8(offset, value);
  },
  decode(view, start, end) {
    requireBytes('u8', start, end, 1);
    return view.getUint8(start);
  },
};

export const u16: FixedCodec<number> = {
  name: 'u16',
  size: 2,
  alignment: 2,
  zero: 0,
  sizeOf: () => 2,
  encode(value, view, offset) {
    if ((value & 0xffff) !== value) throw refusal('u16', value, 0, 0xffff);
    view.setUint16(offset, value, host);
  },
  decode(view, start, end) {
    requireBytes('u16', start, end, 2);
    return view.getUint16(start, host);
  },
};

export const u16be: FixedCodec<number> = {
  name: 'u16be',
  size: 2,
  alignment: 2,
  zero: 0,
  sizeOf: () => 2,
  encode(value, view, offset) {
    if ((value & 0xffff) !== value) throw refusal('u16be', value, 0, 0xffff);
    view.setUint16(offset, value);
  },
  decode(view, start, end) {
    requireBytes('u16be', start, end, 2);
    return view.getUint16(start);
  },
};

export const u32: FixedCodec<number> = {
  name: 'u32',
  size: 4,
  alignment: 4,
  zero: 0,
  sizeOf: () => 4,
  encode(value, view, offset) {
    if (value >>> 0 !== value) throw refusal('u32', value, 0, 0xffff_ffff);
    view.setUint32(offset, value, host);
  },
  decode(view, start, end) {
    requireBytes('u32', start, end, 4);
    return view.getUint32(start, host);
  },
};

export const u32be: FixedCodec<number> = {
  name: 'u32be',
  size: 4,
  alignment: 4,
  zero: 0,
  sizeOf: () => 4,
  encode(value, view, offset) {
    if (value >>> 0 !== value) throw refusal('u32be', value, 0, 0xffff_ffff);
    view.setUint32(offset, value);
  },
  decode(view, start, end) {
    requireBytes('u32be', start, end, 4);
    return view.getUint32(start);
  },
};

export const i32: FixedCodec<number> = {
  name: 'i32',
  size: 4,
  alignment: 4,
  zero: 0,
  sizeOf: () => 4,
  encode(value, view, offset) {
    if ((value | 0) !== value) throw refusal('i32', value, -0x8000_0000, 0x7fff_ffff);
    view.setInt32(offset, value, host);
  },
  decode(view, start, end) {
    requireBytes('i32', start, end, 4);
    return view.getInt32(start, host);
  },
};

export const u64: FixedCodec<bigint> = integer64('u64', 0n, 0xffff_ffff_ffff_ffffn, false);

export const u64be: FixedCodec<bigint> = integer64('u64be', 0n, 0xffff_ffff_ffff_ffffn, false, false);

export const i64: FixedCodec<bigint> = integer64(
  'i64',
  -0x8000_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  true,
);
