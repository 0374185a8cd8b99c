/**
 * What a router is told to do: plain values, already checked and complete. The configuration file's names and defaults
 * become this in the daemon; nothing here knows of YAML.
 */
import type { Millis } from './time.ts';

/** RFC 2453 §3.8. Each is positive. */
export interface Timers {
  readonly update: Millis;
  readonly timeout: Millis;
  readonly garbageCollection: Millis;
}

/** RFC 2453 §3.4.3: what is said of routes on the interface they were learned on. */
export type SplitHorizon = 'disabled' | 'simple' | 'poison-reverse';

export interface InterfaceConfiguration {
  /** 1–16: added to every metric learned here. */
  readonly cost: number;
  /** Learns, but sends no responses. It still asks its neighbors once for their tables, as ripd of FRR does. */
  readonly passive: boolean;
  /** Sends, but learns nothing. */
  readonly noListen: boolean;
  readonly splitHorizon: SplitHorizon;
  readonly timers: Timers;
}

export interface RouterConfiguration {
  /** 1–255: equal paths kept for one prefix; 1 turns ECMP off. */
  readonly maximumPaths: number;
  /** Shortest and longest pause after a triggered update, RFC 2453 §3.10.1. [0, 0]: none. */
  readonly triggeredUpdateDelay: readonly [shortest: Millis, longest: Millis];
  /** Names or shell patterns (`lab-*`); the most exact match wins; an interface without a match does not speak RIP. */
  readonly interfaces: Readonly<Record<string, InterfaceConfiguration>>;
}

/** RFC 2453 §3.8. */
export const defaultTimers: Timers = { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };

/** What an interface does that is only named. Poisoned reverse: RFC 2453 §3.4.3, a "should" of RFC 1812. */
export const defaultInterfaceConfiguration: InterfaceConfiguration = {
  cost: 1,
  passive: false,
  noListen: false,
  splitHorizon: 'poison-reverse',
  timers: defaultTimers,
};

/** A router that speaks nowhere yet. The pause: RFC 2453 §3.10.1; the number of paths: RFC 8695. */
export const defaultRouterConfiguration: RouterConfiguration = {
  maximumPaths: 8,
  triggeredUpdateDelay: [1_000, 5_000],
  interfaces: {},
};

/** How much the neighbors can make a router remember and say. */
export interface Limits {
  readonly neighborsPerInterface: number;
  /** Requests for the whole table that are answered on one interface within a second. */
  readonly wholeTableAnswersPerSecond: number;
  /** Prefixes known, those in garbage collection included. */
  readonly routes: number;
  /** Offers of all neighbors for all prefixes. */
  readonly offers: number;
}

export const limits: Limits = {
  neighborsPerInterface: 1_024,
  wholeTableAnswersPerSecond: 50,
  routes: 500_000,
  offers: 1_000_000,
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
    const { expression, literals } = shellPattern(text);
    if (literals <= mostLiterals || !expression.test(name)) continue;
    found = candidate;
    mostLiterals = literals;
  }
  return found;
}

/** `*`, `?`, `[a-z]`, `[!0]`; a bracket that is never closed stands for itself. */
function shellPattern(text: string): { expression: RegExp; literals: number } {
  let source = '';
  let literals = 0;
  for (const [token] of text.matchAll(/\[[!^]?\]?[^\]]*\]|./gs)) {
    if (token === '*') source += '.*';
    else if (token === '?') source += '.';
    else if (token.length > 1) source += characterClass(token);
    else {
      source += escaped(token);
      literals += 1;
    }
  }
  return { expression: new RegExp(`^${source}$`, 's'), literals };
}

function characterClass(token: string): string {
  const negated = token[1] === '!' || token[1] === '^';
  const members = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^[]/g, '\\$&');
  // A range the wrong way round would be an error of the regular expression; it holds no character.
  const ranges = members.replace(/(.)-(.)/gs, (range, from: string, to: string) => (from > to ? '' : range));
  return `[${negated ? '^' : ''}${ranges}]`;
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
