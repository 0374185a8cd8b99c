/**
 * The neighbor that only speaks: it says what it has every second, in RIP and RIPng, falls silent and speaks again, changes its
 * mind, and takes things back. Before this file: `test/kit/speaker.ts`, one socket.
 *
 * Invariant: a link that comes again under the same name is spoken on again.
 */
import type { LabNode } from '@ripstop/lab';
import { type Entry, type Protocol, rip, ripng } from '@ripstop/rip';
import { Speaker } from '../kit/speaker.ts';
import { numbered, spokenMetric } from './network-plan.ts';
import { infinity } from './shortest-paths.ts';

const INTERFACE = 'to-center';

interface Voice {
  readonly index: number;
  readonly speakers: ReadonlyMap<Protocol, Speaker>;
}

export class Herald {
  readonly #node: LabNode;
  readonly #first: ReadonlyMap<number, number>;
  #metrics: ReadonlyMap<number, number>;
  #voice: Voice | undefined;
  #isSilent = false;
  #working: Promise<void> = Promise.resolve();
  readonly #interval: NodeJS.Timeout;

  /** @param update milliseconds between two updates */
  constructor(node: LabNode, destinations: number, update: number) {
    this.#node = node;
    this.#first = new Map(
      Array.from({ length: destinations }, (_, number) => number).flatMap((number) => {
        const metric = spokenMetric(number);
        return metric === undefined ? [] : [[number, metric] as const];
      }),
    );
    this.#metrics = this.#first;
    this.#interval = setInterval(() => this.speak(), update);
  }

  /** By the destination's number. */
  get metrics(): ReadonlyMap<number, number> {
    return this.#metrics;
  }

  fallSilent(): void {
    this.#isSilent = true;
  }

  /** Says from now on what it said at first. */
  recover(): void {
    this.#isSilent = false;
    this.#metrics = this.#first;
    this.speak();
  }

  /** Every destination whose number this chooses is so much farther away; 16 and more: it is taken back. */
  changeMind(chooses: (number: number) => boolean, by: number): void {
    this.#metrics = new Map(
      [...this.#first].map(([number, metric]) => [
        number,
        chooses(number) ? Math.min(infinity, metric + by) : metric,
      ]),
    );
    this.speak();
  }

  speak(): void {
    this.#working = this.#working.then(() => this.#announce());
  }

  async close(): Promise<void> {
    clearInterval(this.#interval);
    await this.#working;
    await this.#hush();
  }

  async #announce(): Promise<void> {
    const links = await this.#node.kernel.links.list();
    const index = links.find(({ name }) => name === INTERFACE)?.index;
    if (this.#voice !== undefined && this.#voice.index !== index) await this.#hush();
    if (index === undefined || this.#isSilent) return;
    try {
      this.#voice ??= { index, speakers: await this.#open() };
      for (const [protocol, socket] of this.#voice.speakers) socket.announce(this.#entries(protocol));
    } catch {
      await this.#hush(); // the link is in pieces just now
    }
  }

  async #open(): Promise<Map<Protocol, Speaker>> {
    const open = async (protocol: Protocol) =>
      [protocol, await Speaker.open(this.#node, INTERFACE, { protocol })] as const;
    return new Map([await open(rip), await open(ripng)]);
  }

  #entries({ family }: Protocol): Entry[] {
    return [...this.#metrics].map(([number, metric]) => ({
      prefix: numbered(number)[family],
      tag: 0,
      nextHop: undefined,
      metric,
    }));
  }

  /** What could not be sent was sent into a broken link. */
  async #hush(): Promise<void> {
    const speakers = [...(this.#voice?.speakers.values() ?? [])];
    this.#voice = undefined;
    await Promise.allSettled(speakers.map((socket) => socket.close()));
  }
}
