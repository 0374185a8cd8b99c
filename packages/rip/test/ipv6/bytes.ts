/** RIPng packets of which every byte is chosen: what an encoder of ours would never write. */
import { addressToBytes, hex } from '@ripstop/wire';

/** What is in an entry, as RFC 2080 §2.1 draws it. */
interface Row {
  readonly tag?: number;
  /** Also above 128. */
  readonly length: number;
  /** Also 0, and above 16. */
  readonly metric: number;
}

/** One entry in hexadecimal. */
export function row(address: string, { tag = 0, length, metric }: Row): string {
  return hex(addressToBytes(address)) + hex(Uint8Array.of(tag >> 8, tag & 255, length, metric));
}

/** An entry that names the next hop of those after it (RFC 2080 §2.1.1). */
export function nextHopRow(address: string, garbage: Partial<Row> = {}): string {
  return row(address, { length: 0, ...garbage, metric: 255 });
}

export function response(...rows: readonly string[]): string {
  return `02010000${rows.join('')}`;
}

export function request(...rows: readonly string[]): string {
  return `01010000${rows.join('')}`;
}

/** Everything that a router knows (RFC 2080 §2.4.1). */
export const wholeTable = request(row('::', { length: 0, metric: 16 }));
