/**
 * Lets happenings happen, one after the other, as a seed says, and writes down the story. Before this file: `happening.ts`. After
 * it: `chaos.netns.test.ts`.
 *
 * Invariant: what happens next depends on the seed alone; only how far the network has come by then depends on the machine.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '@ripstop/lab';
import type { ChaosNetwork } from './chaos-network.ts';
import { daemonHappenings } from './daemon-happenings.ts';
import type { Happening, Stage } from './happening.ts';
import { linkHappenings } from './link-happenings.ts';
import { routeHappenings } from './route-happenings.ts';

/**
 * What can happen. With links and daemons unharmed nothing but the notification of a route tells the router that it was attacked; a
 * change of a link lets it look at everything.
 */
const kinds = {
  everything: [...routeHappenings, ...linkHappenings, ...daemonHappenings],
  routes: routeHappenings,
} as const;
/** Milliseconds between two happenings. */
const LULL: readonly [number, number] = [0, 250];

interface Sequel {
  readonly at: number;
  readonly what: string;
  readonly follow: () => Promise<unknown> | undefined;
}

export class Storm {
  /** What has happened, with the seconds since the beginning. */
  readonly story: string[] = [];
  readonly #network: ChaosNetwork;
  readonly #seed: number;
  #random = new Random(0);
  #storms = 0;
  readonly #began = performance.now();
  readonly #last = new Map<Happening, number>();
  #sequels: Sequel[] = [];

  constructor(network: ChaosNetwork, seed: number) {
    this.#network = network;
    this.#seed = seed;
  }

  /** @param duration milliseconds; after them all that was begun is ended and everything is mended */
  async rage(kind: keyof typeof kinds, duration: number, isCenterMortal: boolean): Promise<void> {
    // However far a busy machine came in the storm before, this one is the same.
    this.#storms += 1;
    this.#random = Random.named(this.#seed, `storm ${this.#storms}`);
    const end = performance.now() + duration;
    const later: Stage['later'] = (time, what, follow) =>
      this.#sequels.push({ at: performance.now() + time, what, follow });
    const stage: Stage = { network: this.#network, isCenterMortal, later };
    while (performance.now() < end) {
      this.#network.requireDaemons();
      await this.#followUp(performance.now());
      await this.#happen(stage, kinds[kind]);
      await delay(this.#random.between(...LULL));
    }
    await this.#followUp(Number.POSITIVE_INFINITY);
    this.tell('the storm is over');
    const missing = await this.#network.foreign.missing();
    if (missing.length > 0) throw new Error(missing.join('\n'));
    await this.#network.mend();
    this.tell('all is mended');
  }

  tell(what: string): void {
    this.story.push(`${((performance.now() - this.#began) / 1000).toFixed(3).padStart(8)} ${what}`);
  }

  async #happen(stage: Stage, happenings: readonly Happening[]): Promise<void> {
    const happening = this.#choose(happenings);
    const random = new Random(this.#random.whole(0, 2 ** 31));
    const now = performance.now();
    if (now - (this.#last.get(happening) ?? Number.NEGATIVE_INFINITY) < (happening.rest ?? 0)) return;
    const story = await happening.happen(stage, random);
    if (story === undefined) return;
    this.#last.set(happening, now);
    this.tell(`${happening.name}: ${story}`);
  }

  async #followUp(until: number): Promise<void> {
    const due = this.#sequels.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
    this.#sequels = this.#sequels.filter((sequel) => !due.includes(sequel));
    for (const { what, follow } of due) {
      await follow();
      this.tell(what);
    }
  }

  #choose(happenings: readonly Happening[]): Happening {
    let rest = this.#random.between(
      0,
      happenings.reduce((sum, { weight }) => sum + weight, 0),
    );
    for (const happening of happenings) {
      rest -= happening.weight;
      if (rest < 0) return happening;
    }
    throw new RangeError('nothing can happen');
  }
}
