/**
 * How packets leave: encoded for their version, authenticated, counted, as actions.
 *
 * Before: `speaker` with entries, `answer` with an answer. After: `send` actions, which `Runtime` gives to a socket.
 *
 * Invariant: nothing leaves an interface that is to authenticate without authentication; a sequence number is used only
 * when it has been reserved.
 */
import type { Authenticator } from '../authentication/authenticator.ts';
import type { SequenceNumbers } from '../authentication/sequence.ts';
import type { RipInterface } from '../interface/interface.ts';
import type { Entry } from '../packet/packet.ts';
import { encodeWholeTableRequest } from '../packet/request.ts';
import type { Protocol } from '../protocol.ts';
import type { Step } from '../step.ts';
import { Echo } from './echo.ts';
import type { Destination } from './recipient.ts';

export class Output {
  readonly echo = new Echo();
  readonly #protocol: Protocol;
  readonly #sequences: SequenceNumbers;
  readonly #step: Step;

  constructor(protocol: Protocol, sequences: SequenceNumbers, step: Step) {
    this.#protocol = protocol;
    this.#sequences = sequences;
    this.#step = step;
  }

  /** @param leastMetric no route is announced with a lower one */
  respond(on: RipInterface, to: Destination, entries: readonly Entry[], leastMetric = 1): number {
    const perPacket = on.authenticator?.entriesPerPacket(this.#step.instant.wall) ?? on.entriesPerPacket;
    const announced = leastMetric > 1 ? entries.map((entry) => atLeast(entry, leastMetric)) : entries;
    const packets = this.#protocol.encodeResponses(announced, { version: to.version, perPacket });
    for (const packet of packets) this.send(on, to, packet);
    return packets.length;
  }

  /** Asks for everything (RFC 2453 §3.9.1). */
  ask(on: RipInterface, to: Destination): void {
    this.send(on, to, encodeWholeTableRequest(to.version));
  }

  /** Sends one packet that is complete but for its authentication. */
  send(on: RipInterface, to: Destination, plain: Uint8Array): void {
    const { source, destination, port = this.#protocol.port } = to;
    on.counters.packetsSent += 1;
    const packet = on.authenticator === undefined ? plain : this.#authenticated(on.authenticator, plain);
    const sent = { type: 'send', interface: on.name, source, destination, port, packet } as const;
    if (this.#protocol.isLinkScoped(source)) this.echo.note(source, packet, this.#step.now);
    this.#step.actions.push(on.link.isBroadcast(destination) ? { ...sent, broadcast: true } : sent);
  }

  #authenticated(authenticator: Authenticator, plain: Uint8Array): Uint8Array {
    const { number, reserve } = this.#sequences.next(this.#step.instant);
    if (reserve !== undefined) this.#step.actions.push({ type: 'reserve-sequence', sequence: reserve });
    return authenticator.authenticate(plain, number, this.#step.instant.wall);
  }
}

function atLeast(entry: Entry, metric: number): Entry {
  return entry.metric >= metric ? entry : { ...entry, metric, nextHop: undefined };
}
