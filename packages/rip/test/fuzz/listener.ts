/**
 * Who hears a router on one destination, and what they believe to reach through it: the last metric below 16 that was
 * said of each prefix. They know nothing of the router's table: what it stops saying without taking it back shows here.
 */
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import {
  type Action,
  always,
  type Entry,
  type Instant,
  type Interface,
  type InterfaceConfiguration,
  infinity,
  type KeyChain,
  type PolicyRule,
  type RouteSnapshot,
  rip,
} from '../../src/index.ts';
import { broadcastOf, Ipv4Subnet } from '../../src/ipv4/subnet.ts';
import { decodePacket, type Packet } from '../../src/packet/decode.ts';
import { applyPolicy, policyFor } from '../../src/policy/policy.ts';

export type Sent = Extract<Action, { type: 'send' }>;

export class Listener {
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  readonly version: number;
  /** Metric by prefix, below 16. */
  readonly believed = new Map<string, number>();

  constructor({ interface: name, source, destination }: Sent, version: number) {
    this.interface = name;
    this.source = source;
    this.destination = destination;
    this.version = version;
  }

  hear(entries: readonly Entry[]): void {
    for (const { prefix, metric } of entries) {
      if (metric < infinity) this.believed.set(prefix, metric);
      else this.believed.delete(prefix);
    }
  }
}

/** Where updates are to go: the group or the broadcast addresses, and the neighbors that are listed. */
export function destinationsOf(configuration: InterfaceConfiguration, on: Interface): readonly string[] {
  const { passive, sendVersion, multicast, neighbors } = configuration;
  if (passive || sendVersion === 'none') return [];
  const broadcasts = on.addresses.map((address) => broadcastOf(new Ipv4Subnet(address)));
  return [...(multicast ? (sendVersion === '2' ? ['224.0.0.9'] : broadcasts) : []), ...neighbors];
}

/** Whether split horizon and the policy let a route be announced as reachable to a listener. */
export function mayBelieve(
  { interface: name, destination }: Listener,
  { prefix, metric, tag, nextHops }: RouteSnapshot,
  { splitHorizon, neighbors }: InterfaceConfiguration,
  policy: readonly PolicyRule[],
): boolean {
  const leadsBack = nextHops.some((hop) => hop.interface === name);
  if (metric >= infinity || (leadsBack && splitHorizon !== 'disabled')) return false;
  const neighbor = neighbors.includes(destination) ? destination : undefined;
  const allowed = applyPolicy(policyFor(policy, 'out', name, neighbor), prefix, { metric, tag });
  return allowed !== undefined && allowed.metric < infinity;
}

/**
 * Takes the authentication off a packet that was sent.
 * @returns undefined if it is not signed with a key of the chain, or signed without one
 */
export function unsigned(
  packet: Uint8Array,
  chain: KeyChain | undefined,
  now: Instant,
): Uint8Array | undefined {
  const isSigned = packet[1] !== 1 && packet[4] === 0xff && packet[5] === 0xff;
  if (chain === undefined) return isSigned ? undefined : packet;
  // Whether the other side accepts what we send at this moment is the administrator's affair.
  const keys = chain.keys.map((key) => ({ ...key, accept: always }));
  const verified = new Authenticator({ ...chain, keys }, systemDigest).verify(packet, undefined, now);
  if ('reason' in verified) return undefined;
  return Uint8Array.from([...packet.subarray(0, 4), ...packet.subarray(verified.from, verified.to)]);
}

/** Number of a packet that is signed with a digest. */
export function sequenceOf(packet: Uint8Array): number | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const isSigned = packet.byteLength >= 24 && view.getUint32(4) === 0xffff_0003;
  return isSigned ? view.getUint32(12) : undefined;
}

/** As a neighbor on the subnet of the source reads it. */
export function readByNeighbor(plain: Uint8Array, source: string, on: Interface): Packet {
  const [own, others] = [true, false].map((isOwn) =>
    on.addresses.filter(({ address }) => (address === source) === isOwn),
  );
  return decodePacket(rip, plain, rip.link([...(own ?? []), ...(others ?? [])]));
}
