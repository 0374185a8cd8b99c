/** Control messages: what goes to the kernel, or comes from it, beside a packet. `udp-ipv4` and `udp-ipv6` use it. cmsg(3) */
import { encode } from '@ripstop/wire';
import { constants, controlHeader } from '../system/headers.ts';

type Level = 'IPPROTO_IP' | 'IPPROTO_IPV6';
type Kind = 'IP_PKTINFO' | 'IP_TTL' | 'IPV6_PKTINFO';

/** Bytes of a `size_t`: CMSG_ALIGN. */
const CONTROL_ALIGNMENT = 8;

/** Bytes of one control message, with its padding. */
export function controlMessageBytes(dataBytes: number): number {
  return Math.ceil((controlHeader.size + dataBytes) / CONTROL_ALIGNMENT) * CONTROL_ALIGNMENT;
}

/** One control message: its length is that without the padding, which is there all the same. */
export function controlMessage(level: Level, kind: Kind, data: Uint8Array): Uint8Array {
  const length = controlHeader.size + data.byteLength;
  const message = new Uint8Array(controlMessageBytes(data.byteLength));
  const header = { length: BigInt(length), level: constants[level], type: constants[kind] };
  message.set(encode(controlHeader, header));
  message.set(data, controlHeader.size);
  return message;
}
