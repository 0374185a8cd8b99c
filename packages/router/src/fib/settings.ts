/** What a fib is told at its start, what the router asks of it, and what it tells the router. Before and after this file: `fib.ts`. */
import type { Action, Event, Millis } from '@ripstop/rip';
import type { RoutePlace } from '../kernel/kernel-route.ts';

export interface FibSettings extends RoutePlace {
  /** What to do with our routes at an orderly stop. Who keeps them says no farewell to the neighbors. */
  readonly onExit: 'remove' | 'keep';
  /** How long routes found at start are kept for a neighbor to announce them again; counted from `listening`. */
  readonly staleTime: Millis;
}

export type RouteAction = Extract<Action, { type: 'install-route' | 'remove-route' }>;
/** What the kernel's table has to say to the router: how its routes stand, whether others have a default route. */
export type FibEvent = Extract<Event, { type: 'routes-stand' | 'default-route' }>;
