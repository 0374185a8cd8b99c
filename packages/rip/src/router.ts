/**
 * A router of RIP or RIPng without any I/O: events and time go in, actions come out. RFC 2453, RFC 2080.
 *
 * Before: `Runtime` turns datagrams, kernel notifications and its timer into events. After: `Runtime` performs the
 * actions; what became of them comes back as a later event.
 *
 * Invariants: `step` is synchronous, total, and a whole transaction: of a route that changes back and forth within it
 * only the difference to before comes out. The same events, times and random numbers give the same actions. Timers
 * are looked at in every step, so an early, late or repeated tick is harmless. After `stop` nothing comes out.
 */
import { Authenticator } from './authentication/authenticator.ts';
import type { Digest } from './authentication/digest.ts';
import { SequenceNumbers } from './authentication/sequence.ts';
import type { RouterConfiguration } from './configuration.ts';
import { receive } from './input/receive.ts';
import { Interfaces } from './interface/interfaces.ts';
import { longestDrain } from './output/drain.ts';
import { Output } from './output/output.ts';
import { Speaker } from './output/speaker.ts';
import type { Protocol } from './protocol.ts';
import { type RouterSnapshot, routerSnapshot } from './snapshot.ts';
import { Step } from './step.ts';
import { Installer } from './table/installer.ts';
import { OwnRoutes } from './table/own-routes.ts';
import { RouteTable } from './table/table.ts';
import type { Instant, Millis } from './time.ts';
import type { Action, Datagram, Event } from './vocabulary.ts';

/** What a router needs besides its configuration. */
export interface RouterOptions {
  /** `rip` or `ripng`; the configuration's addresses and prefixes are of its family. */
  readonly protocol: Protocol;
  /** From 0 to 1: the jitter of updates and the pause after triggered ones. */
  readonly random: () => number;
  readonly digest: Digest;
  /** The last `reserve-sequence` of the run before; 0 if there was none. */
  readonly sequence: number;
}

export class Router {
  #configuration: RouterConfiguration;
  readonly #protocol: Protocol;
  readonly #step = new Step();
  readonly #table: RouteTable;
  readonly #own: OwnRoutes;
  readonly #installer: Installer;
  readonly #output: Output;
  readonly #speaker: Speaker;
  readonly #interfaces: Interfaces;
  #isStopped = false;
  /** See `Reception`. */
  #era = 0;
  #deadline: Millis = Number.POSITIVE_INFINITY;

