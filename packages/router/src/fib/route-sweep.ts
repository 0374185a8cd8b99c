/** Removes every route of ours from the kernel, at an orderly stop. Before this file: `fib.ts`. */
import { routePrefix } from '@ripstop/netlink';
import { isInPlace, type RoutePlace, removeRequest } from '../kernel/kernel-route.ts';
import { slotRules } from '../kernel/slot-rules.ts';
import type { Ports } from '../ports.ts';
import type { FibEntries } from './entries.ts';
import { shuffle } from './shuffle.ts';

/**
 * Asks the kernel what there is, and removes what is ours of that. Refusals are reported.
 * @param entries tell where we may have a route: with our protocol, others may have added some elsewhere
 * @param batchPrefixes how many routes to remove with one batch
 * @throws SyscallError, NetlinkError if the kernel cannot be asked
 */
export async function sweepRoutes(
  place: RoutePlace,
  entries: FibEntries,
  ports: Ports,
  batchPrefixes: number,
): Promise<void> {
  const { kernel, journal } = ports;
  const { family, table, protocol } = place;
  const routes = await kernel.routes.list({ family, table, protocol });
  const left = shuffle(
    routes.filter((route) => isInPlace(place, route) && entries.find(routePrefix(route))?.isHeld === true),
    ports.random,
  );
  while (left.length > 0) {
    const removals = left.splice(0, batchPrefixes).flatMap((route) => {
      const prefix = routePrefix(route);
      const parts = slotRules[family].routesOf(route);
      return parts.map(({ way }) => ({ prefix, request: removeRequest(place, prefix, way) }));
    });
    const outcomes = await kernel.batch(removals.map(({ request }) => request));
    for (const [at, { prefix }] of removals.entries()) {
      const error = outcomes[at];
      if (error === undefined || error.code === 'ESRCH') continue;
      journal.report({ type: 'route-removal-failed', prefix, reason: error.message });
    }
  }
}
