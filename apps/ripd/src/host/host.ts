/** The real world behind a runtime's ports: the system's clocks, an alarm, UDP sockets. */
import { performance } from 'node:perf_hooks';
import type { Instant, Millis, Protocol } from '@ripstop/rip';
import type { Clock, Datagrams, Timer } from '@ripstop/router';
import { type NamespaceReference, openUdpSocket } from '@ripstop/socket';
import type { Logger } from 'pino';
import type { Quiet } from '../log/quiet.ts';
import type { PortClaim } from './port-claim.ts';

/** Longest delay of setTimeout; a later deadline is reached in several steps. */
const DELAY_MAX_MS = 0x7fff_ffff;

export const systemClock: Clock = {
  now: (): Instant => ({ monotonic: performance.now(), wall: Date.now() }),
};

export class SystemTimer implements Timer {
  #handle: NodeJS.Timeout | undefined;

  set(deadline: Millis, due: () => void): void {
    this.clear();
    if (deadline === Number.POSITIVE_INFINITY) return;
    const delay = Math.min(DELAY_MAX_MS, Math.max(0, Math.ceil(deadline - performance.now())));
    this.#handle = setTimeout(() => {
      // Node: a timeout can come a fraction of a millisecond early.
      if (performance.now() < deadline) this.set(deadline, due);
      else due();
    }, delay);
  }

  clear(): void {
    clearTimeout(this.#handle);
  }
}

/**
 * UDP sockets for a protocol in a network namespace. What could not be sent is logged.
 * @param claim is taken with the first socket
 */
export function udpDatagrams(
  { port, group }: Protocol,
  namespace: NamespaceReference | undefined,
  log: Logger,
  quiet: Quiet,
  claim: PortClaim,
): Datagrams {
  return {
    open(target, { ttl }, receive, failed) {
      const socket = openUdpSocket({
        interface: target,
        port,
        group,
        ttl,
        namespace,
        receive,
        failed,
        unsent: ({ code, message }) => {
          const fields = { interface: target.name };
          quiet.once(`${target.name} ${code}`, (more) =>
            log.warn({ ...fields, ...more }, `packet not sent: ${message}`),
          );
        },
      });
      try {
        claim.take();
        return socket;
      } catch (error) {
        void socket.close();
        throw error;
      }
    },
  };
}
