/**
 * Every packet that leaves a router, looked at as it leaves: its size, its form, its addresses, its sequence number, and
 * whether policy lets it say what it says. Before this file: `world.ts`, which tells of each. RFC 2453 §3.6, RFC 4822 §2.2.
 */
import { decodePacket, entriesPerPacket, infinity, type Millis, ripGroup } from '@ripstop/rip';
import type { Departure } from '../datagrams.ts';
import type { World, WorldObserver } from '../world.ts';
import { isForbidden, type Speaker, speakers } from './hearing.ts';
import type { Violation } from './violation.ts';

const HEADER_BYTES = 4;
const ENTRY_BYTES = 20;
/** The address family that announces authentication, and its type with a digest. */
const AUTHENTICATION_FAMILY = 0xffff;
const CRYPTOGRAPHIC = 3;
/** No more is kept of one world: the first says all. */
const VIOLATIONS_MAX = 20;

export class PacketCheck implements WorldObserver {
  readonly violations: Violation[] = [];
  readonly #world: World;
  /** Greatest sequence number by router, interface and key. */
  readonly #sequences = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  sent(at: Millis, departure: Departure): void {
    const { port, source, destination, bytes } = departure;
    const { router } = port;
    const name = `${router} sends to ${destination} on ${port.interface}`;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!port.has(source))
      this.#found('packets are well-formed', at, `${name} from ${source}, which it has not there`);
    const size = sizeWithoutTrailer(view);
    if (
      size === undefined ||
      size > HEADER_BYTES + entriesPerPacket * ENTRY_BYTES ||
      (size - HEADER_BYTES) % ENTRY_BYTES !== 0
    )
      this.#found('packets are well-formed', at, `${name} ${bytes.length} bytes, which is no RIP packet`);
    if (isAuthenticated(view)) this.#checkSequence(at, router, port.interface, name, view);
    this.#checkContent(at, departure, withoutAuthentication(view, size), name);
  }

  #checkContent(at: Millis, { port, destination }: Departure, bytes: Uint8Array, name: string): void {
    const packet = decodePacket(bytes);
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
    if (destination !== ripGroup || this.#world.router(port.router).configuration.policy.length === 0) return;
    const speaker = speakers(this.#world).find((each) => each.port === port);
    if (speaker !== undefined) this.#checkPolicy(at, speaker, packet.entries, name);
  }

  #checkPolicy(
    at: Millis,
    speaker: Speaker,
    entries: readonly { readonly prefix: string; readonly metric: number }[],
    name: string,
  ): void {
    for (const { prefix, metric } of entries) {
      if (metric < infinity && isForbidden(speaker, prefix))
        this.#found(
          'policy is obeyed',
          at,
          `${name} ${prefix} with metric ${metric}, which its policy forbids`,
        );
    }
  }

  #checkSequence(at: Millis, router: string, interfaceName: string, name: string, view: DataView): void {
    if (view.getUint16(HEADER_BYTES + 2) !== CRYPTOGRAPHIC) return;
    const key = view.getUint8(HEADER_BYTES + 6);
    const sequence = view.getUint32(HEADER_BYTES + 8);
    const place = `${router} ${interfaceName} ${key}`;
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

function isAuthenticated(view: DataView): boolean {
  return (
    view.byteLength >= HEADER_BYTES + ENTRY_BYTES && view.getUint16(HEADER_BYTES) === AUTHENTICATION_FAMILY
  );
}

/** The packet as it would be without its first entry and its trailer. @param end where the trailer begins */
function withoutAuthentication(view: DataView, end: number | undefined): Uint8Array {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (!isAuthenticated(view)) return bytes;
  const entries = bytes.subarray(HEADER_BYTES + ENTRY_BYTES, end);
  return Uint8Array.of(...bytes.subarray(0, HEADER_BYTES), ...entries);
}

/** Where the entries end: a digest comes after them. Undefined: the packet says that it is longer than it is. */
function sizeWithoutTrailer(view: DataView): number | undefined {
  if (!isAuthenticated(view) || view.getUint16(HEADER_BYTES + 2) !== CRYPTOGRAPHIC) return view.byteLength;
  const size = view.getUint16(HEADER_BYTES + 4);
  return size <= view.byteLength ? size : undefined;
}
