/**
 * What a router is told to do: plain values, already checked and complete. The configuration file's names and defaults
 * become this in the daemon; nothing here knows of YAML.
 */
import type { Address } from '@ripstop/wire';
import type { KeyChain } from './authentication/key-chain.ts';
import { interfacePattern } from './interface/interface-pattern.ts';
import type { PolicyRule } from './policy/policy.ts';
import type { Millis } from './time.ts';

/** RFC 2453 §3.8. Each is positive. */
export interface Timers {
  readonly update: Millis;
  readonly timeout: Millis;
  readonly garbageCollection: Millis;
}

/** RFC 2453 §3.4.3: what is said of routes on the interface they were learned on. */
export type SplitHorizon = 'disabled' | 'simple' | 'poison-reverse';

/** RFC 2453 §5.1. RIPng has `1` or `none`. `1-compatible`: RIPv2 by broadcast, and nothing in it that a RIPv1 router would misread. */
export type SendVersion = 'none' | '1' | '1-compatible' | '2';

/** RFC 2453 §5.1. RIPng has `1` or `none`. */
export type ReceiveVersion = 'none' | '1' | '2' | '1-or-2';

export interface InterfaceConfiguration {
  /** 1–16: added to every metric learned here. */
  readonly cost: number;
  /** Learns, but sends no responses. It still asks its neighbors once for their tables, as ripd of FRR does. */
  readonly passive: boolean;
  /** Sends, but learns nothing. */
  readonly noListen: boolean;
  readonly splitHorizon: SplitHorizon;
  readonly sendVersion: SendVersion;
  readonly receiveVersion: ReceiveVersion;
  /** Get every update by unicast, wherever they are. */
  readonly neighbors: readonly Address[];
  /** false: updates go to `neighbors` only. The group is heard all the same. */
  readonly multicast: boolean;
  /** false: neighbors from off the interface's subnets are accepted too (RFC 2453 §3.9.2 forbids it; tunnels need it). Of no effect in RIPng. */
  readonly validateSource: boolean;
  /** Undefined: none; then packets that carry authentication are refused (RFC 2453 §5.2). RIPng has none. */
  readonly authentication: KeyChain | undefined;
  /** RFC 5082: sends with TTL 255 and refuses what came with less; of RIPng also what is not multicast. */
  readonly ttlSecurity: boolean;
  readonly timers: Timers;
}

/** RFC 2453 §3.7: which router is the way out is the administrator's choice. */
export interface DefaultOrigination {
  /** 1–15. */
  readonly metric: number;
  /** present: only while the kernel has a default route that is not ours. */
  readonly when: 'always' | 'present';
}

export interface RouterConfiguration {
  /** 1–255: equal paths kept for one prefix; 1 turns ECMP off. */
  readonly maximumPaths: number;
  /** 1–15: metric of redistributed routes that come without one. */
  readonly defaultMetric: number;
  /** Shortest and longest pause after a triggered update, RFC 2453 §3.10.1. [0, 0]: none. */
  readonly triggeredUpdateDelay: readonly [shortest: Millis, longest: Millis];
  /** Undefined: this router does not claim to be the way to everywhere. */
  readonly originateDefaultRoute: DefaultOrigination | undefined;
  /** In order; the first match decides. */
  readonly policy: readonly PolicyRule[];
  readonly limits: Limits;
  /** Names or shell patterns (`lab-*`); the most exact match wins; an interface without a match does not speak RIP. */
  readonly interfaces: Readonly<Record<string, InterfaceConfiguration>>;
}

/** How much the neighbors can make a router remember and say. */
export interface Limits {
  /** One more is not believed. */
  readonly neighborsPerInterface: number;
  /** Offers of one neighbor; those above it are refused, the others stay. */
  readonly routesPerNeighbor: number;
  /** Prefixes known, those in garbage collection included. */
  readonly routes: number;
  /** Offers of all neighbors for all prefixes. */
  readonly offers: number;
  /** Requests for the whole table that are answered on one interface within a second. */
  readonly wholeTableAnswersPerSecond: number;
}

export const defaultLimits: Limits = {
  neighborsPerInterface: 1_024,
  routesPerNeighbor: 250_000,
  routes: 500_000,
  offers: 1_000_000,
  wholeTableAnswersPerSecond: 50,
};

/** RFC 2453 §3.8. */
export const defaultTimers: Timers = { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };

/** What an interface does that is only named. Poisoned reverse: RFC 2453 §3.4.3, a "should" of RFC 1812. */
export const defaultInterfaceConfiguration: InterfaceConfiguration = {
  cost: 1,
  passive: false,
  noListen: false,
  splitHorizon: 'poison-reverse',
  sendVersion: '2',
  receiveVersion: '2',
  neighbors: [],
  multicast: true,
  validateSource: true,
  authentication: undefined,
  ttlSecurity: false,
  timers: defaultTimers,
};

/** The same for RIPng, which has but one version (RFC 2080 §2.1). */
export const defaultRipngInterfaceConfiguration: InterfaceConfiguration = {
  ...defaultInterfaceConfiguration,
  sendVersion: '1',
  receiveVersion: '1',
};

/** A router that speaks nowhere yet. The pause: RFC 2453 §3.10.1; the number of paths: RFC 8695. */
export const defaultRouterConfiguration: RouterConfiguration = {
  maximumPaths: 8,
  defaultMetric: 1,
  triggeredUpdateDelay: [1_000, 5_000],
  originateDefaultRoute: undefined,
  policy: [],
  limits: defaultLimits,
  interfaces: {},
};

/**
 * What is configured for an interface, or undefined if it does not speak RIP. Its own name beats every pattern; of the
 * patterns that match, the one with more literal characters wins, then the one listed first.
 */
export function interfaceConfiguration(
  configuration: RouterConfiguration,
  name: string,
): InterfaceConfiguration | undefined {
  if (Object.hasOwn(configuration.interfaces, name)) return configuration.interfaces[name];
  let found: InterfaceConfiguration | undefined;
  let mostLiterals = -1;
  for (const [text, candidate] of Object.entries(configuration.interfaces)) {
    const { expression, literals } = interfacePattern(text);
    if (literals <= mostLiterals || !expression.test(name)) continue;
    found = candidate;
    mostLiterals = literals;
  }
  return found;
}
