/**
 * How a protocol is spoken on a segment of a random network: versions, authentication, by multicast or to each neighbor.
 * Before and after this file: `generator.ts`.
 *
 * Invariant: all routers of a segment agree, but for those few that have another secret: they hear only each other.
 */
import type { InterfaceConfiguration, Key, KeyChain, Millis, Protocol } from '@ripstop/rip';
import { type Address, addressFamily } from '@ripstop/wire';
import { isLinkLocal } from '../world/port.ts';
import { Random } from '../world/random.ts';
import { WORLD_EPOCH } from '../world/router-node.ts';
import type { Numbering } from './addressing.ts';
import type { ScenarioSegment } from './scenario.ts';

type Dialect = Pick<
  InterfaceConfiguration,
  'sendVersion' | 'receiveVersion' | 'authentication' | 'ttlSecurity' | 'multicast' | 'neighbors'
>;

const beginning = Number.NEGATIVE_INFINITY;
const never = Number.POSITIVE_INFINITY;
/** When a chain of two keys goes over to the second. */
const ROLLOVER: Millis = WORLD_EPOCH + 120_000;

const algorithms = [
  'clear-text',
  'md5',
  'hmac-sha-1',
  'hmac-sha-256',
  'hmac-sha-384',
  'hmac-sha-512',
] as const;

/** How one router speaks a protocol on one of its segments. */
export function dialect(
  protocol: Protocol,
  segment: ScenarioSegment,
  router: string,
  { seed, hasVersion1 }: Numbering,
): Dialect {
  const random = Random.named(seed, `dialect ${segment.name}`);
  const own = Random.named(seed, `dialect ${segment.name} ${router}`);
  const neighbors = neighborsOf(protocol, segment, router);
  const isUnicast = own.chance(0.1) && neighbors.length > 0;
  return {
    ...(protocol.name === 'rip' ? ripDialect(segment, hasVersion1, random, own) : onlyDialect),
    ttlSecurity: random.chance(0.1),
    multicast: !isUnicast,
    neighbors: isUnicast || own.chance(0.05) ? neighbors : [],
  };
}

type Versions = Pick<Dialect, 'sendVersion' | 'receiveVersion' | 'authentication'>;

const onlyDialect: Versions = { sendVersion: '1', receiveVersion: '1', authentication: undefined };

/** @param own what this router alone decides */
function ripDialect({ name }: ScenarioSegment, hasVersion1: boolean, random: Random, own: Random): Versions {
  const isOld = hasVersion1 && random.chance(0.5);
  return {
    sendVersion: isOld ? random.pick(['1', '1-compatible']) : '2',
    receiveVersion: isOld ? '1-or-2' : '2',
    authentication: !isOld && random.chance(0.3) ? keyChain(name, random, own) : undefined,
  };
}

/** Addresses that the others on a segment are known by; none where nobody knows them before they speak. */
function neighborsOf({ family }: Protocol, { ends }: ScenarioSegment, router: string): Address[] {
  const others = ends.filter((end) => end.router !== router);
  const addresses = others.flatMap((end) => end.addresses.map((text) => text.replace(/\/.*/, '')));
  return addresses.filter(
    (address) => addressFamily(address) === family && (family === 'ipv4' || isLinkLocal({ address })),
  );
}

/** @param own what this router alone decides */
function keyChain(segment: string, random: Random, own: Random): KeyChain {
  const name = own.chance(0.03) ? `${segment}, mistaken` : segment;
  const key = (id: number, start: Millis, end: Millis): Key => ({
    id,
    algorithm: random.pick(algorithms),
    secret: Uint8Array.from(`${name} ${id}`.slice(-16), (character) => character.charCodeAt(0)),
    send: { start, end },
    // Wall clocks may be days apart: every router takes both keys at all times.
    accept: { start: beginning, end: never },
  });
  const id = random.whole(1, 200);
  const keys = random.chance(0.4)
    ? [key(id, beginning, ROLLOVER), key(id + 1, ROLLOVER, never)]
    : [key(id, beginning, never)];
  return { name, keys, md5Length: own.pick([16, 20]) };
}
