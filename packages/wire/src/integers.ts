/**
 * Integers of C structs and of network packets. `u16`, `u32`, … have the machine's own byte order, as netlink
 * wants it; `u16be`, … have the network's.
 *
 * 64-bit values are `bigint`: an interface's byte counter outgrows 2^53.
 */
import { EncodeError, type FixedCodec, requireBytes } from './codec.ts';

/** True where the lowest byte of a number comes first (x86, arm64, riscv64, …). */
export const littleEndianHost: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function integer(
  name: string,
  size: 1 | 2 | 4,
  lowest: number,
  highest: number,
  read: (view: DataView, offset: number) => number,
  write: (view: DataView, offset: number, value: number) => void,
): FixedCodec<number> {
  return {
    name,
    size,
    alignment: size,
    zero: 0,
    sizeOf: () => size,
    encode(value, view, offset) {
      if (!Number.isInteger(value) || value < lowest || value > highest) {
        throw new EncodeError(`${name}: an integer from ${lowest} to ${highest} expected, got ${value}`);
      }
      write(view, offset, value);
    },
    decode(view, start, end) {
      requireBytes(name, start, end, size);
      return read(view, start);
    },
  };
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
      if (value < lowest || value > highest) {
        throw new EncodeError(`${name}: an integer from ${lowest} to ${highest} expected, got ${value}`);
      }
      view.setBigUint64(offset, BigInt.asUintN(64, value), littleEndian);
    },
    decode(view, start, end) {
      requireBytes(name, start, end, 8);
      return signed ? view.getBigInt64(start, littleEndian) : view.getBigUint64(start, littleEndian);
    },
  };
}

const host = littleEndianHost;

export const u8: FixedCodec<number> = integer(
  'u8',
  1,
  0,
  0xff,
  (view, offset) => view.getUint8(offset),
  (view, offset, value) => view.setUint8(offset, value),
);

export const u16: FixedCodec<number> = integer(
  'u16',
  2,
  0,
  0xffff,
  (view, offset) => view.getUint16(offset, host),
  (view, offset, value) => view.setUint16(offset, value, host),
);

export const u16be: FixedCodec<number> = integer(
  'u16be',
  2,
  0,
  0xffff,
  (view, offset) => view.getUint16(offset),
  (view, offset, value) => view.setUint16(offset, value),
);

export const u32: FixedCodec<number> = integer(
  'u32',
  4,
  0,
  0xffff_ffff,
  (view, offset) => view.getUint32(offset, host),
  (view, offset, value) => view.setUint32(offset, value, host),
);

export const u32be: FixedCodec<number> = integer(
  'u32be',
  4,
  0,
  0xffff_ffff,
  (view, offset) => view.getUint32(offset),
  (view, offset, value) => view.setUint32(offset, value),
);

export const i32: FixedCodec<number> = integer(
  'i32',
  4,
  -0x8000_0000,
  0x7fff_ffff,
  (view, offset) => view.getInt32(offset, host),
  (view, offset, value) => view.setInt32(offset, value, host),
);

export const u64: FixedCodec<bigint> = integer64('u64', 0n, 0xffff_ffff_ffff_ffffn, false);

export const u64be: FixedCodec<bigint> = integer64('u64be', 0n, 0xffff_ffff_ffff_ffffn, false, false);

export const i64: FixedCodec<bigint> = integer64(
  'i64',
  -0x8000_0000_0000_0000n,
  0x7fff_ffff_ffff_ffffn,
  true,
);
