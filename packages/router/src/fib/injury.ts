/**
 * What someone did to a route of ours, and who it was. Before this file: what the kernel tells, in `kernel-table.ts`. After
 * it: `fib.ts`, which puts the route back.
 */
import { routeProtocol } from '@ripstop/netlink';
import type { RouteObservation, RoutePlace } from '../kernel/kernel-route.ts';
import type { PlannedRoute } from '../kernel/route-plan.ts';
import type { RuntimeReport } from '../ports.ts';

export type Injury = Pick<Extract<RuntimeReport, { type: 'route-healed' }>, 'change' | 'culprit'>;

/**
 * @param observation of what someone else did, after which the slot does not hold what is wanted
 * @param wasSettled the slot held it before
 * @returns undefined: it is not what made the difference
 */
export function injuryOf(
  { operation, portId, protocol, routes }: RouteObservation,
  wasSettled: boolean,
  wanted: PlannedRoute,
  place: RoutePlace,
): Injury | undefined {
  const isOurs = protocol === place.protocol;
  // A deletion says itself what was taken: a list that was read meanwhile may not have had it any more.
  const isTaken =
    operation === 'new' ? wasSettled : isOurs && routes.some(({ shape }) => wanted.shapes.includes(shape));
  if (!isTaken) return undefined;
  return {
    change: operation === 'new' ? 'altered' : 'deleted',
    culprit: isOurs ? `netlink port ${portId}` : `proto ${routeProtocol.nameOf(protocol)}`,
  };
}
