/**
 * A route that the router wants the kernel to have, and what became of it so far. Before this file: `wanted-routes.ts`, all
 * of them, and `fib.ts`.
 */
import type { NextHop, RouteFate } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { BetterRoute } from '../kernel/better-routes.ts';
import type { PlannedRoute } from '../kernel/route-plan.ts';
import type { Injury } from './injury.ts';

export class WantedRoute implements PlannedRoute {
  readonly prefix: Prefix;
  nextHops: readonly NextHop[];
  shapes: readonly string[];
  /** The kernel has had a route of ours for this prefix, and we did not want it to go. */
  held = false;
  /** As the router was told; undefined: nothing yet. */
  standing: RouteFate | undefined;
  /** The operator was told that the kernel does not have it. */
  keptOut = false;
  /** As the operator was told: what serves in its place. */
  shadow: BetterRoute | undefined;
  /** Not healed yet. */
  injury: Injury | undefined;
  /** Times that it was put back. */
  heals = 0;
  /** Who injured it last. */
  culprit: string | undefined;

  constructor(prefix: Prefix, nextHops: readonly NextHop[], shapes: readonly string[]) {
    this.prefix = prefix;
    this.nextHops = nextHops;
    this.shapes = shapes;
  }

  /** As far as we know, the kernel has it as it is wanted. */
  get wasThere(): boolean {
    const { standing, injury } = this;
    return injury === undefined && (standing?.state === 'installed' || standing?.state === 'shadowed');
  }

  changeNextHops(nextHops: readonly NextHop[], shapes: readonly string[]): void {
    this.nextHops = nextHops;
    this.shapes = shapes;
    this.standing = undefined;
  }

  /** Another protocol's route is in its place: it is not the fight for a route of ours any more. */
  giveWay(): void {
    this.held = false;
    this.injury = undefined;
  }

  injure(injury: Injury): void {
    this.injury = injury;
    this.culprit = injury.culprit;
  }
}
