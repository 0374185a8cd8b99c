/** What is true of every codec. Each failure prints how to repeat it. */
import { relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type AnyCodec, DecodeError, decode, encode, explain, viewOf } from '@ripstop/wire';
import fc from 'fast-check';
import { expect } from 'vitest';

const SEED = Number(process.env.RIPSTOP_SEED ?? 2453);

/** Checks a property with a seed that is the same in every run, or RIPSTOP_SEED. */
export function holds<T>(property: fc.IProperty<T>, runs: number): void {
  fc.assert(property, {
    seed: SEED,
    numRuns: runs,
    reporter(details) {
      if (!details.failed) return;
      const file = relative(process.cwd(), expect.getState().testPath ?? '');
      const replay = `RIPSTOP_SEED=${details.seed} npm test -- --project unit ${file}`;
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
      expect(codec.decode(viewOf(buffer), margin, margin + size)).toEqual(value);
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

/** With bits flipped, and cut as well, the encoded value is a value or a DecodeError. `runs` times 40 mutations. */
export function holdsMutation(codec: AnyCodec, values: fc.Arbitrary<unknown>, runs: number): void {
  const mutations = fc.uint32Array({ minLength: MUTATIONS_PER_RUN, maxLength: MUTATIONS_PER_RUN });
  holds(
    fc.property(values, mutations, (value, numbers) => {
      const original = encode(codec, value);
      if (original.length === 0) return;
      for (const [at, number] of numbers.entries()) {
        const bytes = original.slice();
        for (let flips = 0; flips <= at % 4; flips += 1)
          flipBit(bytes, Math.imul(number, 2 * flips + 1) >>> 0);
        decodeOrRefuse(codec, at % 8 === 7 ? bytes.subarray(0, number % bytes.length) : bytes);
      }
    }),
    runs,
  );
}

export const MUTATIONS_PER_RUN = 40;

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

function requireInside(offset: number, length: number, bytes: Uint8Array): void {
  if (offset < 0 || length < 0 || offset + length > bytes.length) {
    throw new RangeError(`${length} bytes at ${offset} are not inside ${bytes.length} bytes`);
  }
}
