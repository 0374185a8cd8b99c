/** The step under way: its moment, and what has to happen because of it. Whoever acts in a step shares it. */
import type { Instant, Millis } from './time.ts';
import type { Action, Report } from './vocabulary.ts';

export class Step {
  #instant: Instant = { monotonic: 0, wall: 0 };
  #actions: Action[] = [];

  get instant(): Instant {
    return this.#instant;
  }

  /** On the monotonic clock. */
  get now(): Millis {
    return this.#instant.monotonic;
  }

  /** In the order in which they have to happen. */
  get actions(): Action[] {
    return this.#actions;
  }

  /** The step before has ended. */
  begin(instant: Instant): void {
    this.#instant = instant;
    this.#actions = [];
  }

  report(report: Report): void {
    this.#actions.push({ type: 'report', report });
  }
}
