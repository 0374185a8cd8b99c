/**
 * A machine of the world: a kernel, interfaces, a clock on the wall, a disk, and at most one daemon that runs on it.
 *
 * Before this file: `world.ts`, which makes machines and switches them on and off. After it: `daemon.ts`.
 *
 * Invariant: kernel, wall clock and disk outlive every run of the daemon.
 */
import type { Millis, Protocol, Report, RouterSnapshot } from '@ripstop/rip';
import type { FibSnapshot, RuntimeReport } from '@ripstop/router';
import type { Configurations } from './configurations.ts';
import { Daemon, ripRoutes, type StopSettings } from './daemon.ts';
import type { Departure } from './datagrams.ts';
import { FakeKernel } from './kernel/fake-kernel.ts';
import type { RouterPort } from './port.ts';
import { Random } from './random.ts';
import type { Timeline } from './timeline.ts';

/** When the worlds begin: 2026-01-01T00:00:00Z. */
export const WORLD_EPOCH: Millis = 1_767_225_600_000;

/** Gets everything that a router does that can be seen from outside. */
export interface NodeObserver {
  sent(departure: Departure): void;
  reported(router: string, protocol: Protocol, report: Report | RuntimeReport): void;
}

/** What is the same in all runs of a machine. */
export interface NodeSettings extends StopSettings {
  /** What the wall clock is ahead of the world's. */
  readonly clockOffset: Millis;
}

export class RouterNode {
  readonly name: string;
  readonly kernel: FakeKernel;
  readonly ports = new Map<string, RouterPort>();
  configurations: Configurations;
  readonly #settings: NodeSettings;
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #observer: NodeObserver;
  #clockOffset: Millis;
  /** What the disk remembers of sequence numbers. */
  #sequence = 0;
  #daemon: Daemon | undefined;
  #state: 'off' | 'running' | 'stopping' = 'off';

  constructor(
    name: string,
    configurations: Configurations,
    settings: NodeSettings,
    context: {
      readonly timeline: Timeline;
      readonly random: Random;
      readonly observer: NodeObserver;
      after(delay: Millis, what: () => void): void;
    },
  ) {
    this.name = name;
    this.configurations = configurations;
    this.#settings = settings;
    this.#clockOffset = settings.clockOffset;
    this.#timeline = context.timeline;
    this.#random = context.random;
    this.#observer = context.observer;
    this.kernel = new FakeKernel({ later: (what) => context.after(0, what), after: context.after });
  }

  /** off: no daemon runs on it. stopping: it says farewell, if it does. */
  get state(): 'off' | 'running' | 'stopping' {
    return this.#state;
  }

  /** Whether a router of this protocol runs, and says no farewell. */
  speaks({ name }: Protocol): boolean {
    return this.#state === 'running' && this.configurations[name] !== undefined;
  }

  /** @throws Error if no router of this protocol runs */
  snapshot(protocol: Protocol): { readonly router: RouterSnapshot; readonly fib: FibSnapshot } {
    return this.#running().snapshot(protocol);
  }

  /** Starts a daemon. @throws Error if one runs already */
  async start(): Promise<void> {
    if (this.#state !== 'off') throw new Error(`${this.name} runs already`);
    const { kernel, ports } = this;
    const daemon = new Daemon(this.configurations, this.#settings, {
      kernel,
      ports,
      timeline: this.#timeline,
      random: new Random(this.#random.whole(0, 0xffff_ffff)),
      sequence: this.#sequence,
      wallClock: () => WORLD_EPOCH + this.#timeline.now + this.#clockOffset,
      reserveSequence: (sequence) => {
        this.#sequence = sequence;
      },
      sent: (departure) => this.#observer.sent(departure),
      reported: (protocol, report) => this.#observer.reported(this.name, protocol, report),
    });
    this.#daemon = daemon;
    this.#state = 'running';
    await daemon.start();
  }

  /** SIGTERM: farewell to the neighbors, and the kernel's routes go; or neither. */
  async stop(): Promise<void> {
    const daemon = this.#running();
    this.#state = 'stopping';
    await daemon.stop();
    if (this.#daemon === daemon) this.#off();
  }

  /** SIGKILL. */
  kill(): void {
    this.#running().kill();
    this.#off();
  }

  /** SIGHUP. @param configurations of the protocols that it speaks already */
  reconfigure(configurations: Configurations): void {
    this.configurations = configurations;
    this.#daemon?.reconfigure(configurations);
  }

  drain(): void {
    this.#running().drain();
  }

  /** Sets the wall clock: so much ahead of the world's from now on. */
  setClock(offset: Millis): void {
    this.#clockOffset = offset;
  }

  /** Someone on the machine deletes the daemon's routes: `ip route flush proto rip`, and with -6. */
  flushRoutes(): void {
    this.kernel.flush(ripRoutes);
  }

  #running(): Daemon {
    if (this.#daemon === undefined) throw new Error(`no daemon runs on ${this.name}`);
    return this.#daemon;
  }

  #off(): void {
    this.#daemon = undefined;
    this.#state = 'off';
  }
}
