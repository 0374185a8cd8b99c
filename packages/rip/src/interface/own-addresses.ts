/**
 * The addresses of this router, on whatever interface: what comes from one of them is our own, and what leads to one is a
 * way back to us. RFC 2453 §3.9.2, RFC 2080 §2.4.2.
 */
import type { Address } from '@ripstop/wire';
import type { Protocol } from '../protocol.ts';
import type { Interface } from '../vocabulary.ts';
import type { RipInterface } from './interface.ts';

export class OwnAddresses {
  readonly #protocol: Protocol;
  readonly #addresses: ReadonlySet<Address>;

  constructor(protocol: Protocol, interfaces: Iterable<Interface>) {
    this.#protocol = protocol;
    const addresses = [...interfaces].flatMap((target) => target.addresses);
    this.#addresses = new Set(addresses.map(({ address }) => address));
  }

  [Symbol.iterator](): Iterator<Address> {
    return this.#addresses.values();
  }

  /** Whether an address is ours on some interface; of a link-local one that does not say that it is not somebody else's. */
  has(address: Address): boolean {
    return this.#addresses.has(address);
  }

  /** Whether whoever has an address on this interface can only be ourselves. */
  isOurs(address: Address, on: RipInterface): boolean {
    return this.#protocol.isLinkScoped(address) ? on.has(address) : this.has(address);
  }
}
