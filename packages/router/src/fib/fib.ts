/**
 * Keeps the kernel's routes as the router wants them. Before this file: `runtime.ts`, which passes on the router's
 * install and remove actions. After it: `slot-rules.ts` says what to request, `netlink/route` makes it bytes;
 * `wanted-routes.ts` tells what became of it.
 *
 * What is wanted is held against what the kernel has, prefix by prefix: when the router changes its mind, when the kernel
 * tells of a change, and for all prefixes after listing (at start, after lost notifications, once a minute, and when
 * links or addresses changed: Linux drops the IPv4 routes of a link that goes down without telling).
 *
 * Invariants: only routes of our protocol, table and metric are changed. One batch or list is under way at a time. A
 * prefix is planned anew only when the kernel has told of every change asked for before. What the kernel refused is
 * tried again until it is done or no longer wanted. Nothing is kept of a prefix that is neither wanted nor in the kernel.
 */
import type { NetlinkError } from '@ripstop/netlink';
import type { Millis } from '@ripstop/rip';
import { BetterRoutes } from '../kernel/better-routes.ts';
import { DefaultRouteWatch } from '../kernel/default-route-watch.ts';
import {
  type Asked,
  hasOurs,
  isUnicast,
  opensSubnet,
  type RouteFollower,
  type RouteTold,
} from '../kernel/kernel-route.ts';
import { KernelTable, type SlotChange } from '../kernel/kernel-table.ts';
import { type SlotRules, slotRules } from '../kernel/slot-rules.ts';
import type { Ports, RuntimeReport, Timer } from '../ports.ts';
import { failureReason } from '../system-failure.ts';
import { Agenda } from './agenda.ts';
import { FibEntries, type FibEntry } from './entries.ts';
import { Fight } from './fight.ts';
import { Injuries } from './injuries.ts';
import { type FibSnapshot, type KernelRouteSnapshot, kernelRoutes } from './kernel-view.ts';
import { Retries } from './retries.ts';
import { sweepRoutes } from './route-sweep.ts';
import type { FibEvent, FibSettings, RouteAction } from './settings.ts';
import { shuffle } from './shuffle.ts';
import { WantedRoutes } from './wanted-routes.ts';

/** Changes of one batch: bounds its memory and the time it holds up everything else (about 5 ms). */
const BATCH_CHANGES_MAX = 1024;
/** So long a route found at start is left as it is, though one neighbor wants it otherwise: another may yet confirm it. */
const CONFIRMATION_MS = 1_000;
/** Netlink port of the kernel itself. */
const KERNEL_PORT = 0;
/** What the kernel takes by itself goes with a link or an address. It tells of that next; if not, all is listed by then. */
const KERNEL_CHANGE_MS = 1_000;

export class Fib {
  readonly #settings: FibSettings;
  readonly #rules: SlotRules;
  readonly #ports: Ports;
  readonly #timer: Timer;
  readonly #table: KernelTable;
  readonly #better: BetterRoutes;
  readonly #entries = new FibEntries();
  readonly #agenda: Agenda;
  readonly #retries = new Retries();
  readonly #fight = new Fight();
  readonly #wanted: WantedRoutes;
  readonly #tell: (event: FibEvent) => void;
  readonly #injuries: Injuries;
  /** Notifications were lost since the last list: a route that is missing then is someone's doing. */
  #overrun = false;
  /** Why the kernel could not be asked, as last reported; undefined again when it was. */
  #failure: string | undefined;
  #working = false;
  #work: Promise<void> = Promise.resolve();
  #isListening = false;
  #stopping = false;
  #overruns = 0;

