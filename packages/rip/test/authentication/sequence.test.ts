import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SequenceNumbers } from '../../src/authentication/sequence.ts';
import { today } from './signing.ts';

const seconds = today / 1_000;

/** Numbers at these moments: seconds of uptime, and of the wall clock. */
function numbers(
  remembered: number,
  ...moments: readonly (readonly [monotonic: number, wall: number])[]
): number[] {
  const sequences = new SequenceNumbers(remembered);
  return moments.map(([up, wall]) => sequences.next({ monotonic: up * 1_000, wall: wall * 1_000 }).number);
}

test('the number is the wall clock in seconds, one for all packets of a moment', () => {
  expect(numbers(0, [5, seconds], [5, seconds], [5.9, seconds + 0.9], [6, seconds + 1])).toEqual([
    seconds,
    seconds,
    seconds,
    seconds + 1,
  ]);
});

test('4822 §2.2: lets no clock that jumps back lower its sequence numbers', () => {
  expect(
    numbers(0, [0, seconds], [10, seconds - 5_000], [20.5, seconds - 4_990], [30, seconds + 30]),
  ).toEqual([seconds, seconds + 10, seconds + 20, seconds + 30]);
});

test('4822 §2.1: never sends a lower sequence number than before with the same key', () => {
  const step = fc.record({ pass: fc.nat(100_000), jump: fc.integer({ min: -1e13, max: 1e13 }) });
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1 })), (runs) => {
      let remembered = 0;
      let last = 0;
      let wall = today;
      for (const run of runs) {
        const sequences = new SequenceNumbers(remembered);
        let monotonic = 0;
        for (const { pass, jump } of run) {
          monotonic += pass;
          wall += pass + jump;
          const { number, reserve } = sequences.next({ monotonic, wall });
          remembered = reserve ?? remembered;
          expect(number).toBeGreaterThanOrEqual(last);
          expect(number).toBeLessThanOrEqual(remembered);
          last = number;
        }
      }
    }),
  );
});

test('4822 §2.2: continues above the sequence numbers of the run before', () => {
  expect(numbers(seconds, [1, 12], [4, 15], [5, seconds + 100])).toEqual([
    seconds,
    seconds + 3,
    seconds + 100,
  ]);
});

test('4822 §2.3.2: begins with sequence number 0 when it has forgotten the last one', () => {
  expect(numbers(0, [100, 12], [103, 15])).toEqual([0, 3]);
  expect(numbers(0, [100, -5])).toEqual([0]);
});

test('what the host has to remember is reserved a minute ahead, before it is used', () => {
  const sequences = new SequenceNumbers(seconds);
  const reserved = [0, 1, 2, 60, 61, 62, 122, 200].map(
    (up) => sequences.next({ monotonic: up * 1_000, wall: today + up * 1_000 }).reserve,
  );
  const none = undefined;
  expect(reserved).toEqual([none, seconds + 61, none, none, none, seconds + 122, none, seconds + 260]);
});

test('a number or a clock that leaves less than a year of numbers is not believed', () => {
  const last = 0xffff_ffff;
  expect(numbers(last, [0, seconds])).toEqual([seconds]);
  expect(numbers(0, [0, seconds], [1, last - 10], [2, last + 10])).toEqual([
    seconds,
    seconds + 1,
    seconds + 2,
  ]);
});

test('at the end of 32 bits the number stands still', () => {
  const last = 0xffff_ffff;
  const year = 31_536_000;
  expect(numbers(last - year, [0, 0], [year - 1, 0], [year, 0], [year + 5, 0])).toEqual([
    last - year,
    last - 1,
    last,
    last,
  ]);
});
