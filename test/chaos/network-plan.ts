/**
 * The network in which everything breaks: three routers that know a detour around each link, a neighbor that only speaks, and
 * the routes that all of them are about. After this file: `chaos-network.ts` lays it, `shortest-paths.ts` says what follows from it.
 *
 * ```
 *    west ─────────── north
 *      ║ ╲            ╱
 *      ║   (twice)  ╱
 *      ╚═══ center ═════ speaker
 * ```
 *
 * Invariant: IPv4 and IPv6 have the same links, subnets and destinations, so that what is right for one is right for the other.
 */
import type { LinkEnd, Topology } from '@ripstop/lab';
import type { AddressFamily, Prefix } from '@ripstop/wire';
import type { RipdConfiguration } from '../kit/ripd.ts';

export const center = 'center';
export const speaker = 'speaker';
/** Those that run `ripd`. */
export const routers = [center, 'west', 'north'] as const;
export type RouterName = (typeof routers)[number];

/** Where routes of others lead, which nobody may touch: up as long as the lab lives, and not spoken on. */
export const stub = 'stub';

/** Both ends of a link on which RIP is spoken. */
export type PlannedLink = readonly [LinkEnd, LinkEnd];

export const links: readonly PlannedLink[] = [
  link(1, [center, 'to-west'], ['west', 'to-center']),
  link(2, [center, 'to-west2'], ['west', 'to-center2']),
  link(3, [center, 'to-north'], ['north', 'to-center']),
  link(4, ['west', 'to-north'], ['north', 'to-west']),
  link(5, [center, 'to-speaker'], [speaker, 'to-center']),
];

const stubs: readonly LinkEnd[] = routers.map((node, at) => ({
  node,
  interface: stub,
  addresses: [`10.1.${at + 1}.1/24`, `fd01:${at + 1}::1/64`],
}));

export const topology: Topology = {
  nodes: [...routers, speaker],
  links: [...links, ...stubs.map((end) => [end])],
};

/** Who can be a gateway on a stub, though nobody is there. */
export function stubGateway(node: RouterName, family: AddressFamily): string {
  const number = routers.indexOf(node) + 1;
  return family === 'ipv4' ? `10.1.${number}.2` : `fd01:${number}::2`;
}

/** What all routers should reach. */
export interface Destination {
  readonly ipv4: Prefix;
  readonly ipv6: Prefix;
  /** Of those that are no subnet of a link. */
  readonly number?: number;
  /** Who says that it has it, and with which metric. */
  readonly owners: ReadonlyMap<string, number>;
}

/** Subnets are announced with this metric, and so are redistributed routes. */
const OWN_METRIC = 1;

export const subnets: readonly Destination[] = links.map((ends, at) => ({
  ipv4: `10.0.${at + 1}.0/24`,
  ipv6: `fd00:${at + 1}::/64`,
  owners: new Map(ends.filter(({ node }) => node !== speaker).map(({ node }) => [node, OWN_METRIC])),
}));

/** The first 256 destinations are in this set. */
const firstSet = { name: 'first', prefixes: ['10.64.0.0/16 le 24', 'fd64:100::/24 le 48'] };

/** @param number less than 16,384 */
export function numbered(number: number): { ipv4: Prefix; ipv6: Prefix } {
  return {
    ipv4: `10.${64 + (number >> 8)}.${number & 0xff}.0/24`,
    ipv6: `fd64:${(number + 256).toString(16)}::/48`,
  };
}

export function isInFirstSet({ number = 256 }: Destination): boolean {
  return number < 256;
}

/** Whether a router redistributes a static route for it. Some are in two places, with equal metrics or not. */
export function isStaticAt(node: RouterName, number: number): boolean {
  if (node === 'west') return number % 5 < 2 || number % 20 === 3;
  return node === 'north' && (number % 5 === 2 || number % 10 === 0);
}

/** What the speaker says of it at first; undefined: nothing. */
export function spokenMetric(number: number): number | undefined {
  return number % 5 < 3 ? undefined : 1 + (number % 3);
}

/** What can be different in a router's configuration after a reload. */
export interface Mood {
  readonly name: string;
  /** By interface; 1 where nothing is said. */
  readonly costs: Readonly<Record<string, number>>;
  /** Interfaces from which the first set is not accepted. */
  readonly refuses: readonly string[];
}

export const calm: Mood = { name: 'calm', costs: {}, refuses: [] };

/**
 * Whatever is refused can be had by a detour. Were there none, RIP would count to infinity, for as long as some old offer lives: that
 * takes its time (RFC 2453 §3.4.2), and says nothing of the kernel.
 */
export const moods: Readonly<Record<RouterName, readonly Mood[]>> = {
  center: [
    calm,
    { name: 'west is far', costs: { 'to-west': 2, 'to-west2': 2 }, refuses: [] },
    { name: 'one way to west is better', costs: { 'to-west2': 3 }, refuses: [] },
    { name: 'refuses what comes by one way from west', costs: {}, refuses: ['to-west'] },
    { name: 'refuses from north, speaker far', costs: { 'to-speaker': 4 }, refuses: ['to-north'] },
  ],
  west: [calm, { name: 'center is far', costs: { 'to-center': 2, 'to-center2': 3 }, refuses: [] }],
  north: [calm, { name: 'refuses from west', costs: { 'to-center': 2 }, refuses: ['to-west'] }],
};

/** @param update seconds between two updates; the other timers follow */
export function configurationOf(node: RouterName, mood: Mood, update: number): RipdConfiguration {
  const interfaces = links.flat().filter((end) => end.node === node);
  const section = {
    timers: { update, timeout: 4 * update, 'garbage-collection': 2 * update },
    'triggered-update-delay': [0.05, 0.2],
    redistribute: node === center ? [] : [{ source: 'static' }],
    policy: mood.refuses.map((name) => ({
      direction: 'in',
      interface: name,
      'prefix-set': firstSet.name,
      action: 'reject',
    })),
    interfaces: Object.fromEntries(
      interfaces.map(({ interface: name }) => [name, { cost: mood.costs[name] ?? 1 }]),
    ),
  };
  return { kernel: { 'stale-time': 2 }, 'prefix-sets': [firstSet], rip: section, ripng: section };
}

function link(number: number, one: readonly [string, string], other: readonly [string, string]): PlannedLink {
  const end = ([node, name]: readonly [string, string], host: number): LinkEnd => ({
    node,
    interface: name,
    addresses: [`10.0.${number}.${host}/24`, `fd00:${number}::${host}/64`],
  });
  return [end(one, 1), end(other, 2)];
}
