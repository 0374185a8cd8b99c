/**
 * A neighbor that says exactly what a test wants, and listens to nothing. Its packets leave through our own UDP socket;
 * that those are right is what the interop tests show.
 */
import type { LabNode } from '@ripstop/lab';
import { type Entry, type Protocol, rip } from '@ripstop/rip';
import { openUdpSocket, type UdpSocket } from '@ripstop/socket';
import type { Address } from '@ripstop/wire';

export interface SpeakerOptions {
  /** `rip` if not given. */
  readonly protocol?: Protocol;
  /** The source port of what it sends; the protocol's if not given. */
  readonly port?: number;
}

export class Speaker {
  readonly #socket: UdpSocket;
  readonly #protocol: Protocol;
  #failure: Error | undefined;

  private constructor(
    node: LabNode,
    name: string,
    index: number,
    { protocol = rip, port = protocol.port }: SpeakerOptions,
  ) {
    const failed = (error: Error): void => {
      this.#failure ??= error;
    };
    this.#protocol = protocol;
    this.#socket = openUdpSocket({
      interface: { name, index },
      port,
      group: protocol.group,
      namespace: node.namespace,
      receive: () => undefined,
      unsent: failed,
      failed,
    });
  }

  static async open(node: LabNode, name: string, options: SpeakerOptions = {}): Promise<Speaker> {
    return new Speaker(node, name, await node.interfaceIndex(name), options);
  }

  /** Sends a packet to one router, or to all of the link. The kernel chooses its source. */
  send(packet: Uint8Array, destination: Address = this.#protocol.group): void {
    const source = this.#protocol.family === 'ipv4' ? '0.0.0.0' : '::';
    this.#socket.send(packet, { source, destination, port: this.#protocol.port });
  }

  /** Sends responses, full packets back to back. */
  announce(entries: readonly Entry[]): void {
    for (const packet of this.#protocol.encodeResponses(entries)) this.send(packet);
  }

  /** Resolves when everything has left. @throws Error if something did not */
  async close(): Promise<void> {
    await this.#socket.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
