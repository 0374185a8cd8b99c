/** A host in memory: a clock that stands still until it is told to go on, and a kernel. */
import type { Instant, Report } from '@ripstop/rip';
import type { DatagramSocket, Datagrams, Ports, RuntimeReport, Timer } from '@ripstop/router';
import { ObservedKernel } from './observed-kernel.ts';

export class FakeHost implements Ports {
  readonly kernel = new ObservedKernel();
  readonly reports: (Report | RuntimeReport)[] = [];
  readonly journal = { report: (report: Report | RuntimeReport): void => void this.reports.push(report) };
  readonly #alarms = new Map<object, { deadline: number; due: () => void }>();
  #now = 0;

  readonly clock = { now: (): Instant => ({ monotonic: this.#now, wall: this.#now }) };

  datagrams: Datagrams = {
    open(): DatagramSocket {
      throw new Error('no sockets here');
    },
  };

  readonly state = { reserveSequence: (): void => undefined };

  createTimer(): Timer {
    const key = {};
    return {
      set: (deadline, due) => void this.#alarms.set(key, { deadline, due }),
      clear: () => void this.#alarms.delete(key),
    };
  }

  random(): number {
    return 0;
  }

  /** Lets everything happen that waits for no time. */
  async settle(): Promise<void> {
    await this.advance(0);
  }

  /** Lets the time go by, and everything happen at its time. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    for (;;) {
      // Every promise of the fakes is resolved; a hundred turns are more than the longest chain of them has.
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      const [first] = [...this.#alarms].sort(([, a], [, b]) => a.deadline - b.deadline);
      if (first === undefined || first[1].deadline > until) break;
      const [key, { deadline, due }] = first;
      this.#now = Math.max(this.#now, deadline);
      this.#alarms.delete(key);
      due();
    }
    this.#now = until;
  }
}
