// Memory that `recvmsg` fills, on a UDP socket of IPv6 that hears itself.
import { constants as os } from 'node:os';
import { decode, encode } from '@ripstop/wire';
import { address, decode as decodeMemory } from 'koffi';
import { expect, onTestFinished, test } from 'vitest';
import { openDescriptor, setOption } from '../src/system/descriptor.ts';
import { constants, internetAddress6, messageHeader, vector } from '../src/system/headers.ts';
import { libc, succeed } from '../src/system/libc.ts';
import { MessageMemory } from '../src/system/message-memory.ts';
import { withNamespace } from '../src/system/namespace.ts';
import { namespaceWithLoopback } from './namespaces.ts';

const PAYLOAD_BYTES = 100;
const here = { family: constants.AF_INET6, port: 521, address: '::1' };
const makeMemory = () =>
  new MessageMemory({ control: 40, address: internetAddress6.size, payload: PAYLOAD_BYTES });

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
    send(words: string): void {
      const bytes = Buffer.from(words);
      succeed('sendto', libc.sendto(fd, bytes, bytes.byteLength, 0, own, own.byteLength), 'self');
    },
    tell: (on: 0 | 1) => setOption(fd, 'IPPROTO_IPV6', 'IPV6_RECVPKTINFO', on, 'self'),
  };
}

test('reads a datagram with its sender, and says when there is none', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  for (const words of ['first', '', 'a longer one']) {
    send(words);
    const length = memory.receive(fd);
    expect(Buffer.from(memory.payload.subarray(0, length)).toString()).toBe(words);
    expect(decode(internetAddress6, memory.address)).toMatchObject(here);
  }
  expect(memory.receive(fd)).toBe(-os.errno.EAGAIN);
});

test('what was told beside one datagram is not told of the next', () => {
  const { fd, send, tell } = openSelf();
  const memory = makeMemory();
  const isTold = [1, 0, 1].map((on) => {
    tell(on as 0 | 1);
    send('here');
    memory.receive(fd);
    return memory.control.some((byte) => byte !== 0);
  });
  expect(isTold).toEqual([true, false, true]);
});

test('a datagram for which there is no room is cut', () => {
  const { fd, send } = openSelf();
  const memory = makeMemory();
  for (const words of ['x'.repeat(PAYLOAD_BYTES + 1), 'y']) send(words);
  expect(memory.receive(fd)).toBe(PAYLOAD_BYTES);
  expect(memory.receive(fd)).toBe(1);
});

test('the header points into its own memory and nowhere else', () => {
  const { address: sender, control, payload } = makeMemory();
  const memory = new Uint8Array(payload.buffer);
  const header = decodeMemory(memory, messageHeader);
  expect(header).toMatchObject({ msg_name: address(sender), msg_control: address(control) });
  expect(header.msg_iov).toBe(address(memory.subarray(messageHeader.size)));
  expect(decodeMemory(memory, messageHeader.size, vector)).toMatchObject({ iov_base: address(payload) });
  for (const { buffer } of [sender, control]) expect(buffer).toBe(payload.buffer);
});
