/**
 * Addresses of a random network. Before and after this file: `generator.ts` gives an interface its first ones, `faults.ts`
 * others.
 *
 * Invariant: on one segment no two interfaces ever have the same address, whatever becomes of them.
 */
import { addressFamily } from '@ripstop/wire';
import { Random } from '../world/random.ts';
import type { ScenarioEnd, ScenarioSegment } from './scenario.ts';

/** Where link-local addresses come from: the kernel, the place on the segment (every segment has its fe80::1), the router. */
const linkLocalOrigins = ['kernel', 'place', 'router'] as const;

/** How a whole network is numbered. */
export interface Numbering {
  readonly seed: number;
  /** Some segments speak RIPv1: then all subnets have masks that RIPv1 can infer. */
  readonly hasVersion1: boolean;
}

/** The place of an interface in a network, all counted from 0. */
export interface Place {
  readonly segment: number;
  readonly end: number;
  readonly router: number;
}

/** Addresses of both families for one segment, end by end. */
export class SegmentAddresses {
  readonly #origin: (typeof linkLocalOrigins)[number];
  readonly #ipv4Length: number;
  /** Undefined: routers know each other by their link-local addresses alone. */
  readonly #ipv6Length: number | undefined;

  constructor({ seed, hasVersion1 }: Numbering, segment: number, ends: number) {
    const random = Random.named(seed, `addresses of segment ${segment}`);
    const isStub = ends === 1;
    this.#origin = Random.named(seed, 'link-local addresses').pick(linkLocalOrigins);
    this.#ipv4Length = random.pick(hasVersion1 ? [24] : isStub ? [24, 24, 28, 32] : [24, 24, 28]);
    this.#ipv6Length = random.pick(isStub ? [64, 64, 56, 128] : [64, 64, 56, 112, undefined]);
  }

  of({ segment, end, router }: Place): string[] {
    const ipv4 = `10.${segment >> 8}.${segment & 255}.${end + 1}/${this.#ipv4Length}`;
    const ipv6 = `2001:db8:${hex(0x100 + segment)}::${hex(end + 1)}/${this.#ipv6Length}`;
    return [ipv4, ...(this.#ipv6Length === undefined ? [] : [ipv6]), ...this.#linkLocal(end, router)];
  }

  /** Of a router's second interface on one segment: none but a link-local one, or all would have its subnet twice. */
  ofSecond(end: number): string[] {
    return this.#origin === 'kernel' ? [] : [`fe80::${hex(end + 1)}:1/64`];
  }

  #linkLocal(end: number, router: number): string[] {
    if (this.#origin === 'kernel') return [];
    return [`fe80::${hex((this.#origin === 'place' ? end : router) + 1)}/64`];
  }
}

/** What an interface may have after a change of addresses. */
export function otherAddresses(end: ScenarioEnd, { ends }: ScenarioSegment, random: Random): string[] {
  const kinds = { ipv4: [], global: [], linkLocal: [] } as Record<ReturnType<typeof kindOf>, string[]>;
  for (const text of end.addresses) kinds[kindOf(text)].push(text);
  return [
    ...otherIpv4(kinds.ipv4, ends.length, random),
    ...otherGlobal(kinds.global, random),
    ...otherLinkLocal(kinds.linkLocal, ends.indexOf(end), ends.length, random),
  ];
}

/**
 * A second subnet on the same wire, beside the first or in its place; or the first alone. Where more than two meet, all keep
 * the first: with split horizon, one in the middle does not tell two strangers of each other.
 */
function otherIpv4([first]: readonly string[], ends: number, random: Random): string[] {
  if (first === undefined) return [];
  const second = first.replace(/^10\.(\d+)/, (_, octet) => `10.${Number(octet) + 100}`);
  const both = [[first, second], [second, first], [first]];
  return random.pick(ends > 2 ? both : [...both, [second]]);
}

function otherGlobal([first]: readonly string[], random: Random): string[] {
  if (first === undefined) return [];
  const second = first.replace('2001:db8:', '2001:db8:1000:');
  return random.pick([[first], [first, second], [second]]);
}

/**
 * One beside those that were given, or in their place. Where more than two meet, those that were given stay: neighbors may
 * be told to speak to them, and with split horizon nobody else tells what they miss.
 */
function otherLinkLocal(given: readonly string[], place: number, ends: number, random: Random): string[] {
  const other = `fe80::${random.pick(['a', 'b', 'c'])}:${hex(place + 1)}:2/64`;
  const both = [given, [...given, other]];
  return [...random.pick(given.length > 0 && ends > 2 ? both : [...both, [other]])];
}

function kindOf(text: string): 'ipv4' | 'global' | 'linkLocal' {
  if (addressFamily(text.replace(/\/.*/, '')) === 'ipv4') return 'ipv4';
  return text.startsWith('fe80:') ? 'linkLocal' : 'global';
}

function hex(number: number): string {
  return number.toString(16);
}
