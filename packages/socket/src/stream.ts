/**
 * A dump as an async generator, on a socket of its own: the kernel makes the next piece only when the last was read.
 *
 * Before it: `object-client`. After it: `netlink-socket` by way of netlink's `Exchange`.
 */
import { type DumpEnd, Exchange, type Messages, type ObjectName, type Query } from '@ripstop/netlink';
import type { SyscallError } from './libc.ts';
import { openNetlinkSocket } from './netlink-socket.ts';
import {
  type CallOptions,
  DATAGRAM_BYTES_MAX,
  InterruptedDumpError,
  type RequestSocketOptions,
} from './request-socket.ts';

/**
 * What the query selects, one by one.
 * @throws NetlinkError, InterruptedDumpError (after the last one), SyscallError, the signal's reason
 */
export async function* streamDump<O extends ObjectName>(
  query: Query<O>,
  { signal, undecodable, ...options }: Omit<RequestSocketOptions, 'failed'> & CallOptions,
): AsyncGenerator<Messages[O], void, undefined> {
  signal?.throwIfAborted();
  let found: Messages[O][] = [];
  let end: DumpEnd | undefined;
  let failure: SyscallError | undefined;
  let wake: () => void = () => undefined;
  const abort = (): void => wake();

  const socket = openNetlinkSocket({
    ...options,
    receive: (datagrams) => {
      for (const datagram of datagrams) exchange.receive(datagram);
      socket.pause();
      wake();
    },
    overrun: () => exchange.overrun(),
    failed: (error) => {
      failure = error;
      wake();
    },
  });
  const { portId } = socket;
  const exchange = new Exchange({ portId, sequence: 1, datagramBytesMax: DATAGRAM_BYTES_MAX, undecodable });
  signal?.addEventListener('abort', abort);
  try {
    const datagrams = exchange.dump(
      query,
      (message) => found.push(message),
      (ended) => {
        end = ended;
      },
    );
    for (const datagram of datagrams) socket.send(datagram);
    for (;;) {
      const some = found;
      found = [];
      for (const message of some) {
        yield message;
        signal?.throwIfAborted();
      }
      if (found.length > 0) continue;
      if (end !== undefined) break;
      if (failure !== undefined) throw failure;
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      socket.resume();
      await woken;
      signal?.throwIfAborted();
    }
    if (end.error !== undefined) throw end.error;
    if (end.interrupted) throw new InterruptedDumpError(query.object, []);
  } finally {
    signal?.removeEventListener('abort', abort);
    socket.close();
  }
}
