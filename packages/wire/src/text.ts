/** Byte strings and character strings as codecs. */
import { type Codec, EncodeError, type FixedCodec, requireBytes } from './codec.ts';
import { utf8Decode, utf8Encode } from './utf8.ts';

/** `[start, end)` of a view as bytes: a view of the same memory, valid as long as that memory is. */
export function bytesAt(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}

/** Bytes as hexadecimal digits: `0a000001`. */
export function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Bytes as they are, to the end. The decoded value is a copy. */
export const bytes: Codec<Uint8Array> = {
  name: 'bytes',
  sizeOf: (value) => value.byteLength,
  encode: (value, view, offset) => bytesAt(view, offset, offset + value.byteLength).set(value),
  decode: (view, start, end) => bytesAt(view, start, end).slice(),
  format: hex,
};

/** Exactly `size` bytes, as they are. */
export function fixedBytes(size: number): FixedCodec<Uint8Array> {
  const name = `bytes[${size}]`;
  return {
    name,
    size,
    alignment: 1,
    zero: new Uint8Array(size),
    sizeOf: () => size,
    encode(value, view, offset) {
      if (value.byteLength !== size) throw new EncodeError(`${name}: ${value.byteLength} bytes given`);
      bytesAt(view, offset, offset + size).set(value);
    },
    decode(view, start, end) {
      requireBytes(name, start, end, size);
      return bytesAt(view, start, start + size).slice();
    },
    format: hex,
  };
}

/** A C string in UTF-8: to the first NUL or, without one, to the end. Written with its NUL. */
export const cString: Codec<string> = {
  name: 'string',
  sizeOf: (value) => utf8Encode(value).byteLength + 1,
  encode(value, view, offset) {
    const encoded = utf8Encode(value);
    if (encoded.includes(0)) throw new EncodeError(`string: holds a NUL: ${JSON.stringify(value)}`);
    bytesAt(view, offset, offset + encoded.byteLength).set(encoded);
  },
  decode(view, start, end) {
    const all = bytesAt(view, start, end);
    const terminator = all.indexOf(0);
    return utf8Decode(terminator < 0 ? all : all.subarray(0, terminator));
  },
  format: (value) => JSON.stringify(value),
};

/** An attribute that says all by being there: no bytes. */
export const present: Codec<true> = {
  name: 'flag',
  sizeOf: () => 0,
  encode: () => undefined,
  decode: () => true,
};
