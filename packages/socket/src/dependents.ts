/**
 * What lives on a client's sockets and ends with it: subscriptions, watches, streams.
 *
 * Before it: `rtnetlink`, which ends. After it: whoever reads, and is told so.
 */
import type { SyscallError } from './libc.ts';

export interface Dependent {
  /** The client was closed. */
  close(): void;
  /** A socket of the client broke. */
  fail(error: SyscallError): void;
}

export class Dependents {
  readonly #living = new Set<Dependent>();
  /** Why nothing may begin any more. */
  #ended: SyscallError | undefined;

  /** @throws SyscallError if the client has ended */
  requireOpen(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  add(dependent: Dependent): void {
    this.#living.add(dependent);
  }

  delete(dependent: Dependent): void {
    this.#living.delete(dependent);
  }

  /** Ends all; whatever begins later fails with `reason`. Calling it again does nothing. */
  close(reason: SyscallError): void {
    this.#end(reason, (dependent) => dependent.close());
  }

  /** Ends all with an error. Calling it again does nothing. */
  fail(error: SyscallError): void {
    this.#end(error, (dependent) => dependent.fail(error));
  }

  #end(reason: SyscallError, tell: (dependent: Dependent) => void): void {
    this.#ended ??= reason;
    const all = [...this.#living];
    this.#living.clear();
    for (const dependent of all) tell(dependent);
  }
}
