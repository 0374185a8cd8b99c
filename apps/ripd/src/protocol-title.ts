/** What the protocols are called in sentences; as keys they are `rip` and `ripng`. */
import type { Protocol } from '@ripstop/rip';

export const protocolTitles: Readonly<Record<Protocol['name'], string>> = { rip: 'RIP', ripng: 'RIPng' };