  constructor(configuration: RouterConfiguration, { protocol, random, digest, sequence }: RouterOptions) {
    const step = this.#step;
    this.#configuration = configuration;
    this.#protocol = protocol;
    this.#table = new RouteTable(configuration.maximumPaths, configuration.limits);
    this.#own = new OwnRoutes(protocol, this.#table, configuration);
    this.#installer = new Installer(protocol, this.#table, step);
    this.#output = new Output(protocol, new SequenceNumbers(sequence), step);
    this.#speaker = new Speaker(this.#table, this.#output, random);
    this.#interfaces = new Interfaces(configuration, {
      protocol,
      step,
      table: this.#table,
      own: this.#own,
      speaker: this.#speaker,
      authenticator: ({ authentication }) => authentication && new Authenticator(authentication, digest),
    });
  }

  /** When `step` wants to be called again, on the monotonic clock; Infinity if only an event can change anything. */
  get deadline(): Millis {
    return this.#deadline;
  }

  /** Takes one event at one moment, and says all that has to happen because of it, in order. */
  step(now: Instant, event: Event): readonly Action[] {
    if (this.#isStopped) return [];
    this.#step.begin(now);
    this.#take(event);
    if (!this.#isStopped) {
      this.#interfaces.expire();
      this.#table.expire(this.#now);
      this.#settle();
      // Events of other kinds come in between, while datagrams wait.
      if (event.type !== 'tick' && event.type !== 'datagrams-received')
        this.#speaker.triggered.unfinished(this.#now);
      this.#speak();
    }
    this.#deadline = this.#nextDeadline();
    return this.#step.actions;
  }

  get #now(): Millis {
    return this.#step.now;
  }

  /** All that can be shown, as it is at a moment; changes nothing. */
  snapshot(instant: Instant): RouterSnapshot {
    return routerSnapshot(
      {
        protocol: this.#protocol,
        state: this.#isStopped ? 'stopped' : this.#speaker.state,
        interfaces: this.#interfaces,
        table: this.#table,
        triggeredUpdateAt: this.#speaker.triggered.deadline,
      },
      instant,
    );
  }

  #take(event: Event): void {
    switch (event.type) {
      case 'interface-up':
      case 'interface-changed':
        this.#era += 1;
        this.#interfaces.seen(event.interface);
        this.#installer.setOthers(this.#interfaces.others);
        break;
      case 'interface-down':
        this.#era += 1;
        this.#interfaces.gone(event.interface, event.running === true);
        this.#installer.setOthers(this.#interfaces.others);
        break;
      case 'datagrams-received':
        this.#received(event.interface, event.datagrams);
        break;
      case 'listening':
        this.#interfaces.listening(event.interface);
        break;
      case 'listen-failed':
        this.#interfaces.get(event.interface)?.listenFailed(event.reason, this.#now);
        break;
      case 'routes-stand':
        for (const fate of event.fates) this.#installer.stands(fate);
        break;
      case 'redistribution-changed':
        for (const route of event.routes) this.#own.redistribute(route, this.#now);
        for (const prefix of event.withdrawn) this.#own.withdraw(prefix, this.#now);
        this.#speaker.triggered.redistributed(this.#now);
        break;
      case 'default-route':
        this.#own.defaultRoute(event.present, this.#now);
        break;
      case 'reconfigured':
        this.#reconfigure(event.configuration);
        break;
      case 'commanded':
        if (event.command === 'stop') this.#stop();
        else this.#startDrain();
        break;
      case 'tick':
        break;
    }
  }

  #received(name: string, datagrams: readonly Datagram[]): void {
    const on = this.#interfaces.get(name);
    // Linux: what lies in a socket when the last address goes can still be read.
    if (on?.isSpeakable !== true) return;
    const reception = {
      now: this.#step.instant,
      protocol: this.#protocol,
      table: this.#table,
      triggered: this.#speaker.triggered,
      limits: this.#configuration.limits,
      ownAddresses: this.#interfaces.ownAddresses,
      era: this.#era,
      learns: this.#speaker.state !== 'draining',
      leastMetric: this.#speaker.leastMetric,
      output: this.#output,
      actions: this.#step.actions,
      askers: this.#speaker.askers,
    };
    for (const datagram of datagrams) receive(datagram, on, reception);
  }

  #reconfigure(configuration: RouterConfiguration): void {
    this.#configuration = configuration;
    this.#era += 1;
    this.#table.setLimits(configuration.limits);
    this.#table.setMaximumPaths(configuration.maximumPaths, this.#now);
    this.#own.configure(configuration, this.#now);
    this.#interfaces.reconfigure(configuration);
    this.#installer.setOthers(this.#interfaces.others);
  }

  /** RFC 2453 has no farewell; with it the neighbors need not wait for a timeout. */
  #stop(): void {
    for (const on of this.#interfaces) this.#speaker.sayFarewell(on, on.audience.recipients);
    this.#isStopped = true;
  }

  #startDrain(): void {
    if (!this.#speaker.drain(this.#now)) return;
    // Nothing is learned meanwhile, so nothing may time out for want of it: the kernel's routes stay.
    this.#table.postpone(longestDrain);
    this.#step.report({ type: 'draining', state: 'metric-15' });
  }

  #settle(): void {
    for (const change of this.#table.settle(this.#now)) {
      const { route, metricBefore } = change;
      const { prefix, metric, nextHops } = route;
      this.#installer.settle(change);
      this.#step.report({ type: 'route-changed', prefix, metricBefore, metric, nextHops });
      this.#speaker.triggered.changed(this.#now);
    }
  }

  #speak(): void {
    const before = this.#speaker.state;
    this.#speaker.speak(this.#interfaces, this.#configuration.triggeredUpdateDelay, this.#now);
    if (before === 'draining' && this.#speaker.state === 'drained')
      this.#step.report({ type: 'draining', state: 'drained' });
  }

  #nextDeadline(): Millis {
    if (this.#isStopped) return Number.POSITIVE_INFINITY;
    let earliest = Math.min(this.#table.deadline, this.#speaker.deadline(this.#interfaces));
    for (const on of this.#interfaces) earliest = Math.min(earliest, on.deadline);
    return earliest;
  }
}
