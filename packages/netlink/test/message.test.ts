import { align4, DecodeError, printExplanation, viewOf } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { explainDatagram } from '../src/explain-datagram.ts';
import { controlTypes, messageFlags, messagesOf } from '../src/message.ts';
import { answer, message, together, told } from './kernel.ts';

const { create, dump, echo, exclusive, multi, nonRecursive, request } = messageFlags.masks;

describe('the messages of a datagram', () => {
  const odd = message({ type: 99, sequence: 1 }, new Uint8Array(5));
  const empty = message(
    { type: controlTypes.NLMSG_NOOP, sequence: 2, flags: multi, portId: 7 },
    new Uint8Array(),
  );

  test('each begins on a multiple of four', () => {
    expect([...messagesOf(viewOf(together(odd, empty)))]).toEqual([
      { type: 99, flags: 0, sequence: 1, portId: 4242, offset: 0, start: 16, end: 21 },
      { type: 1, flags: multi, sequence: 2, portId: 7, offset: 24, start: 40, end: 40 },
    ]);
    expect(align4(21)).toBe(24);
  });

  test('the last may lack its padding', () => {
    expect([...messagesOf(viewOf(odd.slice(0, 21)))]).toHaveLength(1);
    expect([...messagesOf(viewOf(new Uint8Array()))]).toEqual([]);
  });

  test('cut anywhere: those that are whole, then DecodeError', () => {
    const datagram = together(odd, empty);
    for (let length = 1; length < datagram.length; length += 1) {
      // Without the padding behind it the first message is whole; with some of it too.
      if (length >= 21 && length <= 24) continue;
      const messages = messagesOf(viewOf(datagram.slice(0, length)));
      if (length > 24) expect(messages.next().done).toBe(false);
      expect(() => messages.next()).toThrow(DecodeError);
    }
  });

  test.each([0, 15, 22, 0xffff_ffff])('a length of %i is refused', (length) => {
    const datagram = odd.slice(0, 21);
    new Uint32Array(datagram.buffer, 0, 1)[0] = length;
    expect(() => [...messagesOf(viewOf(datagram))]).toThrow(DecodeError);
  });
});

describe('a datagram in words', () => {
  const flagsOf = (datagram: Uint8Array): (string | undefined)[] =>
    explainDatagram(datagram).flatMap(({ path, value }) => (path === 'nlmsghdr.flags' ? [value] : []));

  test('message by message, offsets from its beginning', () => {
    const deleted = told(
      'address',
      'delete',
      { family: 'ipv4', local: '10.0.0.1', interfaceIndex: 3 },
      { sequence: 9 },
    );
    expect(printExplanation(explainDatagram(together(deleted, answer(9, 99, { message: 'no' }))))).toBe(
      [
        ' 0  -                  RTM_DELADDR[32]',
        ' 0  nlmsghdr           nlmsghdr[16]',
        ' 0  nlmsghdr.length    u32[4]            32',
        ' 4  nlmsghdr.type      nlmsg_type[2]     RTM_DELADDR',
        ' 6  nlmsghdr.flags     NLM_F[2]          0',
        ' 8  nlmsghdr.sequence  u32[4]            9',
        '12  nlmsghdr.portId    u32[4]            4242',
        '16  -                  ifaddrmsg[16]',
        '16  family             AF[1]             ipv4',
        '17  prefixLength       u8[1]             0',
        '18  headerFlags        IFA_F[1]          0',
        '19  scope              RT_SCOPE[1]       global',
        '20  interfaceIndex     u32[4]            3',
        '24  local              address[8]        10.0.0.1',
        '32  -                  NLMSG_ERROR[44]',
        '32  nlmsghdr           nlmsghdr[16]',
        '32  nlmsghdr.length    u32[4]            44',
        '36  nlmsghdr.type      nlmsg_type[2]     NLMSG_ERROR',
        '38  nlmsghdr.flags     NLM_F[2]          capped|attributes',
        '40  nlmsghdr.sequence  u32[4]            9',
        '44  nlmsghdr.portId    u32[4]            4242',
        '48  error              i32[4]            -99 EADDRNOTAVAIL',
        '52  request            nlmsghdr[16]',
        '52  request.length     u32[4]            100',
        '56  request.type       nlmsg_type[2]     0',
        '58  request.flags      NLM_F[2]          0',
        '60  request.sequence   u32[4]            9',
        '64  request.portId     u32[4]            0',
        '68  -                  NLMSGERR_ATTR[8]',
        '68  message            string[7]         "no"',
      ].join('\n'),
    );
  });

  test('the same bit has the name that it means in each kind of message', () => {
    const header = { sequence: 1 };
    expect(flagsOf(told('route', 'get', {}, { ...header, flags: request | dump }))).toEqual(['request|dump']);
    expect(flagsOf(told('route', 'new', {}, { ...header, flags: create | exclusive | echo }))).toEqual([
      'echo|exclusive|create',
    ]);
    expect(flagsOf(told('route', 'delete', {}, { ...header, flags: nonRecursive }))).toEqual([
      'nonRecursive',
    ]);
  });

  test('unknown types and cut messages are lines, not exceptions', () => {
    const unknown = message({ type: 99, sequence: 1 }, Uint8Array.of(1, 2, 3, 4));
    const lines = explainDatagram(together(unknown, unknown).slice(0, -2));
    expect(lines[0]).toMatchObject({ offset: 0, type: '99' });
    expect(lines.at(-2)).toMatchObject({ offset: 16, type: 'bytes', value: '01020304' });
    expect(lines.at(-1)).toMatchObject({ offset: 20, length: 18, type: 'nlmsghdr' });
  });

  test('nor are acknowledgements that are too short', () => {
    for (const type of [controlTypes.NLMSG_ERROR, controlTypes.NLMSG_DONE]) {
      for (let length = 0; length < 24; length += 1) {
        const flags = messageFlags.masks.attributes;
        const lines = explainDatagram(message({ type, sequence: 1, flags }, new Uint8Array(length)));
        expect(lines.every(({ offset, length: size }) => size >= 0 && offset + size <= 16 + length)).toBe(
          true,
        );
      }
    }
  });
});
