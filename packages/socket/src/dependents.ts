/**
 * What lives on a client or on a mirror and ends with it: subscriptions, watches, streams.
 *
 * Before it: `rtnetlink` or `mirror`, which ends. After it: whoever reads, and is told so.
 */

export interface Dependent {
  /** Hands on what is queued. Absent: it is never asked to. */
  poll?(): void;
  /** What it lives on was closed. */
  close(): void;
  /** What it lives on broke. */
  fail(error: unknown): void;
}

export class Dependents {
  readonly #living = new Set<Dependent>();
  /** Why nothing may begin any more. */
  #ended: { readonly reason: unknown } | undefined;

  /** @throws what ended it all, if anything did */
  requireOpen(): void {
    if (this.#ended !== undefined) throw this.#ended.reason;
  }

  add(dependent: Dependent): void {
    this.#living.add(dependent);
  }

  delete(dependent: Dependent): void {
    this.#living.delete(dependent);
  }

  /** Has all hand on what is queued. */
  poll(): void {
    for (const dependent of [...this.#living]) dependent.poll?.();
  }

  /** Ends all; whatever begins later fails with `reason`. Calling it again does nothing. */
  close(reason: unknown): void {
    this.#end(reason, (dependent) => dependent.close());
  }

  /** Ends all with an error. Calling it again does nothing. */
  fail(error: unknown): void {
    this.#end(error, (dependent) => dependent.fail(error));
  }

  #end(reason: unknown, tell: (dependent: Dependent) => void): void {
    this.#ended ??= { reason };
    const all = [...this.#living];
    this.#living.clear();
    for (const dependent of all) tell(dependent);
  }
}
