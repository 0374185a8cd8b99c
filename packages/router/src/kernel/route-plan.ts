/**
 * What to ask of the kernel so that a slot holds what is wanted. Before this file: `fib.ts`, which sends it. After it:
 * `ipv4-slot.ts` and `ipv6-slot.ts`, which make such plans.
 *
 * Invariants: a route of another protocol is never overwritten and never deleted. There is no moment without a route:
 * ours is replaced, and deleted before it is added only where another one serves meanwhile.
 */
import type { NextHop } from '@ripstop/rip';
import type { RouteRequest } from './kernel-route.ts';

/** A route that the kernel should have. */
export interface PlannedRoute {
  readonly nextHops: readonly NextHop[];
  /** Of what the slot should hold: for IPv4 one route, for IPv6 one for each next hop. */
  readonly shapes: readonly string[];
  /** The kernel had it before, and it was not given up since. */
  readonly held: boolean;
}

export type RoutePlan =
  | { readonly type: 'change'; readonly requests: readonly RouteRequest[] }
  /** Nothing to do: the slot holds what is wanted. */
  | { readonly type: 'settled' }
  /** Another protocol's route is in the way. `protocol` undefined: the kernel has to be asked whose it is. */
  | { readonly type: 'conflict'; readonly protocol: number | undefined };

export function planOf(requests: readonly RouteRequest[]): RoutePlan {
  return requests.length === 0 ? { type: 'settled' } : { type: 'change', requests };
}
