/**
 * A route that the router wants the kernel to have, and what became of it so far. Before this file: `wanted-routes.ts`, all
 * of them, and `fib.ts`.
 */
import type { Millis, NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { Injury } from './injury.ts';
import type { PlannedRoute } from './route-plan.ts';

/**
 * Times a route is put back at once, with no quiet time in between. From then on it waits before each. One `ip route
 * flush` deletes up to ten times what it still finds.
 */
const HEALS_AT_ONCE_MAX = 30;
/** Nobody has touched the route for so long: the fight is over. */
const QUIET_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export class WantedRoute implements PlannedRoute {
  readonly prefix: Prefix;
  nextHops: readonly NextHop[];
  shapes: readonly string[];
  /** The kernel has had a route of ours for this prefix, and we did not want it to go. */
  held = false;
  /** What the router was told of this route: `installed`, or why it is not; undefined: nothing yet. */
  told: string | undefined;
  /** The operator was told that the kernel does not have it. */
  keptOut = false;
  /** Not healed yet. */
  injury: Injury | undefined;
  #injuries = 0;
  #injuredAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(prefix: Prefix, nextHops: readonly NextHop[], shapes: readonly string[]) {
    this.prefix = prefix;
    this.nextHops = nextHops;
    this.shapes = shapes;
  }

  changeNextHops(nextHops: readonly NextHop[], shapes: readonly string[]): void {
    this.nextHops = nextHops;
    this.shapes = shapes;
    this.told = undefined;
  }

  /** Another protocol's route is in its place: it is not the fight for a route of ours any more. */
  giveWay(): void {
    this.held = false;
    this.injury = undefined;
  }

  /** Whether it was taken away so often that it is put back only after pauses. */
  get contested(): boolean {
    return this.#injuries > HEALS_AT_ONCE_MAX;
  }

  /** @returns how long to wait before the route is put back */
  injure(injury: Injury, now: Millis): Millis {
    this.injury = injury;
    this.#injuries = now - this.#injuredAt > QUIET_MS ? 1 : this.#injuries + 1;
    this.#injuredAt = now;
    const excess = this.#injuries - HEALS_AT_ONCE_MAX;
    return excess <= 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (excess - 1));
  }
}
