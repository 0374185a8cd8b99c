/**
 * An interface as RIPng sees it: routers are known by their link-local addresses, and one of ours, the designated one,
 * speaks for all subnets. RFC 2080 §2.4.2, §2.5.2.
 *
 * Before: `vocabulary`'s addresses, of which none is tentative. After: `interface`, `input` and `output` ask it.
 *
 * Invariant: the designated address changes only when it is gone; to the neighbors another address is another router.
 */
import { type Address, type Prefix, prefixOf } from '@ripstop/wire';
import type { Header, PacketFault } from '../packet/header.ts';
import type { Extent } from '../packet/packet.ts';
import type { Link, Request, Response, Subnet } from '../protocol.ts';
import type { Datagram, InterfaceAddress } from '../vocabulary.ts';
import { isGlobal, isLinkLocal } from './address.ts';
import { decodeResponse } from './decode.ts';
import { ripngGroup, ripngPort } from './packet.ts';
import { answerRequest, decodeRequest } from './request.ts';

export class Ipv6Link implements Link {
  readonly subnets: readonly Subnet[];
  /** The designated one alone; none: the interface has no link-local address. */
  readonly outlets: readonly Subnet[];

  constructor(addresses: readonly InterfaceAddress[], before: Link | undefined) {
    this.subnets = addresses.map(subnetOf);
    const candidates = this.subnets.filter(({ address }) => isLinkLocal(address));
    const designated =
      candidates.find(({ address }) => before?.outlets[0]?.address === address) ?? candidates[0];
    this.outlets = designated === undefined ? [] : [designated];
  }

  towards(): Subnet {
    const [designated] = this.outlets;
    if (designated === undefined) throw new Error('this link has no link-local address');
    return designated;
  }

  /**
   * RFC 2080 §2.4.1, §2.5.2: who asks by unicast from another port may be behind a router, and is answered from a global
   * address.
   */
  answeringAddress({ port, multicast }: Datagram, own: Iterable<Address>): Address {
    const designated = this.towards().address;
    if (port === ripngPort || multicast === true) return designated;
    const addresses = this.subnets.map(({ address }) => address);
    return [...addresses, ...own].find(isGlobal) ?? designated;
  }

  everybody(): Address {
    return ripngGroup;
  }

  legible(): undefined {
    return;
  }

  isBroadcast(): boolean {
    return false;
  }

  isHost(address: Address): boolean {
    return isLinkLocal(address);
  }

  isOffSubnet(): boolean {
    return false;
  }

  /** Who asks from another port may be anywhere, but somebody. */
  senderFault(source: Address, port: number): PacketFault | undefined {
    if (isLinkLocal(source) || (port !== ripngPort && isGlobal(source))) return undefined;
    return { reason: 'source-not-link-local', detail: `from ${source}, expected a link-local address` };
  }

  decodeRequest(bytes: Uint8Array, _header: Header, extent: Extent): Request {
    return decodeRequest(bytes, extent);
  }

  answerRequest(
    bytes: Uint8Array,
    _header: Header,
    extent: Extent,
    _asker: Address,
    metricOf: (prefix: Prefix) => number,
  ): Uint8Array {
    return answerRequest(bytes, extent, metricOf);
  }

  decodeResponse(bytes: Uint8Array, _header: Header, extent: Extent): Response {
    return decodeResponse(bytes, extent);
  }
}

function subnetOf({ address, prefixLength: length, peer }: InterfaceAddress): Subnet {
  return { prefix: prefixOf(peer ?? address, length), address, peer, length, isHost: isLinkLocal };
}
