// Memory that `recvmmsg` fills, on a UDP socket of IPv6 that hears itself.
import { constants as os } from 'node:os';
import { decode, encode } from '@ripstop/wire';
import { address, decode as decodeMemory } from 'koffi';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openDescriptor, setOption } from '../src/system/descriptor.ts';
import { constants, internetAddress6, messageHeader, messageSlot, vector } from '../src/system/headers.ts';
import { libc, succeed } from '../src/system/libc.ts';
import { MessageMemory } from '../src/system/message-memory.ts';
import { withNamespace } from '../src/system/namespace.ts';
import { namespaceWithLoopback } from './namespaces.ts';

const MESSAGES = 4;
const PAYLOAD_BYTES = 100;
const here = { family: constants.AF_INET6, port: 521, address: '::1' };
const makeMemory = () =>
  new MessageMemory(MESSAGES, { control: 40, address: internetAddress6.size, payload: PAYLOAD_BYTES });

/** A socket, what sends to it, and what has it tell the destinations of datagrams or not. */
function openSelf() {
  const namespace = namespaceWithLoopback();
  const own = encode(internetAddress6, here);
  const fd = withNamespace(namespace, () =>
    openDescriptor(constants.AF_INET6, constants.SOCK_DGRAM, 0, 'self', (opened) => {
      succeed('bind', libc.bind(opened, own, own.byteLength), 'self');
      return opened;
    }),
  );
  onTestFinished(() => void libc.close(fd));
  return {
    fd,
    send(...datagrams: readonly string[]): void {
      for (const words of datagrams) {
        const bytes = Buffer.from(words);
        succeed('sendto', libc.sendto(fd, bytes, bytes.byteLength, 0, own, own.byteLength), 'self');
      }
    },
    tell: (on: 0 | 1) => setOption(fd, 'IPPROTO_IPV6', 'IPV6_RECVPKTINFO', on, 'self'),
  };
}

/** What the last call read. */
function taken(memory: MessageMemory): { words: string; from: unknown; isTold: boolean }[] {
  const all: ReturnType<typeof taken> = [];
  memory.takeEach((payload, sender, control) =>
    all.push({
      words: Buffer.from(payload).toString(),
      from: decode(internetAddress6, sender),
      isTold: control.some((byte) => byte !== 0),
    }),
  );
  return all;
}

const wordsOf = (memory: MessageMemory): string[] => taken(memory).map(({ words }) => words);

test('reads what is queued, in order, with its senders, and says when there is nothing', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  send('first', '', 'a longer one');
  expect(memory.receive(fd, MESSAGES)).toBe(3);
  expect(wordsOf(memory)).toEqual(['first', '', 'a longer one']);
  for (const { from } of taken(memory)) expect(from).toMatchObject(here);
  expect(memory.receive(fd, MESSAGES)).toBe(-os.errno.EAGAIN);
  expect(taken(memory)).toEqual([]);
});

test('reads no more than it is asked for; the rest comes with the next calls', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  send('a', 'b', 'c', 'd', 'e', 'f', 'g');
  const calls = [2, MESSAGES, MESSAGES].map((count) => {
    memory.receive(fd, count);
    return wordsOf(memory);
  });
  expect(calls).toEqual([['a', 'b'], ['c', 'd', 'e', 'f'], ['g']]);
});

test('what was taken is its own, whatever is read later', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  const kept: Uint8Array[] = [];
  for (const words of ['before', 'behind']) {
    send(words);
    memory.receive(fd, 1);
    memory.takeEach((payload) => kept.push(payload));
  }
  expect(kept.map((payload) => Buffer.from(payload).toString())).toEqual(['before', 'behind']);
});

test('what was told beside a datagram is not told of the one that comes to its place', () => {
  const { fd, send, tell } = openSelf();
  const memory = makeMemory();
  const told = ([1, 0, 1] as const).map((on) => {
    tell(on);
    send('here', 'there');
    memory.receive(fd, MESSAGES);
    return taken(memory).map(({ isTold }) => isTold);
  });
  expect(told).toEqual([
    [true, true],
    [false, false],
    [true, true],
  ]);
});

test('a datagram for which there is no room is cut, and no other', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  const longest = 'x'.repeat(PAYLOAD_BYTES);
  send(longest, `${longest}x`, 'y');
  expect(memory.receive(fd, MESSAGES)).toBe(3);
  expect(wordsOf(memory)).toEqual([longest, longest, 'y']);
});

test('of a datagram that is cut, the whole length is told if it is asked for', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  const lengths = [0, constants.MSG_TRUNC].map((flags) => {
    send('x'.repeat(PAYLOAD_BYTES + 1), 'y');
    memory.receive(fd, MESSAGES, flags);
    const told: [bytes: number, length: number][] = [];
    memory.takeEach((payload, _address, _control, length) => told.push([payload.byteLength, length]));
    return told;
  });
  expect(lengths).toEqual([
    [
      [PAYLOAD_BYTES, PAYLOAD_BYTES],
      [1, 1],
    ],
    [
      [PAYLOAD_BYTES, PAYLOAD_BYTES + 1],
      [1, 1],
    ],
  ]);
});

test('the headers point into their own memory and nowhere else', () => {
  const receive = vi.spyOn(libc, 'recvmmsg').mockReturnValue(-os.errno.EAGAIN);
  onTestFinished(() => receive.mockRestore());
  makeMemory().receive(0, MESSAGES);
  const memory = receive.mock.calls[0]![1];
  const [first, end] = [address(memory), address(memory) + BigInt(memory.byteLength)];
  const inside = (pointer: bigint, size: number): boolean =>
    pointer >= first && pointer + BigInt(size) <= end;
  const begun: bigint[] = [];
  for (let at = 0; at < MESSAGES; at += 1) {
    const header = decodeMemory(memory, at * messageSlot.size, messageHeader);
    const io = decodeMemory(memory, Number(header.msg_iov - first), vector);
    expect(header).toMatchObject({ msg_namelen: internetAddress6.size, msg_controllen: 40, msg_iovlen: 1 });
    expect(io).toMatchObject({ iov_len: PAYLOAD_BYTES });
    for (const [pointer, size] of [
      [header.msg_iov, vector.size],
      [header.msg_name, internetAddress6.size],
      [header.msg_control, 40],
      [io.iov_base, PAYLOAD_BYTES],
    ]) {
      expect(inside(pointer, size)).toBe(true);
      begun.push(pointer);
    }
  }
  expect(new Set(begun).size).toBe(4 * MESSAGES);
});
