/**
 * A machine of the world: a kernel, interfaces, a clock on the wall, a disk, and at most one router that runs on it.
 *
 * Before this file: `world.ts`, which makes machines and switches them on and off. After it: `Runtime` and `Router`, the
 * same as in the daemon, with ports that lead into the world.
 *
 * Invariants: a router that was killed does nothing any more, and its routes stay in the kernel. The disk outlives every
 * run. The monotonic clock begins at 0 with every run, as a process's does.
 */
import {
  type Instant,
  type Millis,
  type Report,
  Router,
  type RouterConfiguration,
  type RouterSnapshot,
} from '@ripstop/rip';
import {
  type FibSnapshot,
  type Kernel,
  type Ports,
  Runtime,
  type RuntimeReport,
  systemDigest,
  type Timer,
} from '@ripstop/router';
import { type Departure, worldDatagrams } from './datagrams.ts';
import { FakeKernel } from './kernel/fake-kernel.ts';
import type { RouterPort } from './port.ts';
import { Random } from './random.ts';
import { type Appointment, type Timeline, tickAfter } from './timeline.ts';

/** When the worlds begin: 2026-01-01T00:00:00Z. */
export const WORLD_EPOCH: Millis = 1_767_225_600_000;

/** Where the routers' routes are; `metric` is the kernel's. */
export const routePlace = { family: 'ipv4', table: 254, metric: 20, protocol: 189 } as const;

/** Gets everything that a router does that can be seen from outside. */
export interface NodeObserver {
  sent(departure: Departure): void;
  reported(router: string, report: Report | RuntimeReport): void;
}

/** What is the same in all runs of a machine. */
export interface NodeSettings {
  /** What the wall clock is ahead of the world's. */
  readonly clockOffset: Millis;
  /** What becomes of the kernel's routes at an orderly stop. */
  readonly onExit: 'remove' | 'keep';
  readonly staleTime: Millis;
}

export class RouterNode {
  readonly name: string;
  readonly kernel: FakeKernel;
  readonly ports = new Map<string, RouterPort>();
  configuration: RouterConfiguration;
  readonly #settings: NodeSettings;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #observer: NodeObserver;
  #clockOffset: Millis;
  /** What the disk remembers of sequence numbers. */
  #sequence = 0;
  #runtime: Runtime | undefined;
  #kernelClient: (Kernel & { close(): void }) | undefined;
  #state: 'off' | 'running' | 'stopping' = 'off';
  #runs = 0;

  constructor(
    name: string,
    configuration: RouterConfiguration,
    settings: NodeSettings,
    context: {
      readonly timeline: Timeline;
      readonly random: Random;
      readonly observer: NodeObserver;
      later(what: () => void): void;
    },
  ) {
    this.name = name;
    this.configuration = configuration;
    this.#settings = settings;
    this.#clockOffset = settings.clockOffset;
    this.#timeline = context.timeline;
    this.#random = context.random;
    this.#observer = context.observer;
    this.kernel = new FakeKernel({ later: context.later });
  }

  /** off: no router runs on it. stopping: it says farewell. */
  get state(): 'off' | 'running' | 'stopping' {
    return this.#state;
  }

  /** @throws Error if no router runs */
  snapshot(): { readonly router: RouterSnapshot; readonly fib: FibSnapshot } {
    return this.#running().snapshot();
  }

  /** Starts a router. @throws Error if one runs already */
  async start(): Promise<void> {
    if (this.#state !== 'off') throw new Error(`${this.name} runs already`);
    this.#runs += 1;
    const { onExit, staleTime } = this.#settings;
    const random = new Random(this.#random.whole(0, 0xffff_ffff));
    const ports = this.#makePorts(() => random.next());
    const router = new Router(this.configuration, {
      random: () => random.next(),
      digest: systemDigest,
      sequence: this.#sequence,
    });
    const runtime = new Runtime(router, { ...routePlace, onExit, staleTime }, ports);
    this.#runtime = runtime;
    this.#state = 'running';
    await runtime.start();
  }

  /** SIGTERM: farewell to the neighbors, then the kernel's routes go or stay. */
  async stop(): Promise<void> {
    const runtime = this.#running();
    this.#state = 'stopping';
    await runtime.stop();
    if (this.#runtime === runtime) this.#off();
  }

  /** SIGKILL. */
  kill(): void {
    this.#running().abandon();
    this.#off();
  }

  reconfigure(configuration: RouterConfiguration): void {
    this.configuration = configuration;
    this.#runtime?.reconfigure(configuration);
  }

  drain(): void {
    this.#running().drain();
  }

  /** Sets the wall clock: so much ahead of the world's from now on. */
  setClock(offset: Millis): void {
    this.#clockOffset = offset;
  }

  /** Someone on the machine deletes the router's routes: `ip route flush proto rip`. */
  async flushRoutes(): Promise<void> {
    const { family, table, protocol } = routePlace;
    const client = this.kernel.open();
    const routes = await client.routes.list({ family, table, protocol });
    await client.batch(routes.map((message) => ({ object: 'route', operation: 'delete', message })));
    client.close();
  }

  #running(): Runtime {
    if (this.#runtime === undefined) throw new Error(`no router runs on ${this.name}`);
    return this.#runtime;
  }

  #off(): void {
    this.#kernelClient?.close();
    this.#kernelClient = undefined;
    this.#runtime = undefined;
    this.#state = 'off';
  }

  #makePorts(random: () => number): Ports {
    const timeline = this.#timeline;
    const startedAt = timeline.now;
    const kernel = this.kernel.open();
    this.#kernelClient = kernel;
    return {
      clock: {
        now: (): Instant => ({
          monotonic: timeline.now - startedAt,
          wall: WORLD_EPOCH + timeline.now + this.#clockOffset,
        }),
      },
      createTimer: () => new WorldTimer(timeline, startedAt),
      datagrams: worldDatagrams(this.ports, timeline, (departure) => this.#observer.sent(departure)),
      kernel,
      journal: { report: (report) => this.#observer.reported(this.name, report) },
      state: {
        reserveSequence: (sequence) => {
          this.#sequence = sequence;
        },
      },
      random,
    };
  }
}

class WorldTimer implements Timer {
  readonly #timeline: Timeline;
  readonly #startedAt: Millis;
  #appointment: Appointment | undefined;

  constructor(timeline: Timeline, startedAt: Millis) {
    this.#timeline = timeline;
    this.#startedAt = startedAt;
  }

  set(deadline: Millis, due: () => void): void {
    this.clear();
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.#appointment = this.#timeline.at(this.#startedAt + tickAfter(deadline), due);
  }

  clear(): void {
    if (this.#appointment !== undefined) this.#timeline.callOff(this.#appointment);
    this.#appointment = undefined;
  }
}
