/** Decoders, answers and authentication, fed with packets that are sound, damaged or noise. */
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import { decodePacket, type Entry, type Link, rip } from '../../src/index.ts';
import { decodeHeader } from '../../src/packet/header.ts';
import type { Extent } from '../../src/packet/packet.ts';
import { randomChain } from './configurations.ts';
import { Dice } from './dice.ts';
import { hold } from './law.ts';
import { randomPacket } from './packets.ts';

/** Reads some packets. @throws Error if a law is broken, with the packet */
export function read(seed: number, count: number): void {
  const dice = new Dice(seed);
  const wall = Date.UTC(2026, 0, 1);
  const chains = [randomChain(dice, wall), randomChain(dice, wall)] as const;
  const authenticator = new Authenticator(chains[0], systemDigest);
  const link = rip.link([{ address: '10.0.0.1', prefixLength: dice.pick([8, 24, 31, 32]) }]);
  const heard: Uint8Array[] = [];
  for (let done = 0; done < count; done += 1) {
    const packet = randomPacket(dice, { chains, wall, heard });
    heard.push(packet);
    readOne(packet, authenticator, link, wall);
  }
}

function readOne(packet: Uint8Array, authenticator: Authenticator, link: Link, wall: number): void {
  const before = Buffer.from(packet);
  const inHex = before.toString('hex');
  const verified = authenticator.verify(packet, { sequences: new Map(), offers: 0 }, { monotonic: 0, wall });
  if (!('reason' in verified)) {
    hold(verified.from === 24, `the entries follow the authentication: ${inHex}`);
    hold(verified.to <= packet.byteLength, `nothing is read beyond the end: ${inHex}`);
    checkAnswer(packet, verified, link, inHex);
  }
  checkAnswer(packet, { from: 4, to: packet.byteLength }, link, inHex);
  const decoded = decodePacket(rip, packet, link);
  if (decoded.command === 'response') {
    const again = decodePacket(rip, joined(decoded.entries), link);
    const entries = again.command === 'response' ? again.entries : [];
    hold(
      JSON.stringify(entries) === JSON.stringify(decoded.entries),
      `what is read can be said again: ${inHex}`,
    );
    const pieces = Math.ceil((packet.byteLength - 4) / 20);
    hold(decoded.entries.length + decoded.drops.length === pieces, `no entry gets lost: ${inHex}`);
  }
  hold(before.equals(packet), `a packet stays as it is: ${inHex}`);
}

function joined(entries: readonly Entry[]): Uint8Array {
  const packets = rip.encodeResponses(entries);
  return Uint8Array.from([2, 2, 0, 0, ...packets.flatMap((packet) => [...packet.subarray(4)])]);
}

/** An answer is as long as what was asked. */
function checkAnswer(packet: Uint8Array, extent: Extent, link: Link, inHex: string): void {
  const header = decodeHeader(packet);
  if ('reason' in header) return;
  const answer = link.answerRequest(packet, header, extent, '10.0.0.2', () => 7);
  const asked = Math.max(0, Math.floor((extent.to - extent.from) / 20));
  hold(answer.byteLength === 4 + 20 * asked, `every entry is answered: ${inHex}`);
}
