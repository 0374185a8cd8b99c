/**
 * One routing table: lists of routes by prefix. `ipv4/fib` and `ipv6/fib` decide what stands in a list, and in which order.
 *
 * Invariant: no list is empty.
 */
import {
  type Address,
  type AddressFamily,
  addressBits,
  addressToBytes,
  type Prefix,
  prefixAddress,
  prefixLength,
  prefixOf,
} from '@ripstop/wire';

interface Entry<Route> {
  /** Sorts as the kernel's tree is walked. */
  readonly place: string;
  readonly routes: readonly Route[];
}

export class PrefixTable<Route> {
  readonly #family: AddressFamily;
  readonly #entries = new Map<Prefix, Entry<Route>>();
  /** How many prefixes there are of each length. */
  readonly #lengths: number[];
  /** As the tree is walked; undefined: a prefix came or went. */
  #order: readonly Prefix[] | undefined;

  constructor(family: AddressFamily) {
    this.#family = family;
    this.#lengths = new Array(addressBits(family) + 1).fill(0);
  }

  at(prefix: Prefix): readonly Route[] {
    return this.#entries.get(prefix)?.routes ?? [];
  }

  set(prefix: Prefix, routes: readonly Route[]): void {
    const before = this.#entries.get(prefix);
    if (routes.length > 0)
      this.#entries.set(prefix, { place: before?.place ?? placeOf(this.#family, prefix), routes });
    else this.#entries.delete(prefix);
    const change = (routes.length > 0 ? 1 : 0) - (before === undefined ? 0 : 1);
    if (change === 0) return;
    const length = prefixLength(prefix);
    this.#lengths[length] = (this.#lengths[length] ?? 0) + change;
    this.#order = undefined;
  }

  /** Routes of this length that a packet could take. */
  covering(address: Address, length: number): readonly Route[] {
    return this.#lengths[length] === 0 ? [] : this.at(prefixOf(address, length));
  }

  /** All, in the order in which the kernel lists them. */
  *all(): Generator<Route, void, undefined> {
    for (const prefix of this.#inOrder()) yield* this.at(prefix);
  }

  /** Keeps the routes that are wanted. @returns the others, in order */
  retain(isWanted: (route: Route) => boolean): readonly Route[] {
    const gone: Route[] = [];
    for (const prefix of this.#inOrder()) {
      const routes = this.at(prefix);
      const kept = routes.filter(isWanted);
      if (kept.length === routes.length) continue;
      gone.push(...routes.filter((route) => !kept.includes(route)));
      this.set(prefix, kept);
    }
    return gone;
  }

  #inOrder(): readonly Prefix[] {
    this.#order ??= [...this.#entries]
      .sort(([, { place: one }], [, { place: other }]) => (one < other ? -1 : 1))
      .map(([prefix]) => prefix);
    return this.#order;
  }
}

/**
 * Linux: the IPv4 tree is walked by address, and at one address the longest prefix comes first; in the IPv6 tree a prefix
 * comes behind all that lie in it.
 */
function placeOf(family: AddressFamily, prefix: Prefix): string {
  const length = prefixLength(prefix);
  const bytes = addressToBytes(prefixAddress(prefix));
  const last = bytes.map((byte, at) => byte | (0xff >> Math.min(8, Math.max(0, length - at * 8))));
  const digits = [...(family === 'ipv4' ? bytes : last), 0xff - length];
  return String.fromCharCode(...digits);
}
