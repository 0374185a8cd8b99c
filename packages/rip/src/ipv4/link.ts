/**
 * An interface as RIP sees it: hosts are known by the subnets they are in, and each subnet is spoken to from our address
 * in it. RFC 2453 §3.9.2, §3.10, §4.3.
 *
 * Before: `vocabulary`'s addresses. After: `interface`, `input` and `output` ask it.
 */
import { type Address, ipv4ToNumber, type Prefix } from '@ripstop/wire';
import type { SendVersion } from '../configuration.ts';
import type { Header, PacketFault } from '../packet/header.ts';
import type { Extent, Version } from '../packet/packet.ts';
import type { Legible, Link, Request, Response, Subnet } from '../protocol.ts';
import type { Datagram, InterfaceAddress } from '../vocabulary.ts';
import { decodeResponse } from './decode.ts';
import { ripGroup } from './packet.ts';
import { answerRequest, decodeRequest } from './request.ts';
import { broadcastOf, Ipv4Subnet, isHostOn, isSubnetBroadcast, subnetHolding } from './subnet.ts';
import { classfulEntries } from './version-one.ts';

const limitedBroadcast = 0xffff_ffff;

export class Ipv4Link implements Link {
  readonly subnets: readonly Ipv4Subnet[];
  /** However many addresses we have in it: a response for each network (RFC 2453 §3.10). */
  readonly outlets: readonly Ipv4Subnet[];

  constructor(addresses: readonly InterfaceAddress[]) {
    const subnets = addresses.map((address) => new Ipv4Subnet(address));
    this.subnets = subnets;
    this.outlets = subnets.filter(
      (subnet, at) => subnets.findIndex(({ prefix }) => prefix === subnet.prefix) === at,
    );
  }

  /** In the subnet that the other one lies in, else the primary one. */
  towards(address: Address): Subnet {
    const subnet = subnetHolding(this.subnets, ipv4ToNumber(address) ?? 0) ?? this.subnets[0];
    if (subnet === undefined) throw new Error('this link has no address');
    return subnet;
  }

  answeringAddress({ source }: Datagram): Address {
    return this.towards(source).address;
  }

  everybody(outlet: Subnet, version: SendVersion): Address {
    return version === '2' ? ripGroup : broadcastOf(this.#own(outlet));
  }

  /** Routers that speak RIPv1 hear whatever is not multicast. */
  legible(outlet: Subnet, version: Version, sendVersion: SendVersion): Legible | undefined {
    if (version === 2 && sendVersion === '2') return undefined;
    const outgoing = this.#own(outlet);
    return (entries) => classfulEntries(entries, outgoing);
  }

  isBroadcast(address: Address): boolean {
    const number = ipv4ToNumber(address) ?? 0;
    return number === limitedBroadcast || isSubnetBroadcast(this.subnets, number);
  }

  isHost(address: Address): boolean {
    return isHostOn(this.subnets, ipv4ToNumber(address) ?? 0);
  }

  isOffSubnet(gateway: Address): boolean {
    return subnetHolding(this.subnets, ipv4ToNumber(gateway) ?? 0) === undefined;
  }

  /** A host on one of the subnets, or anywhere if strangers are allowed; whatever its port. */
  senderFault(source: Address, _port: number, validateSource: boolean): PacketFault | undefined {
    const number = ipv4ToNumber(source) ?? 0;
    const isTaken = validateSource
      ? isHostOn(this.subnets, number)
      : !isSubnetBroadcast(this.subnets, number);
    if (isTaken) return undefined;
    const expected = this.subnets.map((subnet) => subnet.prefix).join(', ');
    return { reason: 'source-off-subnet', detail: `from ${source}, expected a host of ${expected}` };
  }

  decodeRequest(bytes: Uint8Array, header: Header, extent: Extent): Request | PacketFault {
    return decodeRequest(bytes, header, extent);
  }

  answerRequest(
    bytes: Uint8Array,
    header: Header,
    extent: Extent,
    asker: Address,
    metricOf: (prefix: Prefix) => number,
  ): Uint8Array {
    return answerRequest(bytes, header, extent, this.#subnetsFrom(asker), metricOf);
  }

  decodeResponse(bytes: Uint8Array, header: Header, extent: Extent, sender: Address): Response | PacketFault {
    return decodeResponse(bytes, header, extent, this.#subnetsFrom(sender));
  }

  /** The subnets, that of a sender first: what it leaves unsaid is read as in its own. */
  #subnetsFrom(sender: Address): readonly Ipv4Subnet[] {
    const own = subnetHolding(this.subnets, ipv4ToNumber(sender) ?? 0);
    if (own === undefined || own === this.subnets[0]) return this.subnets;
    return [own, ...this.subnets.filter((subnet) => subnet !== own)];
  }

  #own(outlet: Subnet): Ipv4Subnet {
    const own = this.subnets.find((subnet) => subnet === outlet);
    if (own === undefined) throw new Error(`${outlet.prefix} is no subnet of this link`);
    return own;
  }
}
