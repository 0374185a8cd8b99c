/**
 * What RIP and RIPng do each in its own way: ports, packets, who is a neighbor, from which address one speaks. Everything
 * else of the router is the same code for both.
 *
 * `ipv4/rip.ts` and `ipv6/ripng.ts` are the two that there are. Before: `vocabulary`'s addresses and datagrams. After:
 * `interface` has a `Link` for each interface, `input` and `output` read and write packets through it.
 */
import type { Address, AddressFamily, Prefix } from '@ripstop/wire';
import type { SendVersion } from './configuration.ts';
import type { Header, PacketFault } from './packet/header.ts';
import type { Entry, EntryDrop, Extent, Version } from './packet/packet.ts';
import type { Datagram, InterfaceAddress } from './vocabulary.ts';

export interface Protocol {
  readonly name: 'rip' | 'ripng';
  readonly family: AddressFamily;
  /** Of UDP: what routers send from and to. */
  readonly port: number;
  /** All routers of a link that speak it. */
  readonly group: Address;
  readonly defaultPrefix: Prefix;
  /** Whether another host on another link may have the same address: it is known by its interface, too. */
  isLinkScoped(address: Address): boolean;
  /** Whether a neighbor would take a route to this prefix; the default route aside. */
  isAnnounceable(prefix: Prefix): boolean;
  /** @param before the same interface with the addresses it had until now */
  link(addresses: readonly InterfaceAddress[], before?: Link): Link;
  /** Routes that a packet has room for. @param mtu bytes of an IP packet on the link */
  entriesPerPacket(mtu: number): number;
  /** Entries with which a neighbor's packet counts as full: more of the same update will follow. */
  fullPacketEntries(mtu: number): number;
  /** Packets as full as they may be, the last one of what is left. None for no entries. */
  encodeResponses(entries: readonly Entry[], options?: EncodeOptions): Uint8Array[];
}

/** Whether a route from elsewhere can be announced at all. */
export function isRedistributable(protocol: Protocol, prefix: Prefix): boolean {
  return prefix === protocol.defaultPrefix || protocol.isAnnounceable(prefix);
}

export interface EncodeOptions {
  /** Undefined: the newest. */
  readonly version?: Version;
  /** At least 2. Undefined: as many as a usual packet has. */
  readonly perPacket?: number;
}

/** An interface as its protocol sees it, with one set of addresses. */
export interface Link {
  readonly subnets: readonly Subnet[];
  /**
   * The addresses that updates leave from, each with a whole update of its own. None: the protocol cannot be spoken here
   * yet.
   */
  readonly outlets: readonly Subnet[];
  /** Our address towards another one. @throws Error if there is no outlet */
  towards(address: Address): Subnet;
  /** The address that a request is answered from. @param own all addresses of this router */
  answeringAddress(request: Datagram, own: Iterable<Address>): Address;
  /** Where a packet for everybody who hears this outlet goes. */
  everybody(outlet: Subnet, version: SendVersion): Address;
  /** What of an update is left out where not everyone reads it as it is meant; undefined: nothing. */
  legible(outlet: Subnet, version: Version, sendVersion: SendVersion): Legible | undefined;
  /** Whether it is for all hosts of a subnet, and has to stay on the link. */
  isBroadcast(address: Address): boolean;
  /** Whether it can be that of a host that is reached without a router. */
  isHost(address: Address): boolean;
  /** Whether the kernel has to be told that this gateway is on the link, for no subnet of ours holds it. */
  isOffSubnet(gateway: Address): boolean;
  /**
   * Why a sender is not listened to; undefined: it is.
   * @param port which it sent from
   * @param validateSource false: it may be on no subnet of ours
   */
  senderFault(source: Address, port: number, validateSource: boolean): PacketFault | undefined;
  decodeRequest(bytes: Uint8Array, header: Header, extent: Extent): Request | PacketFault;
  /**
   * Answers a request for certain destinations: the same entries in the same order, each with our metric for it.
   * Without authentication.
   * @param metricOf 16 if there is no route to exactly this prefix
   */
  answerRequest(
    bytes: Uint8Array,
    header: Header,
    extent: Extent,
    asker: Address,
    metricOf: (prefix: Prefix) => number,
  ): Uint8Array;
  /** Reads the routes, as far as they are sound. Never throws. */
  decodeResponse(bytes: Uint8Array, header: Header, extent: Extent, sender: Address): Response | PacketFault;
}

/** What is reached over one address of an interface. */
export interface Subnet {
  readonly prefix: Prefix;
  /** The interface's own address; with a peer it may lie outside. */
  readonly address: Address;
  /** The other end of a point-to-point link, if the address names it. */
  readonly peer: Address | undefined;
  readonly length: number;
  /** Whether an address can be that of a host in it. */
  isHost(address: Address): boolean;
}

/** Takes out of a whole update what would be misread. */
export type Legible = (entries: readonly Entry[]) => Entry[];

export interface Request {
  /** nothing: it has no entries, and gets no answer. */
  readonly asks: 'whole-table' | 'destinations' | 'nothing';
}

export interface Response {
  /** The sound ones, in order: each with a canonical unicast prefix and a metric from 1 to 16. */
  readonly entries: readonly Entry[];
  readonly drops: readonly EntryDrop[];
}
