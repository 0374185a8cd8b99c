// A netlink socket that keeps what it is told.
import { onTestFinished } from 'vitest';
import type { NetlinkSender } from '../src/netlink-address.ts';
import { type NetlinkSocket, type NetlinkSocketOptions, openNetlinkSocket } from '../src/netlink-socket.ts';
import type { SyscallError } from '../src/system/libc.ts';

export interface Listener {
  readonly socket: NetlinkSocket;
  readonly datagrams: Uint8Array[];
  /** Of each datagram. */
  readonly senders: NetlinkSender[];
  readonly failures: SyscallError[];
  overruns: number;
}

/** Opens a socket that is closed when the test ends. */
export function listen(namespace: string, options: Partial<NetlinkSocketOptions> = {}): Listener {
  const socket = openNetlinkSocket({
    namespace,
    receive: (datagrams, senders) => {
      listener.datagrams.push(...datagrams);
      listener.senders.push(...senders);
    },
    overrun: () => {
      listener.overruns += 1;
    },
    failed: (error) => listener.failures.push(error),
    ...options,
  });
  onTestFinished(() => socket.close());
  const listener: Listener = { socket, datagrams: [], senders: [], failures: [], overruns: 0 };
  return listener;
}
