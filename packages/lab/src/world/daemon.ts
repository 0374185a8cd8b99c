/**
 * One run of the daemon on a machine: a `Runtime` and a `Router` for each protocol that it is told to speak, the same as
 * in `ripd`, with ports that lead into the world.
 *
 * Before this file: `router-node.ts`, which starts and ends it. After it: `datagrams.ts`, the kernel, the timeline.
 *
 * Invariants: a daemon that was killed does nothing any more, and its routes stay in the kernel. The monotonic clock
 * begins at 0 with every run, as a process's does.
 */
import {
  type Instant,
  type Millis,
  type Protocol,
  type Report,
  Router,
  type RouterConfiguration,
  type RouterSnapshot,
} from '@ripstop/rip';
import {
  type FibSnapshot,
  type Ports,
  Runtime,
  type RuntimeReport,
  systemDigest,
  type Timer,
} from '@ripstop/router';
import { type Configurations, protocols } from './configurations.ts';
import { type Departure, worldDatagrams } from './datagrams.ts';
import type { FakeKernel } from './kernel/fake-kernel.ts';
import type { RouterPort } from './port.ts';
import { Random } from './random.ts';
import { type Appointment, type Timeline, tickAfter } from './timeline.ts';

/** How the daemons' routes are marked in the kernel, of either family. */
export const ripRoutes = { table: 254, protocol: 189 } as const;
/** The kernel's metric of the daemons' routes. */
export const RIP_PRIORITY = 20;

/** What becomes of the kernel's routes. */
export interface StopSettings {
  /** At an orderly stop. */
  readonly onExit: 'remove' | 'keep';
  /** How long those of the run before are kept for a neighbor to announce them again. */
  readonly staleTime: Millis;
}

/** What a daemon runs on. */
interface Machine {
  readonly kernel: FakeKernel;
  readonly ports: ReadonlyMap<string, RouterPort>;
  readonly timeline: Timeline;
  readonly random: Random;
  /** The last that was reserved. */
  readonly sequence: number;
  wallClock(): Millis;
  reserveSequence(sequence: number): void;
  sent(departure: Departure): void;
  reported(protocol: Protocol, report: Report | RuntimeReport): void;
}

type KernelClient = ReturnType<FakeKernel['open']>;

export class Daemon {
  readonly #machine: Machine;
  readonly #startedAt: Millis;
  readonly #runtimes = new Map<Protocol['name'], Runtime>();
  readonly #clients: KernelClient[] = [];

  constructor(configurations: Configurations, settings: StopSettings, machine: Machine) {
    this.#machine = machine;
    this.#startedAt = machine.timeline.now;
    for (const protocol of protocols) {
      const configuration = configurations[protocol.name];
      if (configuration === undefined) continue;
      this.#runtimes.set(protocol.name, this.#makeRuntime(protocol, configuration, settings));
    }
  }

  async start(): Promise<void> {
    await Promise.all(this.#each((runtime) => runtime.start()));
  }

  /** Says farewell and takes the routes from the kernel, or does neither. */
  async stop(): Promise<void> {
    await Promise.all(this.#each((runtime) => runtime.stop()));
    this.#closeClients();
  }

  kill(): void {
    this.#each((runtime) => runtime.abandon());
    this.#closeClients();
  }

  drain(): void {
    this.#each((runtime) => runtime.drain());
  }

  /** @param configurations of the protocols that it speaks already */
  reconfigure(configurations: Configurations): void {
    this.#each((runtime, protocol) => {
      const configuration = configurations[protocol];
      if (configuration !== undefined) runtime.reconfigure(configuration);
    });
  }

  /** @throws Error if it does not speak this protocol */
  snapshot({ name }: Protocol): { readonly router: RouterSnapshot; readonly fib: FibSnapshot } {
    const runtime = this.#runtimes.get(name);
    if (runtime === undefined) throw new Error(`${name} does not run`);
    return runtime.snapshot();
  }

  #each<Result>(act: (runtime: Runtime, protocol: Protocol['name']) => Result): Result[] {
    return [...this.#runtimes].map(([protocol, runtime]) => act(runtime, protocol));
  }

  #closeClients(): void {
    for (const client of this.#clients) client.close();
  }

  #makeRuntime(protocol: Protocol, configuration: RouterConfiguration, settings: StopSettings): Runtime {
    const { sequence } = this.#machine;
    const random = new Random(this.#machine.random.whole(0, 0xffff_ffff));
    const router = new Router(configuration, {
      protocol,
      random: () => random.next(),
      digest: systemDigest,
      sequence,
    });
    const { onExit, staleTime } = settings;
    const place = { ...ripRoutes, family: protocol.family, metric: RIP_PRIORITY, onExit, staleTime };
    return new Runtime(router, place, this.#makePorts(protocol, random));
  }

  #makePorts(protocol: Protocol, random: Random): Ports {
    const { ports, timeline, ...machine } = this.#machine;
    const kernel = machine.kernel.open();
    this.#clients.push(kernel);
    return {
      clock: {
        now: (): Instant => ({ monotonic: timeline.now - this.#startedAt, wall: machine.wallClock() }),
      },
      createTimer: () => new WorldTimer(timeline, this.#startedAt),
      datagrams: worldDatagrams(protocol, ports, timeline, (departure) => machine.sent(departure)),
      kernel,
      journal: { report: (report) => machine.reported(protocol, report) },
      state: { reserveSequence: (sequence) => machine.reserveSequence(sequence) },
      random: () => random.next(),
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
