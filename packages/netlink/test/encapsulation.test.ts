// What an encapsulation must be, to be read or to be written. iproute2's own bytes are in `golden/encapsulations.ts`.
import { DecodeError, decode, EncodeError, encode } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { labelStack } from '../src/rtnetlink/route/label-stack.ts';
import { type RouteInput, routeMessage } from '../src/rtnetlink/route.ts';

function again(route: RouteInput): object {
  return decode(routeMessage, encode(routeMessage, route));
}

test('a type that we do not know keeps its bytes', () => {
  const encapsulation = Uint8Array.of(8, 0, 1, 0, 1, 2, 3, 4);
  expect(again({ encapsulationType: 'rpl', encapsulation })).toMatchObject({
    encapsulationType: 'rpl',
    encapsulation,
  });
  expect(again({ encapsulationType: 4711, encapsulation })).toMatchObject({
    encapsulationType: 4711,
    encapsulation,
  });
});

test('bytes without a type stay bytes', () => {
  const encapsulation = Uint8Array.of(1, 2, 3, 4);
  expect(again({ encapsulation })).toMatchObject({ encapsulation });
});

test('a type comes behind what it is the type of, as in the kernel’s answers, or before it', () => {
  const encapsulation = { labels: [16], ttl: 9 };
  expect(again({ encapsulation, encapsulationType: 'mpls' })).toMatchObject({ encapsulation });
  expect(again({ encapsulationType: 'mpls', encapsulation })).toMatchObject({ encapsulation });
});

describe('labels', () => {
  test.each([
    ['an entry that is cut', [0, 1, 1]],
    ['a bottom in the middle', [0, 1, 1, 0, 0, 2, 1, 0]],
    ['no bottom at the end', [0, 1, 0, 0]],
    ['a traffic class', [0, 1, 3, 0]],
    ['a TTL', [0, 1, 1, 64]],
  ])('%s cannot be read', (_what, bytes) => {
    expect(() => decode(labelStack, Uint8Array.from(bytes))).toThrow(DecodeError);
  });

  test('of more than 20 bits cannot be written', () => {
    expect(() => encode(labelStack, [0x10_0000])).toThrow('a label from 0 to 1048575 expected, got 1048576');
  });
});

describe('segments', () => {
  const routeBy = (segments: readonly string[]): RouteInput => {
    return { encapsulation: { tunnel: { mode: 'encap', segments } }, encapsulationType: 'seg6' };
  };

  test('are IPv6 addresses, one at least', () => {
    expect(() => encode(routeMessage, routeBy([]))).toThrow(EncodeError);
    expect(() => encode(routeMessage, routeBy(['10.0.0.1']))).toThrow('10.0.0.1 is not an IPv6 address');
  });

  test('that are fewer than the header says cannot be read', () => {
    const bytes = encode(routeMessage, routeBy(['2001:db8::1', '2001:db8::2']));
    // rtmsg, two attribute headers, the mode, and four bytes of the header before the last entry's number.
    bytes[12 + 4 + 4 + 4 + 4] = 2;
    expect(() => decode(routeMessage, bytes)).toThrow('3 segments do not fit');
  });
});
