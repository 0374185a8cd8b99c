/**
 * Packets from which no router may learn anything: random bytes, and sound responses with something made wrong in each.
 * The offsets are those of RFC 2453 §4, written down here once more: this is a judge, and must not lean on the judged.
 */
import { rip } from '@ripstop/rip';

/** Uniform in [0, 1). */
export type Random = () => number;

const HEADER_BYTES = 4;
const ENTRY_BYTES = 20;
const PACKET_BYTES_MAX = HEADER_BYTES + rip.entriesPerPacket(1500) * ENTRY_BYTES;

/** Makes one thing wrong. `entry` is the offset of one of the packet's entries. */
type Damage = (packet: DataView, entry: number, pick: (choices: readonly number[]) => number) => void;

const damages: readonly Damage[] = [
  (packet, _entry, pick) => packet.setUint8(0, pick([0, 3, 4, 5, 11, 255])), // command
  (packet, _entry, pick) => packet.setUint8(1, pick([0, 1])), // version
  (packet, entry, pick) => {
    packet.setUint16(entry, pick([0, 1, 3, 10, 0xfffe, 0xffff])); // family, in an entry that says something else
    packet.setUint32(entry + 4, 0x0b00_0000);
  },
  (packet, entry, pick) => packet.setUint32(entry + 4, pick([0x7f00_0100, 0xe000_0900, 0xffff_ff00, 0x100])), // net
  (packet, entry) => packet.setUint32(entry + 4, 0x0b01_0101), // host bits
  (packet, entry, pick) => packet.setUint32(entry + 8, pick([0xff00_ff00, 0x0000_00ff, 0xffff_fffd])), // mask
  (packet, entry, pick) => {
    packet.setUint32(entry + 4, 0x0b02_0200);
    packet.setUint32(entry + 16, pick([0, 17, 255, 0x1_0001, 0xffff_ffff])); // metric
  },
  (packet, entry, pick) => packet.setUint32(entry + 12, pick([0x7f00_0001, 0xffff_ffff, 0x0808_0808])), // next hop
];

/**
 * @param sound a response with at least one entry that the router has heard already
 * @param count how many packets
 */
export function* hostilePackets(random: Random, sound: Uint8Array, count: number): Generator<Uint8Array> {
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = (choices: readonly number[]): number => choices[below(choices.length)] ?? 0;
  const entries = Math.floor((sound.byteLength - HEADER_BYTES) / ENTRY_BYTES);
  for (let made = 0; made < count; made += 1) {
    const kind = below(damages.length + 3);
    const damage = damages[kind];
    if (damage !== undefined) {
      const packet = sound.slice();
      damage(new DataView(packet.buffer), HEADER_BYTES + below(entries) * ENTRY_BYTES, pick);
      yield packet;
    } else if (kind === damages.length) {
      yield sound.slice(0, below(sound.byteLength)); // cut anywhere, also to nothing
    } else {
      const length = below(PACKET_BYTES_MAX + ENTRY_BYTES);
      const noise = Uint8Array.from({ length }, () => below(256));
      // Every other one with a sound header, lest all of them fail at the first byte.
      if (kind === damages.length + 1) noise.set(sound.subarray(0, Math.min(length, HEADER_BYTES)));
      yield noise;
    }
  }
}

/** A generator of 32-bit quality: mulberry32. The same seed gives the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
