/**
 * A dump as an async generator, on a socket of its own: the kernel makes the next piece only when the last was read.
 *
 * Before it: `object-client`. After it: `netlink-socket` by way of netlink's `Exchange`.
 */
import {
  type DumpEnd,
  Exchange,
  type Messages,
  type NetlinkError,
  type ObjectName,
  type Query,
} from '@ripstop/netlink';
import type { Dependent, Dependents } from './dependents.ts';
import { openNetlinkSocket } from './netlink-socket.ts';
import {
  type CallOptions,
  closedError,
  DATAGRAM_BYTES_MAX,
  InterruptedDumpError,
  type SocketOptions,
} from './request-socket.ts';

export interface StreamOptions extends SocketOptions {
  /** Where the stream is entered as long as it lasts. */
  readonly dependents: Dependents;
}

/** Datagrams read at once: 256 KiB of a dump, about 3,000 routes, which is all that a stream holds. */
const DATAGRAMS_PER_TURN = 8;

/**
 * What the query selects, one by one.
 * @param isEmpty whether a refusal means that there is nothing to list
 * @throws NetlinkError, InterruptedDumpError (after the last one), SyscallError, the signal's reason
 */
export async function* streamDump<O extends ObjectName>(
  query: Query<O>,
  isEmpty: (refusal: NetlinkError) => boolean,
  { signal, undecodable, dependents, ...options }: StreamOptions & CallOptions,
): AsyncGenerator<Messages[O], void, undefined> {
  signal?.throwIfAborted();
  dependents.requireOpen();
  let found: Messages[O][] = [];
  let end: DumpEnd | undefined;
  let failure: { readonly reason: unknown } | undefined;
  let wake: () => void = () => undefined;

  const socket = openNetlinkSocket({
    ...options,
    datagramsPerTurn: DATAGRAMS_PER_TURN,
    receive: (datagrams) => {
      for (const datagram of datagrams) exchange.receive(datagram);
      socket.pause();
      wake();
    },
    overrun: () => {
      exchange.overrun();
      wake();
    },
    failed: (error) => fail(error),
  });
  const fail = (reason: unknown): void => {
    failure ??= { reason };
    socket.close();
    wake();
  };
  const abort = (): void => fail(signal?.reason);
  const dependent: Dependent = { close: () => fail(closedError()), fail };
  const { portId } = socket;
  const exchange = new Exchange({ portId, sequence: 1, datagramBytesMax: DATAGRAM_BYTES_MAX, undecodable });
  signal?.addEventListener('abort', abort);
  dependents.add(dependent);
  try {
    const datagrams = exchange.dump(
      query,
      (message) => found.push(message),
      (ended) => {
        end = ended;
      },
    );
    for (const datagram of datagrams) socket.send(datagram);
    while (end === undefined) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      socket.resume();
      await woken;
      const some = found;
      found = [];
      for (const message of some) {
        if (failure !== undefined) throw failure.reason;
        yield message;
      }
      if (failure !== undefined) throw failure.reason;
    }
    if (end.error !== undefined && !isEmpty(end.error)) throw end.error;
    if (end.interrupted) throw new InterruptedDumpError(query.object, []);
  } finally {
    signal?.removeEventListener('abort', abort);
    dependents.delete(dependent);
    socket.close();
  }
}