  /**
   * @param tell gets how the wanted routes stand, at first and whenever that changes; and whether there is a default route that
   *   is not ours, whenever that changes
   * @param followers see what is listed and what is told, too
   */
  constructor(
    settings: FibSettings,
    ports: Ports,
    tell: (event: FibEvent) => void,
    followers: readonly RouteFollower[] = [],
  ) {
    this.#settings = settings;
    this.#rules = slotRules[settings.family];
    this.#ports = ports;
    this.#timer = ports.createTimer();
    this.#tell = tell;
    this.#agenda = new Agenda((slot) => hasOurs(settings, slot));
    this.#wanted = new WantedRoutes(this.#entries, this.#rules, ports.journal);
    this.#injuries = new Injuries(settings, this.#wanted, this.#fight, ports.clock);
    const defaultRoutes = new DefaultRouteWatch(settings, (present) =>
      tell({ type: 'default-route', present }),
    );
    this.#better = new BetterRoutes(settings, (prefix) => {
      const entry = this.#entries.find(prefix);
      if (entry?.wanted !== undefined) this.#agenda.plan(entry);
    });
    const all = [defaultRoutes, this.#better, ...followers];
    this.#table = new KernelTable(settings, ports.kernel, all, this.#entries);
  }

  /**
   * Adopts the routes of our protocol that are there. Nothing may be wanted before; notifications may come.
   * @throws SyscallError, NetlinkError if the kernel's routes cannot be listed
   */
  async start(): Promise<void> {
    // A list that is asked for meanwhile waits, and so does `stop`.
    this.#working = true;
    this.#work = this.#adopt();
    await this.#work;
    this.#working = false;
    this.#wake();
  }

  /**
   * Neighbors can be heard from now on: what was found at start has the stale time to be announced again. Until then it may
   * be the routes of another daemon, which has the port, and is left alone. Calling it again does nothing.
   */
  listening(): void {
    if (this.#isListening) return;
    this.#isListening = true;
    this.#agenda.expireAt(this.#now() + CONFIRMATION_MS, this.#now() + this.#settings.staleTime);
    this.#wake();
  }

  /** What one step of the router changes. The last of several actions for one prefix counts. */
  apply(actions: readonly RouteAction[]): void {
    const removed: FibEntry[] = [];
    for (const action of actions) {
      const { prefix } = action;
      if (action.type === 'install-route') {
        const entry = this.#entries.at(prefix);
        this.#wanted.add(entry, action.nextHops);
        this.#agenda.claim(entry);
        this.#agenda.plan(entry);
        continue;
      }
      const entry = this.#entries.find(prefix);
      if (entry?.wanted === undefined) continue;
      this.#wanted.delete(entry);
      this.#fight.forget(prefix);
      removed.push(entry);
    }
    for (const entry of shuffle(removed, this.#ports.random)) this.#agenda.plan(entry);
    this.#wake();
  }

  /** What the kernel tells of routes. */
  receive(told: readonly RouteTold[]): void {
    for (const change of this.#table.receive(told)) this.#observe(change);
    const mayBePossible = !this.#retries.isEmpty && told.some(opensSubnet);
    if (mayBePossible || this.#table.takeDoubt()) this.#agenda.list(this.#now());
    this.#tellFates();
    this.#wake();
  }

  /** Links or addresses changed: routes may have gone silently, and refused ones may be possible now. */
  interfacesChanged(): void {
    this.listWithin(0);
  }

  /** Lists the kernel's routes anew: so long from now, or earlier. */
  listWithin(delay: Millis): void {
    this.#agenda.list(this.#now() + delay);
    this.#wake();
  }

  /** The kernel dropped notifications. */
  notificationsLost(): void {
    this.#overrun = true;
    this.#overruns += 1;
    this.#report({ type: 'kernel-overrun' });
    this.#agenda.list(this.#now());
    this.#wake();
  }

  /**
   * Changes nothing any more, after having removed all our routes if it is to; but none if no neighbor could be heard (see
   * `listening`).
   * @param onExit as the settings say, if not given
   * @throws SyscallError, NetlinkError if the kernel cannot be asked
   */
  async stop(onExit = this.#settings.onExit): Promise<void> {
    this.abandon();
    await this.#work;
    if (this.#isListening && onExit === 'remove')
      await sweepRoutes(this.#settings, this.#entries, this.#ports, BATCH_CHANGES_MAX);
  }

  /** Changes nothing any more, and leaves the kernel's routes as they are. */
  abandon(): void {
    this.#stopping = true;
    this.#timer.clear();
  }

  snapshot(): FibSnapshot {
    return { ...this.#wanted.snapshot(), stale: this.#agenda.stale, overruns: this.#overruns };
  }

  /** How the kernel stands to each prefix for which we want a route, or have one. */
  kernelRoutes(): KernelRouteSnapshot[] {
    return kernelRoutes(this.#entries, this.#fight, this.#retries);
  }

  async #adopt(): Promise<void> {
    await this.#table.list();
    this.#agenda.listed(this.#now());
    const found = this.#table.ownEntries();
    for (const entry of found) entry.isHeld = true;
    this.#agenda.adopt(found);
    if (found.length > 0) this.#report({ type: 'stale-routes', change: 'adopted', routes: found.length });
  }

  #observe(change: SlotChange): void {
    const { entry, own } = change;
    const { operation, portId, protocol } = change.observation;
    // Also if it was given up meanwhile: what we have made is ours to remove.
    if (own && operation === 'new') entry.isHeld = true;
    const { wanted, isHeld } = entry;
    if (wanted === undefined && !isHeld) this.#entries.release(entry);
    else if (portId === KERNEL_PORT && protocol === this.#settings.protocol)
      this.#agenda.list(this.#now() + KERNEL_CHANGE_MS);
    else {
      this.#agenda.plan(entry);
      if (wanted !== undefined) this.#injuries.observe(change, wanted);
    }
  }

  #wake(): void {
    if (this.#working || this.#stopping) return;
    this.#working = true;
    this.#work = this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#ports.kernel.poll();
      const list = this.#agenda.takeList(this.#now(), this.#overrun);
      if (list !== undefined) await this.#list(list === 'audit');
      else if (this.#agenda.hasPlans) {
        const batch = this.#nextBatch();
        this.#tellFates();
        if (batch.length > 0) await this.#change(batch);
      } else break;
    }
    this.#working = false;
    if (!this.#stopping) this.#arm();
  }

  #nextBatch(): readonly Asked[] {
    const batch: Asked[] = [];
    while (batch.length < BATCH_CHANGES_MAX) {
      const entry = this.#agenda.take();
      if (entry === undefined) break;
      // The expected receipt will bring it back.
      if (entry.expected === 0 && !this.#fight.isPaused(entry.prefix)) this.#plan(entry, batch);
      this.#entries.release(entry);
    }
    return batch;
  }

  /** @param batch gets what is to be asked of the kernel */
  #plan(entry: FibEntry, batch: Asked[]): void {
    const { prefix, slot, wanted, isHeld } = entry;
    // What others have added with our protocol is theirs.
    if (wanted === undefined && !isHeld) return;
    const plan = this.#rules.plan(this.#settings, prefix, slot, wanted);
    if (plan.type === 'settled') this.#settle(entry);
    else if (plan.type === 'change') {
      if (wanted !== undefined && this.#awaitsConfirmation(entry)) return;
      const shapes = wanted?.shapes ?? [];
      for (const request of plan.requests) batch.push({ entry, request, shapes });
    } else if (plan.protocol === undefined) this.#agenda.list(this.#now());
    else if (wanted !== undefined) {
      this.#retries.accept(prefix);
      this.#wanted.conflicts(wanted, plan.protocol, slot.some(isUnicast));
    }
  }

  /** Whether it was found at start, still serves, and another neighbor may want it as it is. */
  #awaitsConfirmation(entry: FibEntry): boolean {
    if (!this.#agenda.awaitsConfirmation(entry, this.#now())) return false;
    return hasOurs(this.#settings, entry.slot);
  }

  async #change(batch: readonly Asked[]): Promise<void> {
    for (const { entry } of batch) entry.isHeld = true;
    this.#table.expect(batch, this.#now());
    try {
      const outcomes = await this.#ports.kernel.batch(
        batch.map(({ request }) => request),
        { numbered: (index, sequence) => this.#table.numbered(batch, index, sequence) },
      );
      for (const [at, error] of outcomes.entries()) {
        const asked = batch[at];
        if (error !== undefined && asked !== undefined) this.#refuse(asked, error);
      }
      this.#tellFates();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #list(isAudit: boolean): Promise<void> {
    try {
      const changes = await this.#table.list();
      this.#failure = undefined;
      this.#agenda.listed(this.#now());
      if (this.#overrun) this.#injuries.find(this.#entries, 'notifications were lost');
      // A link that went down meanwhile would be the cause: it is told of, and asks for another list.
      else if (isAudit && !this.#agenda.isListDue(this.#now()))
        this.#injuries.find(this.#entries, 'nothing was told');
      this.#overrun = false;
      for (const entry of this.#entries) {
        // What the kernel refuses is asked for at its own time, unless links or addresses have changed.
        const isLeft = isAudit && this.#retries.reasonOf(entry.prefix) !== undefined;
        if ((entry.wanted !== undefined || entry.isHeld) && !isLeft) this.#agenda.plan(entry);
      }
      for (const change of changes) this.#observe(change);
      this.#tellFates();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The kernel has what is wanted. */
  #settle(entry: FibEntry): void {
    const { prefix, slot, wanted } = entry;
    this.#agenda.confirm(entry);
    this.#retries.accept(prefix);
    entry.isHeld = wanted !== undefined;
    if (wanted !== undefined) this.#wanted.settled(wanted, this.#better.over(prefix, slot));
  }

  #refuse(asked: Asked, error: NetlinkError): void {
    const { entry, request } = asked;
    const { prefix, wanted } = entry;
    if (request.operation === 'delete' && error.code === 'ESRCH') {
      this.#table.removeRefused(asked);
      this.#agenda.plan(entry);
      return;
    }
    // The slot is not what it was taken for, or the answer was lost. Linux: ENOBUFS also says that there is no memory.
    if ((error.code === 'EEXIST' || error.code === 'ENOBUFS') && this.#retries.doubt(prefix)) {
      this.#agenda.list(this.#now());
      return;
    }
    this.#table.expectLess(entry);
    const reason = error.message;
    const isNew = this.#retries.refuse(prefix, reason, this.#now());
    if (wanted !== undefined) this.#wanted.refused(wanted, reason);
    else if (isNew) this.#report({ type: 'route-removal-failed', prefix, reason });
  }

  /** The system's failure, not the refusal of one request: what became of the requests is not known. */
  #fail(error: unknown): void {
    const reason = failureReason(error);
    if (this.#stopping) return;
    if (reason !== this.#failure) this.#report({ type: 'kernel-failed', reason });
    this.#failure = reason;
    this.#agenda.listFailed(this.#now());
  }

  #tellFates(): void {
    const fates = this.#wanted.takeFates();
    if (fates.length > 0) this.#tell({ type: 'routes-stand', fates });
  }

  #arm(): void {
    const overdueAt = Math.max(this.#table.overdueAt, this.#agenda.listableAt);
    const others = Math.min(overdueAt, this.#retries.deadline, this.#fight.deadline);
    this.#timer.set(Math.min(this.#agenda.deadline, others), () => this.#due());
  }

  #due(): void {
    const now = this.#now();
    this.#agenda.endConfirmation(now);
    const expired = this.#agenda.expire(now);
    if (expired.length > 0) this.#report({ type: 'stale-routes', change: 'removed', routes: expired.length });
    for (const entry of shuffle(expired, this.#ports.random)) this.#agenda.plan(entry);
    for (const prefix of [...this.#retries.take(now), ...this.#fight.take(now)]) {
      const entry = this.#entries.find(prefix);
      if (entry !== undefined) this.#agenda.plan(entry);
    }
    const news = this.#fight.news(now);
    if (news !== undefined) this.#report(news);
    if (now >= this.#table.overdueAt) this.#agenda.list(now);
    this.#wake();
  }

  #now(): Millis {
    return this.#ports.clock.now().monotonic;
  }

  #report(report: RuntimeReport): void {
    this.#ports.journal.report(report);
  }
}
