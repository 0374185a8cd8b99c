/**
 * What a codec is: one value that knows how to measure, write, read and explain one shape of bytes.
 *
 * Every wire fact of Ripstop stands in a table made of these (`struct`, `attributes`, …); the table yields the
 * TypeScript type, the encoder, the decoder, the printer and the fuzz target. Before this file: nothing.
 * After it: `integers`, `text`, `enumeration`, `struct`, `attributes`, which are codecs.
 *
 * Invariants: a decoder reads only inside `[start, end)`, checks before each read, and throws nothing but
 * `DecodeError`. An encoder writes exactly `sizeOf(value)` bytes.
 */

/**
 * Reads and writes one shape of bytes.
 *
 * @typeParam Value what `decode` returns
 * @typeParam Input what `encode` takes; wider than `Value` where the wire has defaults (a struct's zero)
 */
export interface Codec<Value, Input = Value> {
  /** The type's name as `explain` prints it: `u32`, `rtmsg`, `RTA`. */
  readonly name: string;
  /** Bytes that `encode` will write. */
  sizeOf(value: Input): number;
  /** Writes `sizeOf(value)` bytes at `offset`. The bytes there must be zero before. @throws EncodeError */
  encode(value: Input, view: DataView, offset: number): void;
  /** Reads the value that fills `[start, end)`. It owns its bytes: the memory may be used again. @throws DecodeError */
  decode(view: DataView, start: number, end: number): Value;
  /** Writes a line for every field in `[start, end)`. Absent: one line with `format` of the decoded value. */
  explain?(view: DataView, start: number, end: number, path: string, lines: ExplainedField[]): void;
  /** The value as `explain` prints it. Absent: `String(value)`. */
  format?(value: Value): string;
}

/** A codec whose values all have the same size, so that it may be a field of a `struct`. */
export interface FixedCodec<Value, Input = Value> extends Codec<Value, Input> {
  /** Bytes. */
  readonly size: number;
  /** Bytes; the offset of such a field in a C struct is a multiple of it. */
  readonly alignment: number;
  /** What an omitted field is written as. */
  readonly zero: Input;
}

// biome-ignore lint/suspicious/noExplicitAny: a bound that accepts a codec of any value; `infer` recovers it
export type AnyCodec = Codec<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyFixedCodec = FixedCodec<any, any>;

/** One line of an explanation: where, what it is called, its type and its value. */
export interface ExplainedField {
  /** Bytes from the beginning of the explained bytes. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
  /** `metrics.mtu`; empty for the whole. */
  readonly path: string;
  readonly type: string;
  /** Printed value; empty for something whose parts follow. */
  readonly value: string;
}

/** The type of the values that a codec decodes: `type RouteAttributes = ValueOf<typeof routeAttributes>`. */
export type ValueOf<C> = C extends Codec<infer Value, never> ? Value : never;

/** The type of the values that a codec encodes. */
export type InputOf<C> = C extends { encode(value: infer Input, view: DataView, offset: number): void }
  ? Input
  : never;

/** Bytes that do not have the shape they should have. The only thing a decoder throws. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'DECODE';
  /** Where in the shape, the type last: `metrics.mtu.u32`. */
  readonly path: string;
  /** Where in the bytes: from the beginning of the view that was decoded. */
  readonly offset: number;
  /** What was found and what was expected. */
  readonly reason: string;

  constructor(path: string, offset: number, reason: string) {
    super(`${path} at byte ${offset}: ${reason}`);
    this.path = path;
    this.offset = offset;
    this.reason = reason;
  }

  /** The same error, seen from the shape that holds the one it happened in. */
  within(outer: string): DecodeError {
    return new DecodeError(`${outer}.${this.path}`, this.offset, this.reason);
  }
}

/** A value that cannot be written: our own mistake or the caller's, never a neighbor's. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  readonly code = 'ENCODE';

  /** The same error, seen from the shape that holds the one it happened in: `metrics.mtu.u32: an integer …`. */
  within(outer: string): EncodeError {
    return new EncodeError(`${outer}.${this.message}`);
  }
}

/** Throws unless `size` bytes are there. */
export function requireBytes(name: string, start: number, end: number, size: number): void {
  if (end - start < size)
    throw new DecodeError(name, start, `${size} bytes expected, ${Math.max(0, end - start)} left`);
}

/** A view of the same memory as `bytes`: codecs read and write through it. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Encodes into bytes of exactly the right size. @throws EncodeError */
export function encode<Value, Input>(codec: Codec<Value, Input>, value: Input): Uint8Array {
  const bytes = new Uint8Array(codec.sizeOf(value));
  codec.encode(value, viewOf(bytes), 0);
  return bytes;
}

/** Decodes all of `bytes`. @throws DecodeError */
export function decode<Value, Input>(codec: Codec<Value, Input>, bytes: Uint8Array): Value {
  return codec.decode(viewOf(bytes), 0, bytes.byteLength);
}
