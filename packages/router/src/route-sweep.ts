/** Removes every route of ours from the kernel, at an orderly stop. Before this file: `fib.ts`. */
import { routePrefix } from '@ripstop/netlink';
import { isInPlace, type RoutePlace, removeRequest } from './kernel-route.ts';
import type { Ports } from './ports.ts';
import { shuffle } from './shuffle.ts';

/**
 * Asks the kernel what there is, and trusts no memory. Refusals are reported.
 * @param batchPrefixes how many routes to remove with one batch
 * @throws SyscallError, NetlinkError if the kernel cannot be asked
 */
export async function sweepRoutes(place: RoutePlace, ports: Ports, batchPrefixes: number): Promise<void> {
  const { kernel, journal } = ports;
  const { family, table, protocol } = place;
  const routes = await kernel.listRoutes({ family, table, protocol });
  const left = shuffle(routes.filter((route) => isInPlace(place, route)).map(routePrefix), ports.random);
  while (left.length > 0) {
    const prefixes = left.splice(0, batchPrefixes);
    const outcomes = await kernel.batch(prefixes.map((prefix) => removeRequest(place, prefix)));
    for (const [at, prefix] of prefixes.entries()) {
      const error = outcomes[at];
      if (error === undefined || error.code === 'ESRCH') continue;
      journal.report({ type: 'route-removal-failed', prefix, reason: error.message });
    }
  }
}
