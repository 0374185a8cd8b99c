/**
 * What to ask of the kernel so that a slot holds what is wanted. Pure; `fib.ts` sends it.
 *
 * Invariants: a route of another protocol is never overwritten and never deleted. There is no moment without a route:
 * ours is replaced, and deleted before it is added only where another one serves meanwhile.
 */
import { messageFlags, type Request } from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import { installRequest, type RoutePlace, type RouteSlot, removeRequest } from './kernel-route.ts';

/** A route that the kernel should have. */
export interface PlannedRoute {
  readonly nextHops: readonly NextHop[];
  readonly shape: string;
  /** The kernel had it before: it is put back, also beside a route that took its place. */
  readonly held: boolean;
}

export type RoutePlan =
  | { readonly type: 'change'; readonly requests: readonly Request[] }
  /** Nothing to do: the slot holds what is wanted. */
  | { readonly type: 'settled' }
  /** Another protocol's route was there first. */
  | { readonly type: 'conflict'; readonly protocol: number };

const { create, exclusive, replace } = messageFlags.masks;

/** @param wanted undefined: no route of ours should be there */
export function planRoute(
  place: RoutePlace,
  prefix: Prefix,
  slot: RouteSlot,
  wanted: PlannedRoute | undefined,
): RoutePlan {
  const ours = slot.filter(({ protocol }) => protocol === place.protocol);
  const foreign = slot.find(({ protocol }) => protocol !== place.protocol);
  const last = ours.at(-1);
  // Each removes the first of ours, so that the last one stays.
  const surplus = wanted === undefined ? ours.length : Math.max(0, ours.length - 1);
  const requests = Array.from({ length: surplus }, () => removeRequest(place, prefix));

  if (wanted !== undefined && last?.shape !== wanted.shape) {
    const install = (flags: number): Request => installRequest(place, prefix, wanted.nextHops, flags);
    if (last === undefined) {
      if (foreign !== undefined && !wanted.held) return { type: 'conflict', protocol: foreign.protocol };
      requests.push(install(wanted.held ? create : create | exclusive));
    } else if (foreign === undefined) {
      requests.push(install(create | replace));
    } else {
      // A replace would take the first route, which may be the other one's. That one serves until ours is back.
      requests.push(removeRequest(place, prefix), install(create));
    }
  }
  return requests.length === 0 ? { type: 'settled' } : { type: 'change', requests };
}
