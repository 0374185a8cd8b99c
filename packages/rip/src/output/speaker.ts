/**
 * Says what there is to say, when it is due: answers, regular and triggered updates, farewells. RFC 2453 §3.10.
 *
 * Before: `Router` ends a step. After: `recipient` decides what, `output` makes packets of it.
 *
 * Invariant: the marks of what changed are cleared only when every interface has announced it (RFC 2453 §3.10.1).
 */
import type { RipInterface } from '../interface/interface.ts';
import type { RouteTable } from '../table/table.ts';
import type { Millis } from '../time.ts';
import { Drain } from './drain.ts';
import type { Output } from './output.ts';
import type { Destination, Recipient } from './recipient.ts';
import { TriggeredUpdate } from './triggered-update.ts';

/** Who wants the whole table. */
export interface Asker {
  readonly on: RipInterface;
  readonly to: Recipient;
  readonly destination: Destination;
}

export class Speaker {
  readonly triggered = new TriggeredUpdate();
  /** Who waits for the whole table, each once. */
  readonly askers = new Map<string, Asker>();
  readonly #table: RouteTable;
  readonly #output: Output;
  readonly #random: () => number;
  #drain: Drain | undefined;

  constructor(table: RouteTable, output: Output, random: () => number) {
    this.#table = table;
    this.#output = output;
    this.#random = random;
  }

  /** drained: what there was is announced as lost from now on. */
  get state(): 'running' | 'draining' | 'drained' {
    if (this.#drain === undefined) return 'running';
    return this.#drain.isOver ? 'drained' : 'draining';
  }

  /** No route is announced with a lower metric. */
  get leastMetric(): number {
    return this.#drain?.leastMetric ?? 1;
  }

  /** When something is to be said on one of these interfaces. */
  deadline(interfaces: Iterable<RipInterface>): Millis {
    if (this.#drain !== undefined && !this.#drain.isOver) return this.#drain.deadline;
    let earliest = this.triggered.deadline;
    for (const on of interfaces) earliest = Math.min(earliest, on.updateAt);
    return earliest;
  }

  /** Begins a graceful shutdown. @returns false if it has begun already */
  drain(now: Millis): boolean {
    if (this.#drain !== undefined) return false;
    this.#drain = new Drain(now);
    return true;
  }

  /** Asks the routers of an interface for all they know; a whole update of ours is due at once (RFC 2453 §3.9.1). */
  introduce(on: RipInterface, now: Millis): void {
    if (on.socket !== 'listening') return;
    for (const to of on.audience.asked) this.#output.ask(on, to);
    on.updateAt = on.isSending ? now : Number.POSITIVE_INFINITY;
    if (on.isSending) this.triggered.introduced(now);
  }

  /** Takes back all that was said to these. */
  sayFarewell(on: RipInterface, recipients: readonly Recipient[]): void {
    if (on.socket !== 'listening') return;
    for (const to of recipients) this.#output.respond(on, to.at(), to.farewell(this.#table.routes));
  }

  /**
   * Says all that is due.
   * @param pauseAfterTriggered shortest and longest, RFC 2453 §3.10.1
   */
  speak(
    interfaces: Iterable<RipInterface>,
    pauseAfterTriggered: readonly [shortest: Millis, longest: Millis],
    now: Millis,
  ): void {
    this.#answer();
    const outlets = [...interfaces].filter((on) => on.isSending);
    if (this.#drain !== undefined && !this.#drain.isOver) this.#speakOfDrain(this.#drain, outlets, now);
    else this.#speakOfRoutes(outlets, pauseAfterTriggered, now);
    if (outlets.every((on) => on.announced === this.#table.lastChange)) {
      this.#table.clearChanged(now);
      this.triggered.served();
    }
  }

  #speakOfRoutes(
    outlets: readonly RipInterface[],
    [shortest, longest]: readonly [Millis, Millis],
    now: Millis,
  ): void {
    for (const on of outlets) if (on.updateAt <= now) this.#sendRegularUpdate(on, now);
    if (this.triggered.deadline <= now && this.#sendTriggeredUpdate(outlets, now)) {
      this.triggered.pauseUntil(now + shortest + this.#random() * (longest - shortest));
    }
  }

  #answer(): void {
    for (const { on, to, destination } of this.askers.values()) {
      on.counters.answersSent += 1;
      this.#output.respond(on, destination, to.entries(this.#table.routes), this.leastMetric);
    }
    this.askers.clear();
  }

  /** In place of all other updates: their changes are in them. */
  #speakOfDrain(drain: Drain, outlets: readonly RipInterface[], now: Millis): void {
    if (drain.deadline > now) return;
    for (const on of outlets) this.#sendRegularUpdate(on, now);
    drain.sent(now, this.#random());
  }

  #sendRegularUpdate(on: RipInterface, now: Millis): void {
    for (const to of on.audience.recipients) {
      this.#output.respond(on, to.at(), to.whole(this.#table.routes, now), this.leastMetric);
    }
    on.announced = this.#table.lastChange;
    on.counters.regularUpdatesSent += 1;
    on.scheduleUpdate(now, this.#random());
  }

  /** The changes, on every interface that has not just announced them with everything else. */
  #sendTriggeredUpdate(outlets: readonly RipInterface[], now: Millis): boolean {
    let hasSent = false;
    for (const on of outlets) {
      const changed = [...this.#table.changed].filter((route) => route.change > on.announced);
      let packets = 0;
      for (const to of on.audience.recipients) {
        const news = to.news(changed, this.#table.routes, now);
        packets += this.#output.respond(on, to.at(), news, this.leastMetric);
      }
      on.announced = this.#table.lastChange;
      if (packets === 0) continue;
      on.counters.triggeredUpdatesSent += 1;
      hasSent = true;
    }
    return hasSent;
  }
}
