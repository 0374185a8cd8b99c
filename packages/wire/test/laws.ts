/** What is true of every codec. Each failure prints how to repeat it. */
import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type AnyCodec,
  DecodeError,
  decode,
  encode,
  explain,
  hex,
  littleEndianHost,
  viewOf,
} from '@ripstop/wire';
import fc from 'fast-check';
import { expect } from 'vitest';

const SEED = Number(process.env.RIPSTOP_SEED ?? 2453);

/** Mutated encodings over all codecs of a test file. The nightly run has more. */
export const MUTATIONS = Number(process.env.RIPSTOP_MUTATIONS ?? 50_000);

/**
 * Checks a property with a seed that is the same in every run, or RIPSTOP_SEED.
 * @param shrinks whether to search for a simpler value that fails too
 */
export function holds<T>(property: fc.IProperty<T>, runs: number, shrinks = true): void {
  fc.assert(property, {
    seed: SEED,
    numRuns: runs,
    endOnFailure: !shrinks,
    reporter(details) {
      if (!details.failed) return;
      const file = relative(process.cwd(), expect.getState().testPath ?? '');
      const variables = `RIPSTOP_SEED=${details.seed} RIPSTOP_MUTATIONS=${MUTATIONS}`;
      const replay = `${variables} npm test -- --project unit ${file}`;
      throw new Error(`${fc.defaultReportMessage(details)}\n\nReplay: ${replay}`, {
        cause: details.errorInstance,
      });
    },
  });
}

/** Decoding what was encoded gives the same value; exactly `sizeOf` bytes are written; the offset does not matter. */
export function holdsRoundTrip(codec: AnyCodec, values: fc.Arbitrary<unknown>, runs: number): void {
  holds(
    fc.property(values, fc.nat(9), (value, margin) => {
      const size = codec.sizeOf(value);
      const buffer = new Uint8Array(margin + size + 9).fill(0xdb);
      buffer.fill(0, margin, margin + size);
      codec.encode(value, viewOf(buffer), margin);
      expect(buffer.subarray(0, margin).every((byte) => byte === 0xdb)).toBe(true);
      expect(buffer.subarray(margin + size).every((byte) => byte === 0xdb)).toBe(true);
      expect(buffer.slice(margin, margin + size)).toEqual(encode(codec, value));
      const decoded: unknown = codec.decode(viewOf(buffer), margin, margin + size);
      buffer.fill(0xdb); // what was decoded owns its bytes
      expect(decoded).toEqual(value);
    }),
    runs,
  );
}

/** Cut at every length and with any bytes behind it, the encoded value is a value or a DecodeError. */
export function holdsTruncation(codec: AnyCodec, values: fc.Arbitrary<unknown>, runs: number): void {
  holds(
    fc.property(values, fc.uint8Array({ minLength: 1, maxLength: 40 }), (value, tail) => {
      const bytes = encode(codec, value);
      for (let length = 0; length < bytes.length; length += 1) decodeOrRefuse(codec, bytes.slice(0, length));
      for (let length = 1; length <= tail.length; length += 1) {
        decodeOrRefuse(codec, Uint8Array.from([...bytes, ...tail.subarray(0, length)]));
      }
    }),
    runs,
  );
}

/** Mutated, the encoded value is a value or a DecodeError. At least `count` mutations. */
export function holdsMutation(codec: AnyCodec, values: fc.Arbitrary<unknown>, count: number): void {
  holdsMutated(
    values.map((value) => encode(codec, value)),
    (bytes) => decodeOrRefuse(codec, bytes),
    count,
  );
}

/** `check` throws neither on the bytes nor on any mutation of them: bits flipped, lengths replaced, the end cut off. */
export function holdsMutated(
  originals: fc.Arbitrary<Uint8Array>,
  check: (bytes: Uint8Array) => void,
  count: number,
): void {
  const numbers = fc.uint32Array({ minLength: MUTATIONS_PER_RUN, maxLength: MUTATIONS_PER_RUN });
  holds(
    fc.property(originals, numbers, (original, numbers) => {
      if (original.length === 0) return;
      const mutations = Array.from(numbers, (number, kind) => mutated(original, kind, number));
      for (const bytes of [original, ...mutations]) {
        try {
          check(bytes);
        } catch (error) {
          throw new Error(`bytes ${hex(bytes)}`, { cause: error });
        }
      }
    }),
    Math.ceil(count / MUTATIONS_PER_RUN),
    // The bytes say all; searching for a simpler value would take minutes.
    false,
  );
}

const MUTATIONS_PER_RUN = 40;

/** Too short for a header, of a header alone or a little more, and too long. */
const LENGTHS = [0, 1, 3, 4, 5, 8, 0x7fff, 0xffff] as const;

/** The bytes with one to four bits flipped; some also with a wrong length somewhere, or cut. */
function mutated(original: Uint8Array, kind: number, number: number): Uint8Array {
  const bytes = original.slice();
  for (let flips = 0; flips <= kind % 4; flips += 1) flipBit(bytes, Math.imul(number, 2 * flips + 1) >>> 0);
  if (kind % 8 === 7) return bytes.subarray(0, number % bytes.length);
  if (kind % 8 === 3 && bytes.length >= 4) {
    // Lengths stand where four divides the offset, be it a netlink message's or an attribute's.
    const offset = ((number >>> 3) % (bytes.length - 3)) & ~3;
    viewOf(bytes).setUint16(offset, LENGTHS[number % LENGTHS.length] ?? 0, littleEndianHost);
  }
  return bytes;
}

function flipBit(bytes: Uint8Array, bit: number): void {
  const at = (bit >>> 3) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
}

/** Decodes, or throws DecodeError and nothing else. Whatever was decoded can be encoded. Explaining never throws. */
function decodeOrRefuse(codec: AnyCodec, bytes: Uint8Array): void {
  for (const { offset, length } of explain(codec, bytes)) requireInside(offset, length, bytes);
  let value: unknown;
  try {
    value = decode(codec, bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    requireInside(error.offset, 0, bytes);
    return;
  }
  const again: unknown = decode(codec, encode(codec, value));
  // This runs a hundred thousand times, and `expect` is slow.
  if (!isDeepStrictEqual(again, value)) expect(again).toEqual(value);
}

/** An explanation or an error points at bytes that are there. */
export function requireInside(offset: number, length: number, bytes: Uint8Array): void {
  if (offset < 0 || length < 0 || offset + length > bytes.length) {
    throw new RangeError(`${length} bytes at ${offset} are not inside ${bytes.length} bytes`);
  }
}
