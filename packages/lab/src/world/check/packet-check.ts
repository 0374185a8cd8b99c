/**
 * Every packet that leaves a router, looked at as it leaves: its form, its addresses, its sequence number, and whether
 * policy lets it say what it says. Before this file: `world.ts`, which tells of each. After it: `form.ts`.
 */
import { decodePacket, infinity, type Millis, type Protocol } from '@ripstop/rip';
import type { Departure } from '../datagrams.ts';
import type { World, WorldObserver } from '../world.ts';
import type { Form } from './form.ts';
import { isForbidden, speakers } from './hearing.ts';
import { ripForm } from './rip-form.ts';
import { ripngForm } from './ripng-form.ts';
import type { Violation } from './violation.ts';

const forms: Readonly<Record<Protocol['name'], Form>> = { rip: ripForm, ripng: ripngForm };

/** No more is kept of one world: the first says all. */
const VIOLATIONS_MAX = 20;

export class PacketCheck implements WorldObserver {
  readonly violations: Violation[] = [];
  readonly #world: World;
  /** When an interface was first seen to have no such address, by router, interface and address. */
  readonly #missing = new Map<string, Millis>();
  /** Greatest sequence number by router, interface and key. */
  readonly #sequences = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  sent(at: Millis, departure: Departure): void {
    const { protocol, port, destination, bytes } = departure;
    const form = forms[protocol.name];
    const name = `${port.router} sends to ${destination} on ${port.interface}`;
    this.#checkSource(at, departure, name);
    const fault = form.fault(departure);
    if (fault !== undefined) this.#found('packets are well-formed', at, `${name} ${fault}`);
    this.#checkSequence(at, departure, form, name);
    this.#checkContent(at, departure, form.plain(bytes), name);
  }

  /** In the moment in which an address goes its router may not know it yet, and then says farewell from it. */
  #checkSource(at: Millis, { port, source }: Departure, name: string): void {
    const place = `${port.router} ${port.interface} ${source}`;
    if (port.has(source)) this.#missing.delete(place);
    else {
      const since = this.#missing.get(place) ?? at;
      this.#missing.set(place, since);
      if (since < at)
        this.#found('packets are well-formed', at, `${name} from ${source}, which it has not there`);
    }
  }

  #checkContent(at: Millis, departure: Departure, bytes: Uint8Array, name: string): void {
    const packet = decodePacket(departure.protocol, bytes);
    if (packet.command === 'none') {
      this.#found(
        'packets are well-formed',
        at,
        `${name} what nobody takes: ${packet.reason}, ${packet.detail}`,
      );
      return;
    }
    if (packet.command === 'request') return;
    for (const { reason, detail } of packet.drops)
      this.#found('packets are well-formed', at, `${name} an entry that nobody takes: ${reason}, ${detail}`);
    this.#checkPolicy(at, departure, packet.entries, name);
  }

  /** Of updates; an answer to one that asks is for it alone. */
  #checkPolicy(
    at: Millis,
    { protocol, port, destination }: Departure,
    entries: readonly { readonly prefix: string; readonly metric: number }[],
    name: string,
  ): void {
    const hasPolicy = this.#world.router(port.router).configurations[protocol.name]?.policy.length !== 0;
    if (destination !== protocol.group || !hasPolicy) return;
    const speaker = speakers(this.#world, protocol).find((each) => each.port === port);
    if (speaker === undefined) return;
    for (const { prefix, metric } of entries) {
      if (metric < infinity && isForbidden(speaker, prefix))
        this.#found(
          'policy is obeyed',
          at,
          `${name} ${prefix} with metric ${metric}, which its policy forbids`,
        );
    }
  }

  #checkSequence(at: Millis, { port, bytes }: Departure, form: Form, name: string): void {
    const signature = form.signature(bytes);
    if (signature === undefined) return;
    const { key, sequence } = signature;
    const place = `${port.router} ${port.interface} ${key}`;
    const before = this.#sequences.get(place) ?? 0;
    this.#sequences.set(place, Math.max(before, sequence));
    if (sequence < before)
      this.#found(
        'sequence numbers never decrease',
        at,
        `${name} number ${sequence} with key ${key} after ${before}`,
      );
  }

  #found(rule: Violation['rule'], at: Millis, text: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ rule, at, text });
  }
}
