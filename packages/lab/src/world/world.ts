/**
 * A network that exists only in memory, with time of its own: machines on segments, each with a kernel and a router. The
 * routers are the daemon's own `Runtime` and `Router`; the kernels speak netlink.
 *
 * Before this file: tests and `scenario`, which build a world and let time pass. After it: `router-node.ts`,
 * `segment.ts`, `timeline.ts`.
 *
 * Invariants: the same seed and the same calls give the same world, to the last byte. Between two things that happen, all
 * promises that can be resolved have run: nothing depends on how fast the computer is.
 */
import type { Millis, Protocol, Report } from '@ripstop/rip';
import type { RuntimeReport } from '@ripstop/router';
import type { Configurations } from './configurations.ts';
import type { Departure } from './datagrams.ts';
import { type PortOptions, RouterPort } from './port.ts';
import { Random } from './random.ts';
import { type NodeObserver, type NodeSettings, RouterNode } from './router-node.ts';
import { type Conditions, goodConditions, Segment } from './segment.ts';
import { Timeline } from './timeline.ts';

/** Where a segment ends. */
export type SegmentEnd = Omit<PortOptions, 'hardwareAddress'>;

/** Looks on, and changes nothing. */
export interface WorldObserver {
  sent?(at: Millis, departure: Departure): void;
  /** @param router the machine's name */
  reported?(at: Millis, router: string, protocol: Protocol, report: Report | RuntimeReport): void;
}

/** So much never happens in one moment: something asks for the next turn without end. */
const STEPS_AT_ONCE_MAX = 1_000_000;

const usualSettings: NodeSettings = { clockOffset: 0, onExit: 'remove', staleTime: 60_000 };

export class World {
  readonly seed: number;
  readonly #timeline = new Timeline();
  readonly #routers = new Map<string, RouterNode>();
  readonly #segments = new Map<string, Segment>();
  readonly #observers: WorldObserver[] = [];
  /** A promise may have been resolved: what waits for it has to run before anything else happens. */
  #isStirred = false;
  /** What a run of a router ended with; thrown by `advance`. */
  #mishap: unknown;
  /** So many were plugged in so far. */
  #ports = 0;
  #steps = 0;
  #packets = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** Since the world began. */
  get now(): Millis {
    return this.#timeline.now;
  }

  /** What has happened so far: packets sent, and things done one after the other. */
  get counts(): { readonly packets: number; readonly steps: number } {
    return { packets: this.#packets, steps: this.#steps };
  }

  get routers(): readonly RouterNode[] {
    return [...this.#routers.values()];
  }

  get segments(): readonly Segment[] {
    return [...this.#segments.values()];
  }

  /** @throws Error if there is none of this name */
  router(name: string): RouterNode {
    const node = this.#routers.get(name);
    if (node === undefined) throw new Error(`The world has no router ${name}`);
    return node;
  }

  /** @throws Error if there is none of this name */
  segment(name: string): Segment {
    const segment = this.#segments.get(name);
    if (segment === undefined) throw new Error(`The world has no segment ${name}`);
    return segment;
  }

  /** A machine that is switched off, with a loopback interface. */
  addRouter(name: string, configurations: Configurations, settings: Partial<NodeSettings> = {}): RouterNode {
    const observer: NodeObserver = {
      sent: (departure) => this.#sent(departure),
      reported: (...told) => this.#reported(...told),
    };
    const node = new RouterNode(
      name,
      configurations,
      { ...usualSettings, ...settings },
      {
        timeline: this.#timeline,
        random: Random.named(this.seed, `router ${name}`),
        observer,
        after: (delay, what) => this.#answerAfter(delay, what),
      },
    );
    this.#routers.set(name, node);
    node.kernel.setUp('lo', true);
    return node;
  }

  /**
   * A segment whose interfaces are up. One end is a network behind a router.
   * @param mtu 1500 if not given
   */
  addSegment(
    name: string,
    ends: readonly SegmentEnd[],
    { mtu, ...conditions }: Partial<Conditions> & { readonly mtu?: number } = {},
  ): Segment {
    const random = Random.named(this.seed, `segment ${name}`);
    const segment = new Segment(name, { ...goodConditions, ...conditions }, this.#timeline, random);
    this.#segments.set(name, segment);
    if (mtu !== undefined) segment.setMtu(mtu);
    for (const end of ends) {
      const { kernel, ports } = this.router(end.router);
      this.#ports += 1;
      const port = new RouterPort({ ...end, hardwareAddress: hardwareAddress(this.#ports) }, segment, kernel);
      ports.set(end.interface, port);
      segment.ports.push(port);
    }
    return segment;
  }

  observe(observer: WorldObserver): void {
    this.#observers.push(observer);
  }

  /** Lets a router start, or come to its end. It takes what time it takes: `advance`. */
  start(name: string): void {
    this.#watch(this.router(name).start());
  }

  stop(name: string): void {
    this.#watch(this.router(name).stop());
  }

  kill(name: string): void {
    this.router(name).kill();
  }

  /** `systemctl restart`: a new router as soon as the old one has ended. */
  restart(name: string): void {
    const node = this.router(name);
    this.#watch(node.stop().then(() => node.start()));
  }

  /** Calls something at a time from now. */
  after(delay: Millis, what: () => void): void {
    this.#timeline.at(this.now + delay, what);
  }

  /**
   * Lets time pass.
   * @throws whatever a router throws: that is a mistake of ours; Error if what happens in one moment has no end
   */
  async advance(duration: Millis): Promise<void> {
    const end = this.now + duration;
    await turn();
    let moment = this.now;
    let stepsBefore = this.#steps;
    while (this.#timeline.next <= end) {
      this.#timeline.step();
      this.#steps += 1;
      if (this.now > moment) {
        moment = this.now;
        stepsBefore = this.#steps;
      } else if (this.#steps - stepsBefore > STEPS_AT_ONCE_MAX) throw new Error('the time stands still');
      if (!this.#isStirred) continue;
      this.#isStirred = false;
      await turn();
      if (this.#mishap !== undefined) throw this.#mishap;
    }
    this.#timeline.passTo(end);
  }

  /** What may answer a promise of the world. */
  #answerAfter(delay: Millis, what: () => void): void {
    this.#timeline.at(this.now + delay, () => {
      this.#isStirred = true;
      what();
    });
  }

  #watch(run: Promise<void>): void {
    this.#isStirred = true;
    run.catch((error: unknown) => {
      this.#mishap ??= error;
    });
  }

  #sent(departure: Departure): void {
    this.#packets += 1;
    for (const observer of this.#observers) observer.sent?.(this.now, departure);
  }

  #reported(...told: Parameters<NodeObserver['reported']>): void {
    for (const observer of this.#observers) observer.reported?.(this.now, ...told);
  }
}

/** Locally administered: 02:00:00:00:00:01 and so on. */
function hardwareAddress(number: number): string {
  const digits = (0x0200_0000_0000 + number).toString(16).padStart(12, '0');
  return digits.replace(/..(?!$)/g, '$&:');
}

/** Node: all promises that can be resolved are, before the next immediate. The only wait that is sure, at 5 µs. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
