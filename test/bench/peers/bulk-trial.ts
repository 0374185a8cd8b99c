/**
 * One trial of one daemon: a neighbor announces many routes to it, loses them all, and has them again. Between generator and
 * collector, on an untouched kernel, in a fresh process.
 *
 * Before this file: `rival.ts`, the daemon; `announcer.ts`, the neighbor; `fib-watch.ts`, who watches. After it:
 * `bulk-bench.ts`, which has many trials.
 */
import { setTimeout } from 'node:timers/promises';
import { NamespaceLab, type Topology, until } from '@ripstop/lab';
import type { Protocol } from '../../kit/protocol.ts';
import { Announcer, INFINITY } from './announcer.ts';
import { FibWatch } from './fib-watch.ts';
import { Rival, type RivalName } from './rival.ts';

/** Within this a daemon works off a refresh, if it can. */
export const REFRESH_MS = 500;
/** A daemon rests if it uses less than this part of a processor. */
const REST = 0.05;
/** No change keeps one at work for so long. */
const WORK_MS = 120_000;
/** How often a daemon hears everything again, before and after it was warm. */
export const REFRESHES = 3;

export const topology: Topology = {
  nodes: ['generator', 'router', 'collector'],
  links: [
    [
      { node: 'generator', interface: 'eth0', addresses: ['10.0.0.2/24'] },
      { node: 'router', interface: 'eth0', addresses: ['10.0.0.1/24'] },
    ],
    [
      { node: 'router', interface: 'eth1', addresses: ['10.0.1.1/24'] },
      { node: 'collector', interface: 'eth0', addresses: ['10.0.1.2/24'] },
    ],
  ],
};

export interface TrialPlan {
  readonly protocol: Protocol;
  readonly routes: number;
  /** Microseconds from one packet to the next; 0: a burst. */
  readonly gap: number;
  /** Milliseconds after each change in which a daemon announces it, so that it does nothing else when the next one comes. */
  readonly settling: number;
  readonly nodeOptions: readonly string[];
}

/** What became of an announcement that changes every route. Times are nanoseconds. */
export interface Change {
  /** Routes that have come into the kernel, or left it. */
  readonly routes: number;
  readonly droppedPackets: number;
  /** From the first packet to the last change of the kernel. */
  readonly time: number;
  /** CPU of the daemon in this time. */
  readonly cpu: number;
  /** CPU until it has announced the change as well. */
  readonly cpuToAnnounced: number;
}

export interface Trial {
  /** In a process that has never heard a route. */
  readonly learn: Change;
  readonly poison: Change;
  /** In the process that has had them before. */
  readonly learnAgain: Change;
  /** Nanoseconds of CPU for hearing everything once more without a change: at first, and later. */
  readonly refreshes: { readonly cold: readonly number[]; readonly warm: readonly number[] };
  /** Bytes. */
  readonly peakMemory: number;
}

export async function tryRival(name: RivalName, plan: TrialPlan): Promise<Trial> {
  const lab = await NamespaceLab.lay(topology);
  try {
    const router = lab.node('router');
    const { directory } = lab;
    const { protocol, nodeOptions } = plan;
    const rival = await Rival.start(name, router, directory, ['eth0', 'eth1'], { protocol, nodeOptions });
    const announcer = new Announcer(lab.node('generator'), 'eth0', protocol, directory);
    const watch = new FibWatch(router, rival, protocol.family, directory);
    const trial = await new TrialRun(plan, rival, announcer, watch).run();
    await rival.stop();
    return trial;
  } finally {
    await lab.close();
  }
}

class TrialRun {
  readonly #plan: TrialPlan;
  readonly #rival: Rival;
  readonly #announcer: Announcer;
  readonly #watch: FibWatch;

  constructor(plan: TrialPlan, rival: Rival, announcer: Announcer, watch: FibWatch) {
    this.#plan = plan;
    this.#rival = rival;
    this.#announcer = announcer;
    this.#watch = watch;
  }

  async run(): Promise<Trial> {
    await this.#rest(this.#plan.settling); // it has said its first words
    const learn = await this.#change(1);
    const cold = await this.#refreshes();
    const poison = await this.#change(INFINITY);
    const learnAgain = await this.#change(1);
    const warm = await this.#refreshes();
    const peakMemory = this.#rival.peakMemory();
    return { learn, poison, learnAgain, refreshes: { cold, warm }, peakMemory };
  }

  async #change(metric: number): Promise<Change> {
    const { routes, gap, settling } = this.#plan;
    const wanted = metric === INFINITY ? 0 : routes;
    const before = await this.#watch.count();
    const [cpu, dropped] = [this.#rival.cpu(), this.#rival.droppedPackets()];
    const [change, sent] = await this.#watch.during(wanted - before, () =>
      this.#announcer.announce({ routes, metric, gap }),
    );
    await this.#rest(settling);
    const cpuToAnnounced = this.#rival.cpu() - cpu;
    return {
      routes: Math.abs((await this.#watch.count()) - before),
      droppedPackets: this.#rival.droppedPackets() - dropped,
      time: change.last - sent.first,
      cpu: change.cpu,
      cpuToAnnounced,
    };
  }

  async #refreshes(): Promise<number[]> {
    const times: number[] = [];
    while (times.length < REFRESHES) {
      const before = this.#rival.cpu();
      await this.#announcer.announce({ ...this.#plan, metric: 1 });
      await this.#rest(REFRESH_MS);
      times.push(this.#rival.cpu() - before);
    }
    return times;
  }

  /** Waits for so many milliseconds, and longer if the daemon is still at work. */
  async #rest(milliseconds: number): Promise<void> {
    await until(`${this.#rival.name} rests`, WORK_MS, async () => {
      const before = this.#rival.cpu();
      await setTimeout(milliseconds);
      return (this.#rival.cpu() - before) / 1e6 <= REST * milliseconds;
    });
  }
}
