// Messages as bytes, one or many to a datagram, and multipart answers: written, then read back.
import { EncodeError, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { datagramOf, multipartOf, type PlainMessage } from '../src/datagram.ts';
import { controlTypes, messageFlags, messagesOf } from '../src/message.ts';

const { acknowledge, multi, request } = messageFlags.masks;

/** What a datagram holds, as it would have been given to `datagramOf`. */
function read(datagram: Uint8Array): PlainMessage[] {
  return [...messagesOf(viewOf(datagram))].map(({ type, flags, sequence, portId, start, end }) => {
    return { type, flags, sequence, portId, payload: datagram.slice(start, end) };
  });
}

function message(number: number, length: number): PlainMessage {
  return {
    type: 16 + number,
    flags: request | acknowledge,
    sequence: number,
    portId: 7,
    payload: new Uint8Array(length).fill(number),
  };
}

describe('a datagram', () => {
  test.each([0, 1, 2, 3, 4, 5])('of messages with %i bytes more than a multiple of four', (more) => {
    const messages = [1, 2, 3].map((number) => message(number, 8 + more));
    const datagram = datagramOf(messages);
    expect(datagram.length % 4).toBe(0);
    expect(read(datagram)).toEqual(messages);
  });

  test('byte by byte, in the order of a little-endian host', () => {
    const bytes = datagramOf([{ type: 0x1234, flags: 1, sequence: 2, portId: 3, payload: Uint8Array.of(9) }]);
    expect([...bytes]).toEqual([17, 0, 0, 0, 0x34, 0x12, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0]);
  });

  test('what is not given is 0; of nothing it is empty', () => {
    const empty = { flags: 0, sequence: 0, portId: 0, payload: new Uint8Array() };
    expect(read(datagramOf([{ type: 16 }]))).toEqual([{ type: 16, ...empty }]);
    expect(datagramOf([])).toHaveLength(0);
  });
});

describe('a multipart answer', () => {
  const done = { sequence: 5, portId: 7 };
  const end = { ...done, type: controlTypes.NLMSG_DONE, flags: multi, payload: new Uint8Array(4) };

  test('has the flag on every part, its end behind the last, and as few datagrams as hold it', () => {
    const parts = [1, 2, 3, 4, 5].map((number) => ({ ...message(number, 20), flags: 0 }));
    const datagrams = multipartOf(parts, done, 80);
    expect(datagrams.map(({ length }) => length)).toEqual([72, 72, 56]);
    expect(datagrams.flatMap(read)).toEqual([...parts.map((part) => ({ ...part, flags: multi })), end]);
  });

  test('keeps other flags, and is an end only where there are no parts', () => {
    expect(multipartOf([], done, 80).map(read)).toEqual([[end]]);
    const [first] = multipartOf([message(1, 0)], done, 80).flatMap(read);
    expect(first?.flags).toBe(request | acknowledge | multi);
  });

  test('refuses a part that does not fit', () => {
    expect(() => multipartOf([message(1, 65)], done, 80)).toThrow(
      new EncodeError('84 bytes, at most 80 fit'),
    );
  });
});
