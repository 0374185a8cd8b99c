/** What a protocol's packets have to look like: `rip-form.ts` and `ripng-form.ts` say it, `packet-check.ts` asks. */
import type { Departure } from '../datagrams.ts';

export interface Form {
  /** What is wrong with a packet, as what it is that a router sends; undefined: nothing. */
  fault(departure: Departure): string | undefined;
  /** The packet as it would be without authentication. */
  plain(bytes: Uint8Array): Uint8Array;
  /** What it is signed with; undefined: it has no sequence number. */
  signature(bytes: Uint8Array): { readonly key: number; readonly sequence: number } | undefined;
}

/** In bytes: RFC 2453 §3.6, RFC 2080 §2.1. */
export const packetSizes = { header: 4, entry: 20 } as const;
