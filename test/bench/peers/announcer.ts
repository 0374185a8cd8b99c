/** A neighbor that announces many routes at once or paced: `sender.c` in a node of a lab. */
import type { LabNode } from '@ripstop/lab';
import { compile } from '../../kit/c-program.ts';
import type { Protocol } from '../../kit/protocol.ts';

/** What a neighbor announces for a destination that it has lost. RFC 2453 §3.6. */
export const INFINITY = 16;

export interface Announcement {
  readonly routes: number;
  readonly metric: number;
  /** Microseconds from one packet to the next; 0: as fast as the kernel takes them. */
  readonly gap: number;
}

/** Instants are nanoseconds of CLOCK_MONOTONIC. */
export interface Sent {
  /** Before the first packet left. */
  readonly first: number;
  /** After the last packet left. */
  readonly last: number;
  readonly packets: number;
}

export class Announcer {
  readonly #node: LabNode;
  readonly #interface: string;
  readonly #protocol: Protocol;
  readonly #program: string;

  /** @param directory for the program */
  constructor(node: LabNode, interfaceName: string, protocol: Protocol, directory: string) {
    this.#node = node;
    this.#interface = interfaceName;
    this.#protocol = protocol;
    this.#program = compile('bench/peers/sender', directory);
  }

  /** Sends full responses to the protocol's group; the same routes in the same packets each time. */
  async announce({ routes, metric, gap }: Announcement): Promise<Sent> {
    const parameters = [routes, metric, gap].map(String);
    const output = await this.#node.exec(this.#program, this.#protocol.name, this.#interface, ...parameters);
    const [first = Number.NaN, last = Number.NaN, packets = Number.NaN] = output.split(' ').map(Number);
    return { first, last, packets };
  }
}
