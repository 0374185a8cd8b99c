/**
 * Keeps `Interfaces` up to date: by lists at start and after lost notifications, by notifications in between. Before this
 * file: `runtime.ts`, which subscribes. After it: `interfaces.ts`.
 */
import type { Interface, Millis } from '@ripstop/rip';
import type { AddressFamily } from '@ripstop/wire';
import {
  type DuplicateAddress,
  type IdleInterface,
  type InterfaceChanges,
  type InterfaceNotification,
  Interfaces,
} from './interfaces.ts';
import type { Ports, Timer } from './ports.ts';
import { failureReason } from './system-failure.ts';

const RETRY_MS: Millis = 1_000;

export class InterfaceWatch {
  readonly #family: AddressFamily;
  readonly #ports: Ports;
  readonly #timer: Timer;
  readonly #tell: (changes: InterfaceChanges) => void;
  readonly #interfaces: Interfaces;
  /** While lists are under way: they may be older or newer than what is told meanwhile. */
  #heard: InterfaceNotification[] | undefined;
  /** Notifications were lost since the lists were begun. */
  #lost = false;
  /** Why listing failed, as last reported. */
  #failure: string | undefined;
  #stopped = false;

  constructor(family: AddressFamily, ports: Ports, tell: (changes: InterfaceChanges) => void) {
    this.#family = family;
    this.#ports = ports;
    this.#timer = ports.createTimer();
    this.#tell = tell;
    this.#interfaces = new Interfaces(family);
  }

  /** @throws SyscallError, NetlinkError, InterruptedDumpError if links or addresses cannot be listed */
  async list(): Promise<void> {
    do await this.#listOnce();
    while (this.#lost);
  }

  receive(notifications: readonly InterfaceNotification[]): void {
    if (this.#heard !== undefined) this.#heard.push(...notifications);
    else if (notifications.length > 0 && !this.#stopped) this.#pass(this.#interfaces.receive(notifications));
  }

  /** Those that are usable, as the router knows them. */
  get known(): Iterable<Interface> {
    return this.#interfaces.known;
  }

  /** The name of an interface that carries packets, whether it has addresses or not; undefined: it carries none. */
  runningName(index: number): string | undefined {
    return this.#interfaces.runningName(index);
  }

  get idle(): readonly IdleInterface[] {
    return this.#interfaces.idle;
  }

  get duplicates(): readonly DuplicateAddress[] {
    return this.#interfaces.duplicates;
  }

  /** The kernel dropped notifications: lists everything again, until that succeeds. */
  notificationsLost(): void {
    if (this.#heard !== undefined) this.#lost = true;
    else void this.#relist();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer.clear();
  }

  async #listOnce(): Promise<void> {
    const heard: InterfaceNotification[] = [];
    this.#heard = heard;
    this.#lost = false;
    try {
      const links = await this.#ports.kernel.links.list();
      const addresses = await this.#ports.kernel.addresses.list({ family: this.#family });
      this.#pass({ events: this.#interfaces.replace(links, addresses), disturbed: false });
    } finally {
      this.#heard = undefined;
    }
    this.receive(heard);
  }

  #pass(changes: InterfaceChanges): void {
    for (const duplicate of this.#interfaces.takeDuplicates())
      this.#ports.journal.report({ type: 'address-duplicate', ...duplicate });
    this.#tell(changes);
  }

  async #relist(): Promise<void> {
    try {
      await this.list();
      this.#failure = undefined;
    } catch (error) {
      const reason = failureReason(error);
      if (this.#stopped) return;
      if (reason !== this.#failure) this.#ports.journal.report({ type: 'kernel-failed', reason });
      this.#failure = reason;
      this.#timer.set(this.#ports.clock.now().monotonic + RETRY_MS, () => this.notificationsLost());
    }
  }
}
