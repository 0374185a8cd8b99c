/** Mutations of what is believed of a datagram, and of who is answered. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const inputMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/input/receive.ts',
    [
      '2453 §3.9.2: ignores a response that does not come from port 520',
      "header.command === 'response' && port !== protocol.port",
      "header.command === 'response' && port === 0",
    ],
    [
      '2453 §3.9.2: ignores its own packets, on whatever interface they come back',
      'if (isOwn(source, bytes, on, reception))',
      'if (source.length === 0)',
    ],
    [
      '2453 §3.9.2: reports and counts the responses that it ignores',
      'countDrop(on.counters.dropped, reason);\n  const neighbor',
      'const neighbor',
    ],
    [
      '1724 §4.2: counts the responses that it discards, for each interface',
      'countDrop(on.counters.dropped, reason);\n  const neighbor',
      'const neighbor',
    ],
    [
      '1724 §4.3: counts the responses that it discards, for each neighbor',
      'neighbor.badPackets += 1;',
      'neighbor.badPackets += 0;',
    ],
    [
      '1724 §4.3: knows the RIP version of each neighbor',
      'neighbor.version = header.version;',
      'neighbor.version = 2;',
    ],
    [
      '2453 §5.1: accepts RIPv1 only with receive-version 1',
      "receiveVersion === '1-or-2' || receiveVersion === (version === 1 ? '1' : '2')",
      "receiveVersion !== 'none'",
    ],
    [
      '2453 §5.1: accepts RIPv2 only with receive-version 2',
      "receiveVersion === '1-or-2' || receiveVersion === (version === 1 ? '1' : '2')",
      "receiveVersion !== 'none'",
    ],
    ['2453 §5.1: accepts both versions with receive-version 1-or-2', "receiveVersion === '1-or-2' || ", ''],
    [
      '2453 §5.1: accepts no packet with receive-version none',
      "receiveVersion === '1-or-2' || receiveVersion === (version === 1 ? '1' : '2')",
      'version > 0',
    ],
    [
      '2453 §5.1: has switches for sending and receiving on each interface',
      "receiveVersion === '1-or-2' || receiveVersion === (version === 1 ? '1' : '2')",
      'version === 2',
    ],
    [
      '2453 §5.2: discards authenticated packets where no authentication is configured',
      'if (type === undefined) return afterHeader(bytes);',
      'if (type !== null) return afterHeader(bytes);',
    ],
    [
      '5082 §3: ignores and counts a packet with a lower TTL where TTL security is on',
      'datagram.farAway === true ? farAway : ',
      '',
    ],
    [
      '5082 §3: looks at the TTL before anything else of a packet',
      'datagram.farAway === true ? farAway : ',
      '',
    ],
  ),
  ...mutationsOf('packages/rip/src/ipv4/link.ts', [
    '2453 §3.9.2: ignores a response from off the networks of the interface',
    'if (isTaken) return undefined;',
    'if (source.length > 0) return undefined;',
  ]),
  ...mutationsOf('packages/rip/src/input/reception.ts', [
    '1724 §4.3: knows when it last heard each neighbor',
    'neighbor.lastHeard = reception.now.monotonic;',
    'neighbor.lastHeard = 0;',
  ]),
  ...mutationsOf(
    'packages/rip/src/input/learn.ts',
    [
      '2453 §3.9.2: reports and counts the entries that it ignores',
      'countDrop(on.counters.dropped, reason);\n    countDrop',
      'countDrop',
    ],
    [
      '1724 §4.2: counts the entries that it ignores, for each interface',
      'countDrop(on.counters.dropped, reason);\n    countDrop',
      'countDrop',
    ],
    [
      '1724 §4.3: counts the entries that it ignores, for each neighbor',
      'neighbor.badEntries += 1;',
      'neighbor.badEntries += 0;',
    ],
    [
      '1812 §7.5.2: lets the administrator choose on which interfaces routes are accepted',
      'on.configuration.noListen || ',
      '',
    ],
    ['1812 §F.2.3: takes no responses any more when it drains', ' || !reception.learns', ''],
    [
      '2453 §3.9.2: adds the cost of the interface to the metric, up to 16',
      'Math.min(received.metric + cost, infinity)',
      'received.metric',
    ],
    ['2453 §3.9.2: adds no route with metric 16', ': judged.metric;', ': Math.min(judged.metric, 15);'],
    [
      '2453 §4.4: routes via the next hop that an entry names',
      'return { gateway, interface: on.name, interfaceIndex: on.interface.index };',
      'return sender.nextHop;',
    ],
    [
      '2453 §4.4: routes via the sender where the next hop is not directly reachable',
      'if (!on.link.isHost(gateway)) return sender.nextHop;',
      '',
    ],
    [
      '2453 §4.4: routes via the sender where the next hop is 0.0.0.0',
      'named === undefined ? source.nextHop :',
      "named === undefined ? nextHopNamed('10.0.0.99', source, on) :",
    ],
    [
      '2453 §3.9.2: routes via the router that the response came from',
      'named === undefined ? source.nextHop :',
      "named === undefined ? nextHopNamed('10.0.0.99', source, on) :",
    ],
    [
      '1058 §4: accepts responses only from the neighbors that a policy names',
      'if (rules.length === 0 || metric === infinity)',
      'if (metric > 0)',
    ],
    [
      '1812 §7.5.2: lets the administrator choose which routes are accepted on each interface',
      'if (rules.length === 0 || metric === infinity)',
      'if (metric > 0)',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/input/answer.ts',
    [
      '1058 §3.4.1: does not answer a request from port 520 on a passive interface',
      'if (passive && port === protocol.port) return false;',
      '',
    ],
    [
      '1058 §3.4.1: answers a request from another port also on a passive interface',
      'if (passive && port === protocol.port) return false;',
      'if (passive) return false;',
    ],
    [
      '2453 §4.6: does not answer a RIPv1 request where it sends RIPv2 only',
      "return version === 2 || sendVersion !== '2';",
      'return version > 0;',
    ],
    [
      '2453 §4.6: answers a RIPv1 request with RIPv1',
      'const version = header.version === 1 ? 1 : 2;',
      'const version = header.version === 0 ? 1 : 2;',
    ],
    ['2453 §3.6: answers a request to the port it came from', '...to.at(port),', '...to.at(),'],
    [
      '1724 §4.1: counts the answers that it gives to requests',
      'on.counters.answersSent += 1;',
      'on.counters.answersSent += 0;',
    ],
    [
      '2453 §3.9.1: applies no split horizon to the destinations that it was asked for',
      'to.metricOf(table.get(prefix));',
      '(to.entries([table.get(prefix)].flatMap((route) => route ?? []))[0]?.metric ?? 16);',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/policy/policy.ts',
    [
      '1812 §7.5.2: lets the administrator choose to send the default route alone on an interface',
      "return action === 'reject' ? undefined : changed(entry, set);",
      'return changed(entry, set);',
    ],
    [
      '2453 §3.7: can keep the default route inside the autonomous system',
      "return action === 'reject' ? undefined : changed(entry, set);",
      'return changed(entry, set);',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/table/own-routes.ts',
    [
      '2453 §3.7: originates a default route where the administrator wants it',
      "if (wanted === undefined || (wanted.when === 'present' && !this.#hasDefault)) {",
      "if (wanted === undefined || wanted.when === 'present') {",
    ],
    ['1812 §F.2.2: can create a route to 0.0.0.0', 'this.#table.own(defaultPrefix, route, now);', ''],
    [
      '2453 §3.7: lets the administrator choose the metric of the default route',
      'const { metric } = wanted;',
      'const metric = 1;',
    ],
    [
      '2453 §4.2: gives imported routes the tag that is configured for them',
      "{ kind: 'redistributed', source, origin: undefined, metric, tag, nextHop }",
      "{ kind: 'redistributed', source, origin: undefined, metric, tag: 0 * tag, nextHop }",
    ],
  ),
];
