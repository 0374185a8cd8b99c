/**
 * The routes that this router brings into the network: its subnets, what is redistributed to it, the default route.
 *
 * Before: `Router` with what the kernel's side tells, and the configuration. After: `table`, where they beat what is learned.
 */
import type { Prefix } from '@ripstop/wire';
import { defaultTimers, type RouterConfiguration } from '../configuration.ts';
import { infinity } from '../packet/packet.ts';
import { isRedistributable, type Protocol } from '../protocol.ts';
import type { Millis } from '../time.ts';
import type { RedistributedRoute } from '../vocabulary.ts';
import type { Origin } from './route.ts';
import type { RouteTable } from './table.ts';

/** RFC 2453 §3.5 leaves it to the administrator; a subnet of our own costs one hop. */
const connectedMetric = 1;
/** How long a route is announced as lost that came from no interface. */
const { garbageCollection } = defaultTimers;

export class OwnRoutes {
  readonly #protocol: Protocol;
  readonly #table: RouteTable;
  #configuration: RouterConfiguration;
  readonly #redistributed = new Map<Prefix, RedistributedRoute>();
  #hasDefault = false;

  constructor(protocol: Protocol, table: RouteTable, configuration: RouterConfiguration) {
    this.#protocol = protocol;
    this.#table = table;
    this.#configuration = configuration;
    this.#originate(0);
  }

  connect(prefix: Prefix, origin: Origin, now: Millis): void {
    const route = { kind: 'connected', origin, metric: connectedMetric, tag: 0, nextHop: undefined } as const;
    this.#table.own(prefix, route, now);
  }

  disconnect(prefix: Prefix, origin: Origin, now: Millis): void {
    this.#table.disown(prefix, { kind: 'connected', origin }, origin.timers.garbageCollection, now);
  }

  /** What no neighbor would take is not announced (RFC 1812 §7.1.1). */
  redistribute(route: RedistributedRoute, now: Millis): void {
    this.#redistributed.set(route.prefix, route);
    const { prefix, source, tag, nextHop, metric = this.#configuration.defaultMetric } = route;
    if (metric >= infinity || !isRedistributable(this.#protocol, prefix)) {
      this.#disown('redistributed', prefix, now);
      return;
    }
    const own = { kind: 'redistributed', source, origin: undefined, metric, tag, nextHop } as const;
    this.#table.own(prefix, own, now);
  }

  withdraw(prefix: Prefix, now: Millis): void {
    this.#redistributed.delete(prefix);
    this.#disown('redistributed', prefix, now);
  }

  /** The kernel has a default route that is not ours, or has none any more. */
  defaultRoute(present: boolean, now: Millis): void {
    this.#hasDefault = present;
    this.#originate(now);
  }

  configure(configuration: RouterConfiguration, now: Millis): void {
    this.#configuration = configuration;
    for (const route of this.#redistributed.values()) this.redistribute(route, now);
    this.#originate(now);
  }

  /** Announces the default route, or takes it back, as it is configured. */
  #originate(now: Millis): void {
    const { defaultPrefix } = this.#protocol;
    const wanted = this.#configuration.originateDefaultRoute;
    if (wanted === undefined || (wanted.when === 'present' && !this.#hasDefault)) {
      this.#disown('originated', defaultPrefix, now);
      return;
    }
    const { metric } = wanted;
    const route = { kind: 'originated', origin: undefined, metric, tag: 0, nextHop: undefined } as const;
    this.#table.own(defaultPrefix, route, now);
  }

  #disown(kind: 'redistributed' | 'originated', prefix: Prefix, now: Millis): void {
    this.#table.disown(prefix, { kind, origin: undefined }, garbageCollection, now);
  }
}
