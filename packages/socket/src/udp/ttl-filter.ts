/**
 * The socket filter of TTL security (RFC 5082): marks datagrams that have passed a router, since their TTL is below 255.
 * Attached by `udp-socket.ts`, run by the kernel for every datagram. bpf(4), Linux' networking/filter.rst.
 *
 * Linux: IP_MINTTL does nothing for UDP, and what a filter drops is gone with its sender's address. So a far datagram is
 * cut to one byte instead, and arrives with its source. To keep that unmistakable, one from nearby that has but one byte
 * is cut to none. A far one that is empty has nothing to be cut: it comes as it is. No RIP packet is as short as these.
 */
import { encode } from '@ripstop/wire';
import { constants, filterInstruction } from '../system/headers.ts';

/** Payload bytes of a datagram from afar. No other has so many. */
export const FAR_DATAGRAM_BYTES = 1;

/** The TTL of what has passed no router. */
const NEAR_TTL = 255;
const UDP_HEADER_BYTES = 8;
const WHOLE = 0xffff_ffff;

const { BPF_LD, BPF_B, BPF_W, BPF_ABS, BPF_LEN, BPF_JMP, BPF_JEQ, BPF_K, BPF_RET, SKF_NET_OFF } = constants;
const loadByte = BPF_LD | BPF_B | BPF_ABS;
/** Of the UDP header and what follows it. */
const loadLength = BPF_LD | BPF_W | BPF_LEN;
const jumpIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
/** Ends the program: so many bytes of the datagram, UDP header included, are handed on. */
const accept = BPF_RET | BPF_K;

/** @param ttlOffset where the IP header has the TTL, or IPv6's hop limit */
export function ttlFilter(ttlOffset: number): Uint8Array {
  const instructions: [code: number, jumpIfTrue: number, jumpIfFalse: number, operand: number][] = [
    /* 0 */ [loadByte, 0, 0, (SKF_NET_OFF + ttlOffset) >>> 0],
    /* 1 */ [jumpIfEqual, 0, 4, NEAR_TTL], // else 6
    /* 2 */ [loadLength, 0, 0, 0],
    /* 3 */ [jumpIfEqual, 1, 0, UDP_HEADER_BYTES + FAR_DATAGRAM_BYTES], // then 5
    /* 4 */ [accept, 0, 0, WHOLE],
    /* 5 */ [accept, 0, 0, UDP_HEADER_BYTES],
    /* 6 */ [accept, 0, 0, UDP_HEADER_BYTES + FAR_DATAGRAM_BYTES],
  ];
  const encoded = instructions.map(([code, jumpIfTrue, jumpIfFalse, operand]) =>
    encode(filterInstruction, { code, jumpIfTrue, jumpIfFalse, operand }),
  );
  return Buffer.concat(encoded);
}
