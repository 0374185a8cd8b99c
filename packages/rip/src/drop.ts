/**
 * Every reason to reject a packet or an entry of it, in one table. Counters, log lines and `ripctl` are made from it;
 * a rejection is data, never an exception.
 */

/** A rejected packet changes nothing; a rejected entry leaves the rest of its packet alone. */
type Scope = 'packet' | 'entry';

interface DropRule {
  readonly scope: Scope;
  /** The rule it breaks. */
  readonly section: string;
  /** debug: happens in a healthy network. */
  readonly level: 'debug' | 'warn';
  readonly message: string;
}

const drop = <const S extends Scope>(
  scope: S,
  section: string,
  level: DropRule['level'],
  message: string,
): DropRule & { readonly scope: S } => ({ scope, section, level, message });

export const drops = {
  'too-short': drop('packet', 'RFC 2453 §3.6, RFC 2080 §2.1', 'warn', 'shorter than the header of a packet'),
  'unknown-command': drop(
    'packet',
    'RFC 2453 §3.6, RFC 2080 §2.1',
    'warn',
    'neither a request nor a response',
  ),
  'version-zero': drop('packet', 'RFC 2453 §5', 'warn', 'version 0 does not exist'),
  'version-not-accepted': drop('packet', 'RFC 2453 §5.1', 'warn', 'a version that is not accepted here'),
  'must-be-zero': drop('packet', 'RFC 2453 §5', 'warn', 'a RIPv1 packet with something where zeros must be'),
  'ttl-too-low': drop('packet', 'RFC 5082 §3, RFC 2080 §2.4.2', 'warn', 'a TTL or hop limit below 255'),
  'authentication-unexpected': drop(
    'packet',
    'RFC 2453 §5.2',
    'warn',
    'carries authentication, none is configured',
  ),
  'authentication-missing': drop(
    'packet',
    'RFC 2453 §5.2',
    'warn',
    'carries no authentication, it is required here',
  ),
  'authentication-type': drop('packet', 'RFC 4822 §2', 'warn', 'authenticated in another way than here'),
  'authentication-malformed': drop(
    'packet',
    'RFC 4822 §2.1',
    'warn',
    'its authentication data is cut off or inconsistent',
  ),
  'authentication-key': drop(
    'packet',
    'RFC 4822 §2.3.2',
    'warn',
    'signed with a key that is not accepted here',
  ),
  'authentication-failed': drop(
    'packet',
    'RFC 4822 §2.3.2',
    'warn',
    'its digest or password is wrong: the secrets differ',
  ),
  'authentication-replayed': drop(
    'packet',
    'RFC 4822 §2.3.2',
    'warn',
    'its sequence number is lower than one that was heard before',
  ),
  'source-port': drop(
    'packet',
    'RFC 2453 §3.9.2, RFC 2080 §2.4.2',
    'warn',
    'a response that was not sent from the port of routers',
  ),
  'source-off-subnet': drop(
    'packet',
    'RFC 2453 §3.9.2',
    'warn',
    'its source is on no subnet of the interface',
  ),
  'source-not-link-local': drop(
    'packet',
    'RFC 2080 §2.4.2',
    'warn',
    'its source is not a link-local address',
  ),
  'own-packet': drop(
    'packet',
    'RFC 2453 §3.9.2, RFC 2080 §2.4.2',
    'debug',
    'came back from the network to its sender',
  ),
  'learning-disabled': drop('packet', 'RFC 2453 §5.1', 'debug', 'nothing is learned on this interface'),
  'too-many-neighbors': drop('packet', 'limit', 'warn', 'the interface has as many neighbors as are allowed'),
  'too-many-requests': drop('packet', 'limit', 'warn', 'too many requests for the whole table'),
  'truncated-entry': drop(
    'entry',
    'RFC 2453 §3.6, RFC 2080 §2.1',
    'warn',
    'the packet ends inside this entry',
  ),
  'authentication-not-first': drop('entry', 'RFC 2453 §4.1', 'warn', 'authentication after the first entry'),
  'address-family': drop('entry', 'RFC 2453 §3.6', 'warn', 'of another address family than IPv4'),
  metric: drop('entry', 'RFC 2453 §3.9.2, RFC 2080 §2.4.2', 'warn', 'a metric that is not from 1 to 16'),
  'prefix-length': drop('entry', 'RFC 2080 §2.4.2', 'warn', 'a prefix longer than 128 bits'),
  'mask-not-contiguous': drop('entry', 'RFC 2453 §4.3', 'warn', 'a subnet mask with a gap'),
  'host-bits-set': drop('entry', 'RFC 2453 §4.3', 'warn', 'address bits outside its subnet mask'),
  'destination-link-local': drop('entry', 'RFC 2080 §2.4.2', 'warn', 'a link-local destination'),
  'destination-net-zero': drop('entry', 'RFC 2453 §3.9.2', 'warn', 'a destination in network 0'),
  'destination-loopback': drop('entry', 'RFC 2453 §3.9.2', 'warn', 'a destination in the host itself'),
  'destination-not-unicast': drop(
    'entry',
    'RFC 2453 §3.9.2, RFC 2080 §2.4.2',
    'warn',
    'a multicast, reserved or broadcast address',
  ),
  'policy-rejected': drop('entry', 'policy', 'debug', 'rejected by a policy rule'),
  'neighbor-full': drop('entry', 'limit', 'warn', 'the neighbor offers more routes than are allowed'),
  'table-full': drop('entry', 'limit', 'warn', 'the table holds as many routes as are allowed'),
} as const satisfies Readonly<Record<string, DropRule>>;

export type DropReason = keyof typeof drops;
export type PacketDropReason = {
  [R in DropReason]: (typeof drops)[R]['scope'] extends 'packet' ? R : never;
}[DropReason];
export type EntryDropReason = Exclude<DropReason, PacketDropReason>;

/** How often each reason applied; a reason that never did is absent. */
export type DropCounters = { [R in DropReason]?: number };

export function countDrop(counters: DropCounters, reason: DropReason): void {
  counters[reason] = (counters[reason] ?? 0) + 1;
}
