/**
 * A network and what happens to it, as plain data: made by `generator.ts` from a seed or read from a file by
 * `scenario-file.ts`; played in the simulated world by `simulation.ts`, in network namespaces by `rehearsal.ts`.
 */
import type { InterfaceConfiguration, Millis, Protocol } from '@ripstop/rip';
import { addressFamily, type Prefix, prefixAddress } from '@ripstop/wire';
import { type Configurations, protocols } from '../world/configurations.ts';
import type { Conditions } from '../world/segment.ts';

export interface Scenario {
  /** Decides everything that chance decides: jitter, loss. */
  readonly seed: number;
  readonly routers: readonly ScenarioRouter[];
  readonly segments: readonly ScenarioSegment[];
  /** In the order of time. */
  readonly events: readonly ScenarioEvent[];
  readonly expectations: readonly Expectation[];
  /** When the world ends. From the last event until then it is left alone, to come to rest. */
  readonly end: Millis;
}

export interface ScenarioRouter {
  readonly name: string;
  /** It speaks the protocols that are there. */
  readonly configurations: Configurations;
  /** What its wall clock is ahead at first. */
  readonly clockOffset: Millis;
  /** What becomes of the kernel's routes at an orderly stop. */
  readonly onExit: 'remove' | 'keep';
}

export interface ScenarioSegment {
  readonly name: string;
  readonly ends: readonly ScenarioEnd[];
  /** Its usual ones; what is not said is good. */
  readonly conditions: Partial<Conditions>;
  /** Bytes, of every interface on it. */
  readonly mtu: number;
}

export interface ScenarioEnd {
  readonly router: string;
  readonly interface: string;
  /**
   * `10.0.1.1/24`, `2001:db8:1::1/64`, those of IPv4 primary first. Without a link-local one of IPv6 (`fe80::1/64`) the
   * kernel makes it.
   */
  readonly addresses: readonly string[];
}

export type ScenarioEvent = { readonly at: Millis } & Happening;

export type Happening =
  /** Carrier is lost on every port, or on that of one router. */
  | { readonly type: 'cut'; readonly segment: string; readonly router?: string }
  /** Packets vanish, but nobody is told. */
  | { readonly type: 'silence'; readonly segment: string }
  /** Packets pass only between the routers of one part. */
  | { readonly type: 'split'; readonly segment: string; readonly parts: readonly (readonly string[])[] }
  | { readonly type: 'impair'; readonly segment: string; readonly conditions: Partial<Conditions> }
  /** Undoes all of these. */
  | { readonly type: 'mend'; readonly segment: string }
  /** Every interface on it gets this MTU. */
  | { readonly type: 'mtu'; readonly segment: string; readonly mtu: number }
  /** stop: SIGTERM. kill: SIGKILL. restart: stop, then start. drain: RFC 1812 §F.2.3. */
  | { readonly type: 'start' | 'stop' | 'kill' | 'restart' | 'drain'; readonly router: string }
  /** `ip link set dev … up` or down. */
  | { readonly type: 'up' | 'down'; readonly router: string; readonly interface: string }
  /** The interface has these addresses from now on. */
  | {
      readonly type: 'readdress';
      readonly router: string;
      readonly interface: string;
      readonly addresses: readonly string[];
    }
  /** The wall clock is set so much ahead of the world's. */
  | { readonly type: 'clock'; readonly router: string; readonly offset: Millis }
  | { readonly type: 'reconfigure'; readonly router: string; readonly configurations: Configurations }
  /** The kernel refuses the next so many installs: out of memory. 0: it takes all of them again. */
  | { readonly type: 'refuse'; readonly router: string; readonly installs: number }
  /** The kernel drops notifications (ENOBUFS). */
  | { readonly type: 'overrun'; readonly router: string }
  /** Someone deletes the router's routes: `ip route flush proto rip`, and with -6. */
  | { readonly type: 'flush'; readonly router: string };

/** What a router must know at a moment. */
export interface Expectation {
  readonly at: Millis;
  readonly router: string;
  readonly prefix: Prefix;
  /** 1–15; 16: no way there. */
  readonly metric: number;
  /** The routers that it sends packets for there to, in any order; undefined: whichever. */
  readonly via: readonly string[] | undefined;
}

/** The same network with one protocol alone, and what is expected of that. */
export function speakingOnly(scenario: Scenario, name: Protocol['name']): Scenario {
  const family = protocols.find((protocol) => protocol.name === name)?.family;
  const only = ({ [name]: configuration }: Configurations): Configurations =>
    configuration === undefined ? {} : { [name]: configuration };
  return {
    ...scenario,
    routers: scenario.routers.map((router) => ({ ...router, configurations: only(router.configurations) })),
    events: scenario.events.map((event) =>
      event.type === 'reconfigure' ? { ...event, configurations: only(event.configurations) } : event,
    ),
    expectations: scenario.expectations.filter(
      ({ prefix }) => addressFamily(prefixAddress(prefix)) === family,
    ),
  };
}

/**
 * How long a network needs at most to come to rest after the last change. What is lost without a word is noticed when it
 * times out; a wrong metric counts up to 16, at worst one regular update (half an interval late) for each; then it is garbage.
 */
export function longestUnrest({ routers }: Pick<Scenario, 'routers'>): Millis {
  const configurations = routers.flatMap((router) => Object.values(router.configurations));
  const interfaces = configurations.flatMap((configuration) => Object.values(configuration.interfaces));
  const longest = (of: (timers: InterfaceConfiguration['timers']) => Millis): Millis =>
    Math.max(0, ...interfaces.map(({ timers }) => of(timers)));
  const pause = Math.max(0, ...configurations.map(({ triggeredUpdateDelay }) => triggeredUpdateDelay[1]));
  const round = 1.5 * longest(({ update }) => update) + pause;
  return (
    longest(({ timeout }) => timeout) + 16 * round + longest(({ garbageCollection }) => garbageCollection)
  );
}
