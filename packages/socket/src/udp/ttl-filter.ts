/**
 * The socket filter that marks datagrams from afar: a TTL below 255 shows that they have passed a router (RFC 5082,
 * RFC 2080 §2.4.2). `udp-ipv4` and `udp-ipv6` say when that counts. Attached by `udp-socket`, run by the kernel for
 * every datagram. bpf(4), Linux' networking/filter.rst.
 *
 * Linux: IP_MINTTL and IPV6_MINHOPCOUNT do nothing for UDP, and what a filter drops is gone with its sender's address. So
 * a far datagram is cut to one byte instead, and arrives with its source. To keep that unmistakable, any other that has but
 * one byte is cut to none. A far one that is empty has nothing to be cut: it comes as it is. No RIP packet is as short as these.
 */
import { encode } from '@ripstop/wire';
import { constants, filterInstruction } from '../system/headers.ts';

/** Payload bytes of a datagram from afar. No other has so many. */
export const FAR_DATAGRAM_BYTES = 1;

/** The TTL, or hop limit, of what has passed no router. */
export const NEAR_TTL = 255;

const UDP_HEADER_BYTES = 8;
const WHOLE = 0xffff_ffff;

const { BPF_LD, BPF_B, BPF_H, BPF_W, BPF_ABS, BPF_LEN, BPF_JMP, BPF_JEQ, BPF_K, BPF_RET, SKF_NET_OFF } =
  constants;
const jumpIfEqual = BPF_JMP | BPF_JEQ | BPF_K;
/** Ends the program: so many bytes of the datagram, UDP header included, are handed on. */
const accept = BPF_RET | BPF_K;

interface Instruction {
  readonly code: number;
  readonly jumpIfTrue?: number;
  readonly jumpIfFalse?: number;
  readonly operand?: number;
}

/** Something that a datagram is asked: does what is loaded have this value? If so, the next condition follows. */
export interface Condition {
  readonly load: Instruction;
  readonly is: number;
  readonly else: keyof typeof verdicts;
}

/** Loads a byte of the IP header. */
export const networkByte = (offset: number): Instruction => ({
  code: BPF_LD | BPF_B | BPF_ABS,
  operand: (SKF_NET_OFF + offset) >>> 0,
});

/** Loads the first field of the UDP header, at which a datagram begins for the filter. */
export const sourcePort: Instruction = { code: BPF_LD | BPF_H | BPF_ABS, operand: 0 };

/** How the program goes on after the conditions. */
const epilogue: readonly Instruction[] = [
  /* 0, near */ { code: BPF_LD | BPF_W | BPF_LEN },
  /* 1 */ { code: jumpIfEqual, jumpIfTrue: 1, operand: UDP_HEADER_BYTES + FAR_DATAGRAM_BYTES }, // then 3
  /* 2 */ { code: accept, operand: WHOLE },
  /* 3 */ { code: accept, operand: UDP_HEADER_BYTES },
  /* 4, far */ { code: accept, operand: UDP_HEADER_BYTES + FAR_DATAGRAM_BYTES },
];

/** Where in it a datagram's fate is told. */
const verdicts = { near: 0, far: 4 };

/** @param conditions a datagram for which all hold is near */
export function ttlFilter(conditions: readonly Condition[]): Uint8Array {
  const questions = conditions.flatMap(({ load, is, else: otherwise }, at): Instruction[] => {
    const remaining = 2 * (conditions.length - at - 1);
    return [load, { code: jumpIfEqual, jumpIfFalse: remaining + verdicts[otherwise], operand: is }];
  });
  const program = [...questions, ...epilogue];
  return Buffer.concat(program.map((instruction) => encode(filterInstruction, instruction)));
}
