/** NLA_UINT: an unsigned number that grows with what it holds. Used by `link-attributes`. */
import { type Codec, u32, u64 } from '@ripstop/wire';

const U32_MAX = 0xffff_ffffn;

/** 4 bytes where they hold the number, 8 where they do not. */
export const uint: Codec<bigint> = {
  name: 'uint',
  sizeOf: (value) => (value <= U32_MAX ? u32.size : u64.size),
  encode: (value, view, offset) =>
    value <= U32_MAX ? u32.encode(Number(value), view, offset) : u64.encode(value, view, offset),
  decode: (view, start, end) =>
    end - start < u64.size ? BigInt(u32.decode(view, start, end)) : u64.decode(view, start, end),
};
