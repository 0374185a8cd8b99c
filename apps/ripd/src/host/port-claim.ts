/**
 * Keeps a second `ripd` that speaks the same protocol out of a network namespace, on other interfaces too. Both would keep the
 * same part of the kernel's table: the second one would take the routes of the first for left behind, and remove them.
 * Before this file: `instance`. After it: `socket/udp/held-port`.
 */
import type { Protocol } from '@ripstop/rip';
import { HeldUdpPort, type NamespaceReference } from '@ripstop/socket';

export class PortClaim {
  readonly #protocol: Protocol;
  readonly #namespace: NamespaceReference | undefined;
  #port: HeldUdpPort | undefined;

  constructor(protocol: Protocol, namespace: NamespaceReference | undefined) {
    this.#protocol = protocol;
    this.#namespace = namespace;
  }

  /** Calling it again does nothing. @throws SyscallError that names the process that is there already */
  take(): void {
    const { port, family } = this.#protocol;
    this.#port ??= new HeldUdpPort(port, family, this.#namespace);
  }

  release(): void {
    this.#port?.release();
    this.#port = undefined;
  }
}
