/** The ports of a runtime, or of its fib alone, on a node's real kernel and UDP, with a real clock; reports are kept. */
import type { LabNode } from '@ripstop/lab';
import { type Instant, type Protocol, type Report, rip } from '@ripstop/rip';
import type { Datagrams, Ports, RuntimeReport, Timer } from '@ripstop/router';
import { openUdpSocket, Rtnetlink } from '@ripstop/socket';

export class KernelHost implements Ports {
  readonly kernel: Rtnetlink;
  readonly reports: (Report | RuntimeReport)[] = [];
  readonly journal = { report: (report: Report | RuntimeReport): void => void this.reports.push(report) };
  readonly clock = { now: (): Instant => ({ monotonic: performance.now(), wall: Date.now() }) };
  readonly datagrams: Datagrams;
  readonly state = { reserveSequence: (): void => undefined };
  readonly random = Math.random;
  /** How often a timer has come due. */
  alarms = 0;
  readonly #timers = new Set<Timer>();

  constructor({ namespace }: LabNode, { port, group }: Protocol = rip) {
    this.kernel = Rtnetlink.open({ namespace });
    this.datagrams = {
      open: (target, { ttl }, receive, failed) =>
        openUdpSocket({
          interface: target,
          port,
          group,
          ttl,
          namespace,
          receive,
          failed,
        }),
    };
  }

  createTimer(): Timer {
    let handle: NodeJS.Timeout | undefined;
    const timer: Timer = {
      set: (deadline, due) => {
        timer.clear();
        // Fractions of a millisecond upwards: a timeout may come a little early.
        const delay = Math.min(1_000_000, Math.ceil(deadline - performance.now()) + 1);
        handle = setTimeout(() => {
          this.alarms += 1;
          due();
        }, delay);
      },
      clear: () => clearTimeout(handle),
    };
    this.#timers.add(timer);
    return timer;
  }

  close(): void {
    for (const timer of this.#timers) timer.clear();
    this.kernel.close();
  }
}
