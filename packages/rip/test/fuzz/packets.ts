/** Packets for the fuzz: sound ones of both versions, signed ones, and what becomes of them on a bad day. */
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import { type Entry, type KeyChain, type Millis, rip } from '../../src/index.ts';
import { encodeWholeTableRequest } from '../../src/packet/request.ts';
import type { Dice } from './dice.ts';

/** Few, so that neighbors offer the same; odd ones among them. */
export const prefixes = [
  '0.0.0.0/0',
  '10.0.0.0/24',
  '10.0.1.0/24',
  '10.1.0.0/16',
  '10.1.1.0/24',
  '10.2.0.0/16',
  '10.0.0.128/25',
  '10.3.4.5/32',
  '172.16.1.0/24',
  '172.16.2.0/24',
  '172.16.0.0/12',
  '192.168.1.0/24',
  '192.168.0.0/16',
  '192.168.1.7/32',
] as const;

/** What a packet is made from, besides chance. */
export interface Writer {
  /** It has the secrets of these. */
  readonly chains: readonly KeyChain[];
  readonly wall: Millis;
  /** What was on the wire before. */
  readonly heard: readonly Uint8Array[];
}

export function randomPacket(dice: Dice, writer: Writer): Uint8Array {
  if (dice.chance(0.03)) return dice.bytes(dice.below(600));
  const old = writer.heard.length > 0 && dice.chance(0.07);
  const packet = old ? dice.pick(writer.heard) : signedPacket(dice, writer);
  return dice.chance(0.25) ? damaged(dice, packet) : packet;
}

function signedPacket(dice: Dice, { chains, wall }: Writer): Uint8Array {
  const plain = plainPacket(dice);
  if (chains.length === 0 || dice.chance(0.2) || plain.byteLength > 484) return plain;
  const sequence = Math.max(0, Math.floor(wall / 1_000) + dice.pick([0, 0, 0, 1, -1, -1_000, 1_000]));
  return new Authenticator(dice.pick(chains), systemDigest).authenticate(plain, sequence, wall);
}

function plainPacket(dice: Dice): Uint8Array {
  const version = dice.pick([1, 2, 2, 2]);
  if (dice.chance(0.1)) return encodeWholeTableRequest(version as 1 | 2);
  const count = dice.pick([1, 1, 2, 5, 14, 25, 40]);
  const entries = Array.from({ length: count }, () => randomEntry(dice));
  const [packet = new Uint8Array()] = rip.encodeResponses(entries, {
    version: version as 1 | 2,
    perPacket: 40,
  });
  if (dice.chance(0.85)) return packet;
  const request = packet.slice();
  request[0] = 1;
  return request;
}

function randomEntry(dice: Dice): Entry {
  const isCommon = dice.chance(0.9);
  return {
    prefix: isCommon ? dice.pick(prefixes) : `${dice.between(1, 223)}.${dice.below(256)}.0.0/16`,
    tag: dice.pick([0, 0, 0, 7, 65_535]),
    nextHop: dice.pick([undefined, undefined, undefined, '10.0.0.1', '10.0.0.3', '10.0.1.3', '192.0.2.1']),
    metric: dice.pick([1, 1, 2, 2, 3, 7, 15, 16, 16, 17, 0]),
  };
}

/** Bits, bytes and ends that are not what they were. */
export function damaged(dice: Dice, packet: Uint8Array): Uint8Array {
  const bytes = packet.slice();
  for (let count = dice.below(4); count > 0 && bytes.byteLength > 0; count -= 1) {
    const at = dice.chance(0.5) ? dice.below(Math.min(28, bytes.byteLength)) : dice.below(bytes.byteLength);
    bytes[at] = dice.pick([0, 1, 0x7f, 0xff, dice.below(256)]);
  }
  if (dice.chance(0.3)) return bytes.subarray(0, dice.below(bytes.byteLength + 1));
  if (dice.chance(0.2)) return Uint8Array.from([...bytes, ...dice.bytes(dice.below(60))]);
  return bytes;
}
