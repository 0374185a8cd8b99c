/**
 * Where the two address families differ in the kernel's table: what is in a slot, and what requests do to it. Before this
 * file: `kernel-table.ts` and `fib.ts`. After it: `ipv4-slot.ts`, `ipv6-slot.ts`.
 */
import { type RouteInput, type RouteMessage, routePrefix, routeProtocol } from '@ripstop/netlink';
import type { NextHop } from '@ripstop/rip';
import type { AddressFamily, Prefix } from '@ripstop/wire';
import { ipv4Slot } from './ipv4-slot.ts';
import { ipv6Slot } from './ipv6-slot.ts';
import type {
  Asked,
  KernelRoute,
  RouteNotification,
  RouteObservation,
  RoutePlace,
  RouteSlot,
} from './kernel-route.ts';
import type { PlannedRoute, RoutePlan } from './route-plan.ts';

export interface SlotRules {
  /** What one message of the kernel tells of; at least one. */
  routesOf(message: RouteMessage): readonly KernelRoute[];
  /** The slot with one more message of a list. @param known the slot as it was known before the list */
  slotListed(slot: RouteSlot, message: RouteMessage, known: RouteSlot): RouteSlot;
  /** The slot after what was observed. Harmless if the slot had it already. */
  slotAfter(slot: RouteSlot, observation: RouteObservation): RouteSlot;
  /** The slot after the kernel found no route of ours that this request to remove one means. */
  slotAfterRefusal(slot: RouteSlot, place: RoutePlace, request: RouteInput): RouteSlot;
  /** What a change that we asked for, and that is done, has made or removed. @param slot before it */
  routesAsked(place: RoutePlace, slot: RouteSlot, asked: Asked): readonly KernelRoute[];
  /** The shapes of the routes in a slot that has a route by these next hops. */
  shapesOf(nextHops: readonly NextHop[]): readonly string[];
  /** @param wanted undefined: no route of ours should be there */
  plan(place: RoutePlace, prefix: Prefix, slot: RouteSlot, wanted: PlannedRoute | undefined): RoutePlan;
}

export const slotRules: Readonly<Record<AddressFamily, SlotRules>> = { ipv4: ipv4Slot, ipv6: ipv6Slot };

/** What a notification of a route in our table says. */
export function observe(rules: SlotRules, notification: RouteNotification): RouteObservation {
  const { operation, flags, portId, message } = notification;
  const protocol = routeProtocol.numberOf(message.protocol);
  return {
    prefix: routePrefix(message),
    operation,
    flags,
    portId,
    protocol,
    routes: rules.routesOf(message),
  };
}
