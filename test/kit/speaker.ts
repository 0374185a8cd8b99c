/**
 * A neighbor that says exactly what a test wants, and listens to nothing. Its packets leave through our own UDP socket;
 * that those are right is what the interop tests show.
 */
import type { LabNode } from '@ripstop/lab';
import { type Entry, encodeResponses, ripGroup, ripPort } from '@ripstop/rip';
import { openUdpSocket, type UdpSocket } from '@ripstop/socket';

export class Speaker {
  readonly #socket: UdpSocket;
  #failure: Error | undefined;

  private constructor(node: LabNode, name: string, index: number, port: number) {
    const failed = (error: Error): void => {
      this.#failure ??= error;
    };
    this.#socket = openUdpSocket({
      interface: { name, index },
      port,
      group: ripGroup,
      namespace: node.namespace,
      receive: () => undefined,
      unsent: failed,
      failed,
    });
  }

  /** @param port the source port of what it sends */
  static async open(node: LabNode, name: string, port = ripPort): Promise<Speaker> {
    return new Speaker(node, name, await node.interfaceIndex(name), port);
  }

  /** Sends a packet to all routers of the link. */
  send(packet: Uint8Array): void {
    this.#socket.send(packet, { source: '0.0.0.0', destination: ripGroup, port: ripPort });
  }

  /** Sends responses, full packets back to back. */
  announce(entries: readonly Entry[]): void {
    for (const packet of encodeResponses(entries)) this.send(packet);
  }

  /** Resolves when everything has left. @throws Error if something did not */
  async close(): Promise<void> {
    await this.#socket.close();
    if (this.#failure !== undefined) throw this.#failure;
  }
}
