/**
 * Notices what others do to our routes: from what the kernel tells, and from a list that is not what it should be. Before this
 * file: `fib.ts`, which puts the routes back. After it: `injury.ts` says who it was, `fight.ts` how often.
 */

import { hasOurs, type RoutePlace, type RouteSlot } from '../kernel/kernel-route.ts';
import type { SlotChange } from '../kernel/kernel-table.ts';
import { type SlotRules, slotRules } from '../kernel/slot-rules.ts';
import type { Clock } from '../ports.ts';
import type { FibEntries } from './entries.ts';
import type { Fight } from './fight.ts';
import { type Injury, injuryOf } from './injury.ts';
import type { WantedRoute } from './wanted-route.ts';
import type { WantedRoutes } from './wanted-routes.ts';

export class Injuries {
  readonly #place: RoutePlace;
  readonly #rules: SlotRules;
  readonly #wanted: WantedRoutes;
  readonly #fight: Fight;
  readonly #clock: Clock;

  constructor(place: RoutePlace, wanted: WantedRoutes, fight: Fight, clock: Clock) {
    this.#place = place;
    this.#rules = slotRules[place.family];
    this.#wanted = wanted;
    this.#fight = fight;
    this.#clock = clock;
  }

  /** Takes what the kernel tells of the slot of a wanted route. It was no doing of the kernel itself. */
  observe({ observation, before, after, own }: SlotChange, wanted: WantedRoute): void {
    if (own) {
      wanted.held ||= observation.operation === 'new';
      return;
    }
    if (!wanted.held || this.#isSettled(after, wanted)) return;
    const injury = injuryOf(observation, this.#isSettled(before, wanted), wanted, this.#place);
    if (injury !== undefined) this.#add(wanted, injury, after);
  }

  /** Takes a list that tells of something that nobody told before. @param why it is not known who did it */
  find(entries: FibEntries, why: string): void {
    for (const { wanted, slot } of entries) {
      if (wanted === undefined || !wanted.wasThere || this.#isSettled(slot, wanted)) continue;
      const isThere = hasOurs(this.#place, slot);
      this.#add(wanted, { change: isThere ? 'altered' : 'deleted', culprit: `unknown (${why})` }, slot);
    }
  }

  #isSettled(slot: RouteSlot, wanted: WantedRoute): boolean {
    return this.#rules.plan(this.#place, wanted.prefix, slot, wanted).type === 'settled';
  }

  #add(wanted: WantedRoute, injury: Injury, slot: RouteSlot): void {
    const { culprit } = injury;
    wanted.injure(injury);
    const isPaused = this.#fight.lose(wanted.prefix, culprit, this.#clock.now().monotonic);
    if (isPaused && !this.#isIntact(slot, wanted)) this.#wanted.contested(wanted, culprit);
  }

  /** Ours is there, with something beside it that should not be: packets find their way. */
  #isIntact(slot: RouteSlot, { shapes }: WantedRoute): boolean {
    const ours = slot.filter(({ protocol }) => protocol === this.#place.protocol);
    return shapes.every((shape) => ours.some((route) => route.shape === shape));
  }
}
