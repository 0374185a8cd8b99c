/** Mutations of the table of routes, its timers and the defaults. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const tableMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/table/table.ts',
    [
      '2453 §3.8: loses a route that was not refreshed for 180 s',
      'offer.lease.expires <= now;',
      'offer.lease.expires + 5_000 <= now;',
    ],
    [
      '2453 §3.8: starts the timeout again with every update for the route',
      '    lease.expires = this.#wakeAt(now + origin.timers.timeout);\n',
      '',
    ],
    [
      '2453 §3.9.2: refreshes a route only by responses of the router it came from',
      'previous.lease = lease;',
      'for (const other of route.offers) other.lease = lease;',
    ],
    [
      '2453 §3.8: starts the deletion of a route when its router announces 16',
      '      if (route !== undefined && previous !== undefined)\n        this.#withdraw(route, (offer) => offer === previous, now);\n',
      '',
    ],
    [
      '2453 §3.9.2: lets no other router withdraw a route',
      'if (route !== undefined && previous !== undefined)\n        this.#withdraw(route, (offer) => offer === previous, now);',
      'if (route !== undefined) this.#withdraw(route, () => true, now);',
    ],
    [
      '2453 §3.9.2: does not start a deletion again when 16 comes again',
      'if (route !== undefined && previous !== undefined)\n        this.#withdraw(route, (offer) => offer === previous, now);',
      'if (route !== undefined) {\n        this.#withdraw(route, (offer) => offer === previous, now);\n        this.#discard(route, source.origin.timers.garbageCollection, now);\n      }',
    ],
    [
      '2453 §3.9.2: adds a route to a destination that it did not know',
      'this.#routes.set(prefix, route);\n    }\n    this.touch(route);\n    // Spelled',
      '}\n    this.touch(route);\n    // Spelled',
    ],
    [
      '2453 §3.9.2: adopts a higher metric from the router of the route',
      'other === previous ? offer : other',
      'other === previous && metric < other.metric ? offer : other',
    ],
    [
      '2453 §3.9.2: adopts a lower metric from the router of the route',
      'other === previous ? offer : other',
      'other === previous && metric > other.metric ? offer : other',
    ],
    [
      '2453 §3.9.2: changes to an equal route when its own is half timed out',
      'this.#preferFresh(route, previous, now);',
      '',
    ],
    [
      '2453 §3.9.2: announces a route that it added',
      'this.#changed.add(route);',
      'if (before.metric < infinity) this.#changed.add(route);',
    ],
    [
      '1812 §F.2.2: triggers an update when a metric rises',
      'this.#changed.add(route);',
      'if (before.metric > route.metric) this.#changed.add(route);',
    ],
    [
      '2453 §3.4.4: announces a lost route at once',
      'this.#changed.add(route);',
      'if (route.metric < infinity) this.#changed.add(route);',
    ],
    [
      '2453 §3.8: announces a lost route with metric 16 until its garbage collection ends',
      'this.#wakeAt(now + garbageCollection);',
      'this.#wakeAt(now + garbageCollection / 2);',
    ],
    [
      '2453 §3.8: forgets a lost route after 120 s',
      'this.#wakeAt(now + garbageCollection);',
      'this.#wakeAt(now + garbageCollection * 2);',
    ],
    [
      '2453 §3.8: takes a new route during garbage collection, which ends then',
      'if (route.metric < infinity) route.garbageAt = Number.POSITIVE_INFINITY;',
      '',
    ],
    ['1724 §4.1: counts the changes that it makes to routes', 'before.metric === route.metric &&\n', ''],
    [
      '1812 §F.2.2: lets the administrator choose the timeout',
      'return { expires: this.#wakeAt(now + origin.timers.timeout),',
      'return { expires: this.#wakeAt(now + 180_000),',
    ],
    [
      '1812 §F.2.2: loses no route for a single update that is missing',
      'return { expires: this.#wakeAt(now + origin.timers.timeout),',
      'return { expires: this.#wakeAt(now + 45_000),',
    ],
    [
      '1812 §F.2.2: loses no route for a single update that is missing',
      'lease.expires = this.#wakeAt(now + origin.timers.timeout);',
      'lease.expires = this.#wakeAt(now + 45_000);',
    ],
    [
      '2453 §3.4.2: counts to infinity no further than 16',
      'if (metric >= infinity) {',
      'if (metric >= 1_000) {',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/table/route.ts',
    [
      '2453 §3.9.2: changes to another router that has a lower metric',
      'Math.min(...offers',
      'Math.max(...offers',
    ],
    [
      '2453 §3.9.2: stays with its route when another router has a higher metric',
      'Math.min(...offers',
      'Math.max(...offers',
    ],
    [
      '1812 §F.2.2: does not replace a route by one with an equal metric',
      'sources.has(offer.source) ? 0 : 1',
      'sources.has(offer.source) ? 1 : 0',
    ],
    [
      '2453 §4.2: preserves the route tag and announces it',
      'route.tag = best?.tag ?? route.tag;',
      'route.tag = 0;',
    ],
  ),
  ...mutationsOf('packages/rip/src/table/installer.ts', [
    '2453 §3.8: stops routing over a lost route at once',
    "if (isAsked(route)) this.#step.actions.push({ type: 'remove-route', prefix });",
    '',
  ]),
  ...mutationsOf(
    'packages/rip/src/configuration.ts',
    [
      '1812 §F.2.2: splits the horizon with poisoned reverse unless it is told otherwise',
      "splitHorizon: 'poison-reverse',",
      "splitHorizon: 'simple',",
    ],
    [
      '1812 §F.2.2: waits for six update intervals by default before it loses a route',
      'timeout: 180_000',
      'timeout: 90_000',
    ],
    [
      '2453 §4.5: multicasts on every interface unless it is told otherwise',
      'multicast: true,',
      'multicast: false,',
    ],
    [
      '2453 §5.1: sends by default RIPv2, and not by broadcast',
      "sendVersion: '2',",
      "sendVersion: '1-compatible',",
    ],
    [
      '2453 §5.1: accepts by default the version that it sends by default',
      "receiveVersion: '2',",
      "receiveVersion: '1',",
    ],
    ['1923 §3.0: speaks RIPv1 only where it is told to', "receiveVersion: '2',", "receiveVersion: '1-or-2',"],
    [
      '5082 §3: does not ask for a TTL of 255 unless it is told to',
      'ttlSecurity: false,',
      'ttlSecurity: true,',
    ],
    [
      '8695 §4: uses the cost, the metric and the number of paths of the YANG model by default',
      'maximumPaths: 8,',
      'maximumPaths: 4,',
    ],
    [
      '8695 §4: announces no default route unless it is told to',
      'originateDefaultRoute: undefined,',
      "originateDefaultRoute: { metric: 1, when: 'always' },",
    ],
  ),
];
