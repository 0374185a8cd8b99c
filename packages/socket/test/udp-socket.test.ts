// UDP sockets where the kernel refuses the first step.
import { constants as os } from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { libc } from '../src/system/libc.ts';
import { openUdpSocket } from '../src/udp/udp-socket.ts';

const open = (group: string): unknown =>
  openUdpSocket({
    interface: { name: 'eth0', index: 2 },
    port: 521,
    group,
    receive: () => undefined,
    failed: () => undefined,
  });

function refuseSockets(errno: number): void {
  const refusal = vi.spyOn(libc, 'socket').mockReturnValue(-errno);
  onTestFinished(() => refusal.mockRestore());
}

test('a kernel without IPv6 is an error that says so', () => {
  refuseSockets(os.errno.EAFNOSUPPORT);
  expect(() => open('ff02::9')).toThrow(
    expect.objectContaining({
      name: 'SyscallError',
      code: 'EAFNOSUPPORT',
      message: 'UDP port 521 on eth0: this kernel has no IPv6 (socket: EAFNOSUPPORT)',
    }),
  );
});

test('nothing is said of IPv6 where it is not the reason', () => {
  refuseSockets(os.errno.EAFNOSUPPORT);
  expect(() => open('224.0.0.9')).toThrow('UDP port 521 on eth0 (socket: EAFNOSUPPORT)');
  refuseSockets(os.errno.EMFILE);
  expect(() => open('ff02::9')).toThrow('UDP port 521 on eth0 (socket: EMFILE)');
});
