// What a netlink socket's queue makes of the answers of a scripted kernel.
import { constants as os } from 'node:os';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ownAddress } from '../src/netlink-address.ts';
import { NetlinkQueue, type NetlinkQueueOptions } from '../src/netlink-queue.ts';
import { MessageMemory } from '../src/system/message-memory.ts';

/** What one call gives: the errno that it fails with, or datagrams. */
type Answer = number | readonly Datagram[];
interface Datagram {
  readonly byte: number;
  readonly from?: number;
  /** If there was no room for all of it. */
  readonly length?: number;
}

const FD = 7;
const { EAGAIN, ENOBUFS, ENOMEM, EBADF } = os.errno;
/** The datagrams with these bytes. */
const some = (...bytes: readonly number[]): Datagram[] => bytes.map((byte) => ({ byte }));
const many = (count: number): Datagram[] => Array.from({ length: count }, (_, byte) => ({ byte }));

let answers: Answer[];
/** How many datagrams each call asked for. */
let asked: number[];

beforeEach(() => {
  let given: readonly Datagram[] = [];
  answers = [];
  asked = [];
  const receive = vi.spyOn(MessageMemory.prototype, 'receive').mockImplementation((_fd, count) => {
    asked.push(count);
    const answer = answers.shift();
    if (answer === undefined) throw new Error('one call too many');
    given = typeof answer === 'number' ? [] : answer;
    return typeof answer === 'number' ? -answer : answer.length;
  });
  const takeEach = vi.spyOn(MessageMemory.prototype, 'takeEach').mockImplementation((take) => {
    for (const { byte, from = 0, length = 1 } of given)
      take(Uint8Array.of(byte), ownAddress(from, 0), new Uint8Array(), length);
  });
  onTestFinished(() => {
    receive.mockRestore();
    takeEach.mockRestore();
  });
});

const queueOf = (options: NetlinkQueueOptions = {}) => new NetlinkQueue(FD, 'a socket', options);

function read(queue: NetlinkQueue) {
  const { datagrams, senders, isLossy, failure } = queue.read();
  expect(senders).toHaveLength(datagrams.length);
  return { bytes: datagrams.map(([byte]) => byte), isLossy, failure };
}

const quiet = { isLossy: false, failure: undefined };

test('a call that is not filled has emptied the queue: there is no other', () => {
  answers = [some(1, 2)];
  expect(read(queueOf())).toEqual({ bytes: [1, 2], ...quiet });
});

test('a full call is followed by another, until nothing is there', () => {
  answers = [many(16), EAGAIN];
  expect(read(queueOf()).bytes).toHaveLength(16);
  expect(answers).toEqual([]);
});

test('no more is read than a turn allows', () => {
  answers = [many(16), many(4)];
  expect(read(queueOf({ datagramsPerTurn: 20 })).bytes).toHaveLength(20);
  expect(asked).toEqual([16, 4]);
});

test.each([ENOBUFS, ENOMEM])('after a loss (%i) all is read, whatever a turn allows', (errno) => {
  answers = [errno, many(16), many(16), some(1)];
  expect(read(queueOf({ datagramsPerTurn: 1 }))).toMatchObject({ isLossy: true, failure: undefined });
  expect(answers).toEqual([]);
});

test('a loss that ended a call is told with the next batch, behind what was queued', () => {
  const queue = queueOf();
  answers = [some(1), ENOBUFS, some(2)];
  expect(read(queue)).toEqual({ bytes: [1], ...quiet });
  expect(read(queue)).toEqual({ bytes: [2], isLossy: true, failure: undefined });
});

test('also if a batch has a loss already: what is dropped after its report is told again', () => {
  const queue = queueOf();
  answers = [ENOBUFS, some(1), ENOBUFS, EAGAIN];
  expect(read(queue)).toEqual({ bytes: [1], isLossy: true, failure: undefined });
  expect(read(queue)).toEqual({ bytes: [], isLossy: true, failure: undefined });
});

test('losses one after the other are one', () => {
  answers = [ENOBUFS, ENOMEM, many(16), ENOBUFS, EAGAIN];
  expect(read(queueOf())).toMatchObject({ isLossy: true, failure: undefined });
  expect(answers).toEqual([]);
});

test('an error is a failure, behind what was read before', () => {
  answers = [many(16), EBADF];
  expect(read(queueOf())).toMatchObject({
    bytes: many(16).map(({ byte }) => byte),
    isLossy: false,
    failure: { call: 'recvmmsg', code: 'EBADF', detail: 'a socket' },
  });
});

test('of a call with a datagram that is too long, those before it are handed on', () => {
  answers = [[{ byte: 1 }, { byte: 2, length: 300 }, { byte: 3 }, { byte: 4, length: 400 }]];
  expect(read(queueOf({ datagramBytesMax: 1 }))).toMatchObject({
    bytes: [1],
    failure: { code: 'EMSGSIZE', detail: 'a socket: datagram of 300 bytes, at most 1 expected' },
  });
});

test('strangers among others are counted, whatever they send', () => {
  answers = [
    [
      { byte: 1, from: 8 },
      { byte: 2, from: 9 },
      { byte: 3, from: 9, length: 300 },
      { byte: 4, from: 8 },
    ],
  ];
  const queue = queueOf({ senders: [8] });
  expect(read(queue)).toEqual({ bytes: [1, 4], ...quiet });
  expect(queue.foreignDatagrams).toBe(2);
});

test('each datagram has its own sender', () => {
  answers = [
    [
      { byte: 1, from: 8 },
      { byte: 2, from: 9 },
      { byte: 3, from: 9 },
      { byte: 4, from: 8 },
    ],
  ];
  const { senders } = queueOf({ senders: 'any' }).read();
  expect(senders.map(({ portId }) => portId)).toEqual([8, 9, 9, 8]);
});

test('the longer datagrams may be, the fewer are read by one call; but one at least', () => {
  for (const datagramBytesMax of [1, 256 * 1024, 1024 * 1024, 64 * 1024 * 1024]) {
    answers = [EAGAIN];
    read(queueOf({ datagramBytesMax }));
  }
  expect(asked).toEqual([16, 16, 4, 1]);
});
