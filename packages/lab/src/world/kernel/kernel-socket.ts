/**
 * A netlink socket of the simulated kernel: a queue of datagrams that its reader comes for later.
 *
 * Before it: `answers.ts` and the announcements. After it: `kernel-client.ts`.
 *
 * Invariants: nothing is handed on inside the call that caused it; what is handed on is in the kernel's order. What does
 * not fit into the queue is lost, and so is what comes after it until the reader has come: then it is told of the loss.
 */
import type { ObjectName } from '@ripstop/netlink';
import type { AddressFamily } from '@ripstop/wire';

export interface KernelSocketOptions {
  readonly portId: number;
  /** Objects of which it is told: its multicast groups. */
  readonly objects: ReadonlySet<ObjectName>;
  /** Of these, links excepted, only what is of this family; of both, if undefined. */
  readonly family: AddressFamily | undefined;
  /** Datagrams that the queue holds. */
  readonly queueLength: number;
  readonly later: (callback: () => void) => void;
  readonly receive: (datagrams: readonly Uint8Array[]) => void;
  /** Datagrams were lost (ENOBUFS): those that were queued before have been handed on. */
  readonly overrun: () => void;
}

export class KernelSocket {
  readonly portId: number;
  readonly objects: ReadonlySet<ObjectName>;
  readonly #options: KernelSocketOptions;
  #queue: Uint8Array[] = [];
  #isOverrun = false;
  #isAwaited = false;
  #isClosed = false;

  constructor(options: KernelSocketOptions) {
    this.portId = options.portId;
    this.objects = options.objects;
    this.#options = options;
  }

  /** Whether it is a member of the multicast group that tells of this. */
  hears(object: ObjectName, family: unknown): boolean {
    const { objects, family: only } = this.#options;
    return objects.has(object) && (object === 'link' || only === undefined || only === family);
  }

  deliver(datagram: Uint8Array): void {
    if (this.#isOverrun || this.#isClosed) return;
    if (this.#queue.length === this.#options.queueLength) this.#isOverrun = true;
    else this.#queue.push(datagram);
    this.#awaitReader();
  }

  /** Loses what comes until the reader has come. */
  overrun(): void {
    this.#isOverrun = true;
    this.#awaitReader();
  }

  close(): void {
    this.#isClosed = true;
    this.#queue = [];
  }

  #awaitReader(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    this.#options.later(() => this.#read());
  }

  #read(): void {
    const queue = this.#queue;
    const wasOverrun = this.#isOverrun;
    this.#queue = [];
    this.#isOverrun = false;
    this.#isAwaited = false;
    if (queue.length > 0 && !this.#isClosed) this.#options.receive(queue);
    if (wasOverrun && !this.#isClosed) this.#options.overrun();
  }
}
