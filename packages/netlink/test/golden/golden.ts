/**
 * Real datagrams: what a kernel sent and what iproute2 sent it, byte for byte, each with where it comes from; the other
 * files of this folder hold them, by object. iproute2's were taken from its `sendmsg`. Captured in a namespace of its own
 * on a little-endian machine.
 */
import { decode, encode, printExplanation, viewOf } from '@ripstop/wire';
import { explainDatagram } from '../../src/explain-datagram.ts';
import { type Message, messagesOf } from '../../src/message.ts';
import { entryOfType } from '../../src/registry.ts';

export interface Golden {
  readonly provenance: string;
  readonly hex: string;
}

/** The bytes of a golden datagram. */
export function bytesOf({ hex }: Golden): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));
}

/** One message of a golden datagram. */
export interface GoldenMessage extends Message {
  readonly payload: Uint8Array;
  /** What it decodes to. */
  readonly value: unknown;
  /** That encoded again. */
  readonly again: Uint8Array;
}

/** The messages of a golden datagram that have a table, and the whole of it in words, for the failure of a test. */
export function read(source: Golden): {
  readonly messages: readonly GoldenMessage[];
  readonly values: readonly unknown[];
  readonly explanation: string;
} {
  const bytes = bytesOf(source);
  const messages = [...messagesOf(viewOf(bytes))].flatMap((message) => {
    const codec = entryOfType(message.type)?.codec;
    if (codec === undefined) return [];
    const payload = bytes.slice(message.start, message.end);
    const value: unknown = decode(codec, payload);
    return [{ ...message, payload, value, again: encode(codec, value) }];
  });
  const values = messages.map(({ value }) => value);
  return { messages, values, explanation: printExplanation(explainDatagram(bytes)) };
}
