/**
 * What a clause is: one rule of an RFC in our own words, with the code that keeps it or the reason why nothing does.
 *
 * The rule is a sentence without a subject (the subject is the router) and the end of its test's name:
 * `2453 §3.9.2: ignores its own packets`. So the list, the tests and docs/conformance.md cannot drift apart.
 */

/** RFC 2453 and 1058 write "must" and "should" in lower case; where the wording is only descriptive, we judged. */
export type Level = 'must' | 'should' | 'may';

/** A rule before it has its place. */
interface Rule {
  readonly level: Level;
  /** Present tense, no full stop. */
  readonly rule: string;
  /**
   * What keeps it: names of declarations in the packages and apps, `senderFault` or `RouteTable.offer`; with its folder where
   * RIP and RIPng have a name each, `ipv4/decodeResponse`.
   */
  readonly code: readonly string[];
  /** Why nothing keeps it; begins with `because`. */
  readonly notImplemented?: string;
  /** How the kernel keeps it without us. */
  readonly keptByLinux?: string;
}

export interface Clause extends Rule {
  readonly rfc: number;
  /** Without `§`: `3.9.2`, `F.2.3`. */
  readonly section: string;
}

/** Clauses that one looks up together; of several RFCs. */
export interface Topic {
  readonly title: string;
  readonly clauses: readonly Clause[];
}

/** The name of the clause's test. */
export function clauseName({ rfc, section, rule }: Clause): string {
  return `${rfc} §${section}: ${rule}`;
}

export function topic(title: string, ...clauses: readonly (readonly Clause[])[]): Topic {
  return { title, clauses: clauses.flat() };
}

/** Rules of one section of an RFC. */
export function section(rfc: number, name: string, ...rules: readonly Rule[]): readonly Clause[] {
  return rules.map((rule) => ({ rfc, section: name, ...rule }));
}

export const must = (rule: string, ...code: readonly string[]): Rule => ({ level: 'must', rule, code });
export const should = (rule: string, ...code: readonly string[]): Rule => ({ level: 'should', rule, code });
export const may = (rule: string, ...code: readonly string[]): Rule => ({ level: 'may', rule, code });

/** @param because a clause that begins with `because` */
export function absent(level: Level, rule: string, because: string): Rule {
  return { level, rule, code: [], notImplemented: because };
}

/** @param how what Linux does */
export function byLinux(level: Level, rule: string, how: string): Rule {
  return { level, rule, code: [], keptByLinux: how };
}
