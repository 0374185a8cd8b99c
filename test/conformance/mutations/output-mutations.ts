/** Mutations of what is said, to whom and when. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const outputMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/output/speaker.ts',
    [
      '2453 §3.10.1: waits at random from 1 to 5 s after a triggered update before the next',
      'this.#random() * (longest - shortest)',
      'longest - shortest',
    ],
    [
      '2453 §3.10.1: starts another pause after that update',
      'this.triggered.pauseUntil(now +',
      'if (this.triggered.deadline < 10_000) this.triggered.pauseUntil(now +',
    ],
    [
      '2453 §3.10.1: leaves a change to the regular update if that is due first',
      'on.announced = this.#table.lastChange;\n    on.counters.regularUpdatesSent',
      'on.counters.regularUpdatesSent',
    ],
    [
      '1812 §F.2.2: sends no triggered update for what a regular one has announced',
      'on.announced = this.#table.lastChange;\n    on.counters.regularUpdatesSent',
      'on.counters.regularUpdatesSent',
    ],
    [
      '2453 §3.10.1: clears the change flags only when every network has been served',
      'outlets.every((on) => on.announced',
      'outlets.some((on) => on.announced',
    ],
    [
      '2453 §3.10.1: sends a triggered update on every network',
      'for (const on of outlets) {\n      const changed',
      'for (const on of outlets.slice(0, 1)) {\n      const changed',
    ],
    [
      '2453 §3.10.1: announces every changed route',
      '.filter((route) => route.change > on.announced)',
      '.filter((route) => route.change > on.announced).slice(0, 1)',
    ],
    [
      '1812 §F.2.2: announces nothing in a triggered update that has not changed since the last regular one',
      '[...this.#table.changed].filter((route) => route.change > on.announced)',
      '[...this.#table.routes]',
    ],
    [
      '2453 §3.10.1: applies split horizon to triggered updates',
      'to.news(changed, this.#table.routes, now)',
      'changed.map((route) => ({ ...route, nextHop: undefined }))',
    ],
    [
      '2453 §3.10.1: sends no triggered update that split horizon leaves empty',
      'if (packets === 0) continue;',
      '',
    ],
    [
      '1724 §4.2: counts the triggered updates that it sends, for each interface, and no regular ones',
      'on.counters.triggeredUpdatesSent += 1;',
      'on.counters.triggeredUpdatesSent += 0;',
    ],
    [
      '2453 §3.10: sends its updates on every network that it is connected to',
      'for (const on of outlets) if (on.updateAt',
      'for (const on of outlets.slice(0, 1)) if (on.updateAt',
    ],
    [
      '2453 §3.8: sends the whole table every 30 s',
      'on.scheduleUpdate(now, this.#random());',
      'on.scheduleUpdate(now + 5_000, this.#random());',
    ],
    [
      '2453 §3.9.1: applies split horizon to a whole table that it was asked for',
      'to.entries(this.#table.routes), this.leastMetric',
      '[...this.#table.routes].map((route) => ({ ...route, nextHop: undefined })), this.leastMetric',
    ],
    [
      '2453 §3.9.1: asks for the whole table on every network when it starts',
      'for (const to of on.audience.asked) this.#output.ask(on, to);',
      '',
    ],
    [
      '2453 §3.10: sends an answer to the router that asked, alone',
      'on, destination, to.entries',
      'on, on.audience.recipients[0]?.at() ?? destination, to.entries',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/output/drain.ts',
    [
      '1812 §F.2.3: sends four updates at random intervals of 2 to 4 s when it drains',
      'const updates = 4;',
      'const updates = 3;',
    ],
    [
      '1812 §F.2.3: announces metric 15 for what it announced as reachable when it drains',
      'infinity - 1 : infinity',
      'infinity - 2 : infinity',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/output/output.ts',
    [
      '1812 §F.2.3: goes on announcing 16 for what was unreachable when it drains',
      'return entry.metric >= metric ? entry :',
      'return entry.metric === metric ? entry :',
    ],
    [
      '2453 §3.6: sends unsolicited updates to port 520',
      'port = this.#protocol.port',
      'port = this.#protocol.port + 1',
    ],
    [
      '1058 §3.4.1: asks by RIPv1 where it sends RIPv1',
      'encodeWholeTableRequest(to.version)',
      'encodeWholeTableRequest(2)',
    ],
  ),
  ...mutationsOf('packages/rip/src/output/triggered-update.ts', [
    '2453 §3.10.1: announces what changed in the pause by one update at its end',
    'Math.max(collected, introduced, this.#pauseEnd)',
    'Math.max(collected, introduced)',
  ]),
  ...mutationsOf(
    'packages/rip/src/output/announcement.ts',
    [
      '2453 §3.4.3: announces a route with metric 16 where it was learned, by poisoned reverse',
      "from.splitHorizon === 'simple' ? undefined : {",
      "from.splitHorizon !== 'disabled' ? undefined : {",
    ],
    [
      '2453 §3.4.3: leaves a route out where it was learned, by simple split horizon',
      "from.splitHorizon === 'simple' ? undefined : {",
      "from.splitHorizon === 'disabled' ? undefined : {",
    ],
    [
      '2453 §3.4.3: announces a route where it was learned if split horizon is disabled',
      "if (from.splitHorizon === 'disabled' || !leadsBack",
      'if (!leadsBack',
    ],
    [
      '2453 §3.4.3: applies split horizon to each of the interfaces that a route leads over',
      'if (route.nextHops.some((hop) => hop.interface === name)) return true;',
      'if (route.nextHops[0]?.interface === name) return true;',
    ],
    [
      '2453 §3.10.2: announces unreachable routes too',
      'if (isUnreachable(route)) return { prefix, tag, nextHop: undefined, metric: infinity };',
      'if (isUnreachable(route)) return undefined;',
    ],
    [
      '2453 §4.4: names the next hop of a route on the link that the next hop is on',
      'nextHop: nextHopOnLink(route, from), metric };',
      'nextHop: undefined, metric };',
    ],
    [
      '2453 §4.4: names only a next hop on the subnet that the update goes to',
      'hop.interface === name && subnet.isHost(hop.gateway)',
      'hop.gateway.length > 0',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/output/recipient.ts',
    [
      '2453 §3.9.1: answers 16 for a destination that it has no explicit route to',
      'if (route === undefined || isUnreachable(route)) return infinity;',
      'if (route === undefined || isUnreachable(route)) return 15;',
    ],
    [
      '2453 §3.4.3: takes back by one metric of 16 what it said before simple split horizon applied',
      'this.#entry(route) ?? this.#takenBack(route.prefix, said, now)',
      'this.#entry(route)',
    ],
    [
      '1058 §3.5: hides subnets in an answer to a RIPv1 request for the whole table',
      'return this.#options.legible?.(entries) ?? entries;',
      'return entries;',
    ],
    [
      '2453 §3.6: announces metrics from 1 to 16 only',
      'metric: entry.metric === infinity ? infinity : allowed.metric, tag',
      'metric: entry.metric === infinity ? infinity : 1 + allowed.metric, tag',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/link.ts',
    [
      '2453 §4.5: multicasts its updates to 224.0.0.9',
      "version === '2' ? ripGroup : broadcastOf",
      'broadcastOf',
    ],
    [
      '2453 §5.1: sends RIPv2 by multicast with send-version 2',
      "version === '2' ? ripGroup : broadcastOf",
      'broadcastOf',
    ],
    [
      '2453 §5.1: sends RIPv2 by broadcast with send-version 1-compatible',
      "version === '2' ? ripGroup",
      "version !== '1' ? ripGroup",
    ],
    [
      '2453 §6: summarizes nothing by itself in RIPv2 updates',
      "if (version === 2 && sendVersion === '2') return undefined;",
      '',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/output/audience.ts',
    [
      '2453 §5.1: sends RIPv1 by broadcast with send-version 1',
      "const version = sendVersion === '1' ? 1 : 2;",
      'const version = 2;',
    ],
    ['2453 §5.1: sends nothing with send-version none', "sendVersion === 'none' || link", 'link'],
    ['2453 §3.10: sends its updates to a list of neighbors as well', '[...others, ...each]', '[...others]'],
    [
      '2453 §4.5: sends to the listed neighbors alone where multicast is turned off',
      '(multicast ? link.outlets : [])',
      '(multicast || true ? link.outlets : [])',
    ],
    [
      '1058 §3.1: learns on a passive interface and sends no responses there',
      'if (stage.configuration.passive) return [];',
      '',
    ],
    [
      '1058 §3.5: sends an update for each address of an interface, from that address',
      '(multicast ? link.outlets : [])',
      '(multicast ? link.outlets.slice(0, 1) : [])',
    ],
  ),
  ...mutationsOf('packages/rip/src/ipv4/subnet.ts', [
    '2453 §3.10: directs updates on a point-to-point link to its far end where it does not multicast',
    'if (peer !== undefined) return peer;',
    '',
  ]),
  ...mutationsOf('packages/rip/src/ipv4/rip.ts', [
    '3927 §2.7: announces no link-local subnet',
    'network >>> 16 !== 0xa9fe',
    'network >>> 16 !== 0',
  ]),
  ...mutationsOf(
    'packages/rip/src/interface/interface.ts',
    [
      '2453 §3.8: moves every regular update by up to 5 s at random',
      '(5 / 6 + random / 3)',
      '(1 + 0 * random)',
    ],
    [
      '8695 §4: lets an interface have timers of its own',
      'return this.#configuration.timers;',
      'return { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };',
    ],
  ),
];
