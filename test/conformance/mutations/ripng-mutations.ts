/** Mutations of what RIPng does in its own way: its packets, its addresses, its sockets. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const ripngMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/ipv6/decode.ts',
    [
      '2080 §2.1.1: applies a next hop to all entries after it, until another one comes',
      'else entries.push(entry);',
      'else {\n        entries.push(entry);\n        nextHop = undefined;\n      }',
    ],
    [
      '2080 §2.1.1: routes via the next hop that is named',
      'else entries.push(entry);',
      'else {\n        entries.push(entry);\n        nextHop = undefined;\n      }',
    ],
    [
      '2080 §2.1.1: forgets the next hop at the end of the message',
      'let nextHop: Address | undefined;',
      "let nextHop: Address | undefined = from + packetEntry.size === to ? 'fe80::3' : undefined;",
    ],
    [
      '2080 §2.1.1: takes :: as a next hop for the sender',
      'return isLinkLocal(address) ? address : undefined;',
      "return isLinkLocal(address) || address === '::' ? address : undefined;",
    ],
    [
      '2080 §2.1.1: takes a next hop that is not link-local for the sender',
      'return isLinkLocal(address) ? address : undefined;',
      "return address === '::' ? undefined : address;",
    ],
    [
      '2080 §2.1.1: ignores the tag and the prefix length of a next hop',
      '=== nextHopMetric) nextHop',
      '=== nextHopMetric && view.getUint8(at + offsets.length) === 0) nextHop',
    ],
    [
      '2080 §2.1: looks at no more bits of a prefix than its length says',
      'prefixFromBytes(bytesAt(view, at, at + ipv6Bytes), length)',
      'prefixFromBytes(bytesAt(view, at, at + ipv6Bytes), 128)',
    ],
    [
      '2080 §2.2: takes any prefix of length 0 for the default route',
      'prefixFromBytes(bytesAt(view, at, at + ipv6Bytes), length)',
      'prefixFromBytes(bytesAt(view, at, at + ipv6Bytes), length || 128)',
    ],
    [
      '2080 §2.4.2: ignores an entry whose prefix is longer than 128 bits',
      "return length > 128 ? 'prefix-length' : destinationFault(prefix);",
      'return destinationFault(prefix);',
    ],
    [
      '2080 §2.4.2: ignores an entry whose metric is not from 1 to 16',
      'if (metric < 1 || metric > infinity)',
      'if (metric < 1)',
    ],
    [
      '2080 §2.4.2: goes on with the next entry after one that it ignores',
      "if ('reason' in entry) drops.push(entry);",
      "if ('reason' in entry) return { entries, drops: [entry] };",
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv6/address.ts',
    [
      '2080 §2.4.2: ignores an entry for a multicast prefix',
      "if (isMulticast(address) || prefix === '::/128')",
      "if (prefix === '::/128')",
    ],
    [
      '2080 §2.4.2: ignores an entry for a link-local prefix',
      "if (isLinkLocal(address)) return 'destination-link-local';",
      '',
    ],
    [
      '2080 §2.5.2: announces no route to a link-local address',
      "if (isLinkLocal(address)) return 'destination-link-local';",
      '',
    ],
    [
      '2080 §2.2: takes routes to hosts and to networks alike',
      "|| prefix === '::/128')",
      "|| prefix.endsWith('/128'))",
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv6/packet.ts',
    [
      '2080 §2.1: puts as many entries into a packet as the MTU of the link has room for, up to 1500 bytes',
      'const outerHeaderBytes = 40 + 8;',
      'const outerHeaderBytes = 20 + 8;',
    ],
    [
      '2080 §2.5: multicasts its updates to FF02::9',
      "ripngGroup: Address = 'ff02::9';",
      "ripngGroup: Address = 'ff02::1';",
    ],
    [
      '2080 §2.1: sends unsolicited updates to port 521',
      'export const ripngPort = 521;',
      'export const ripngPort = 522;',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv6/encode.ts',
    [
      '2080 §2.1: writes numbers with the most significant byte first',
      'view.setUint16(at + offsets.tag, tag);',
      'view.setUint16(at + offsets.tag, tag, true);',
    ],
    [
      '2080 §2.1: announces metrics from 1 to 16 only',
      'view.setUint8(at + offsets.metric, metric);',
      'view.setUint8(at + offsets.metric, metric % 16);',
    ],
    [
      '2080 §2.1.1: writes zeros into the tag and the prefix length of a next hop',
      'packetEntry.encode({ address: slot.nextHop,',
      'packetEntry.encode({ length: 128, address: slot.nextHop,',
    ],
    ['2080 §2.5.2: writes version 1', '{ version = 1, perPacket', '{ version = 2, perPacket'],
    [
      '2080 §2.5.2: writes zeros where zeros must be',
      'let at = packetHeader.size;',
      'let at = packetHeader.size;\n  view.setUint8(3, 1);',
    ],
    [
      '2080 §2.5.2: continues in further packets what one does not hold',
      'if (packets.length === 0 || packet.length + (isNamed ? 1 : 2) > perPacket) {',
      'if (packets.length === 0) {',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv6/request.ts',
    [
      '2080 §2.4.1: does not answer a request without entries',
      "if (count === 0) return { asks: 'nothing' };",
      "if (count === 0) return { asks: 'whole-table' };",
    ],
    [
      '2080 §2.4.1: answers one entry of ::/0 with metric 16 with the whole table',
      "address === '::' && length === 0 && metric === infinity",
      'length === 0 && metric === infinity',
    ],
    [
      '2080 §2.4.1: takes that entry for a request for everything only if it is alone',
      'count === 1 && isOfAll',
      'isOfAll',
    ],
    [
      '2080 §2.4.1: answers each entry in its place with the metric of its own table',
      'view.setUint8(at + offsets.metric, metric);',
      'view.setUint8(4 + offsets.metric, metric);',
    ],
  ),
  ...mutationsOf('packages/rip/src/packet/request.ts', [
    '2080 §2.4.1: answers a request with the same entries, as a response',
    "encode(packetHeader, { command: 'response', version })",
    "encode(packetHeader, { command: 'request', version })",
  ]),
  ...mutationsOf(
    'packages/rip/src/ipv6/link.ts',
    [
      '2080 §2.4.2: ignores a response whose source is not a link-local address',
      '(port !== ripngPort && isGlobal(source))',
      'isGlobal(source)',
    ],
    [
      '2080 §2.4.1: answers who asks from behind a router',
      'isLinkLocal(source) || (port !== ripngPort && isGlobal(source))',
      'isLinkLocal(source)',
    ],
    [
      '2080 §2.4.1: answers who asks from another port from a globally valid address',
      'return [...addresses, ...own].find(isGlobal) ?? designated;',
      'return designated;',
    ],
    [
      '2080 §2.5.2: answers who asks from port 521 from its link-local address',
      'if (port === ripngPort || multicast === true)',
      'if (multicast === true)',
    ],
    [
      '2080 §2.5.2: answers who asks by multicast from another port from its link-local address',
      'if (port === ripngPort || multicast === true)',
      'if (port === ripngPort)',
    ],
    [
      '2080 §2.5: multicasts on a point-to-point link as on any other',
      'return ripngGroup;',
      'return this.subnets.find(({ peer }) => peer !== undefined)?.peer ?? ripngGroup;',
    ],
    [
      '2080 §2.5.2: sends one response for a link, from the designated one of its link-local addresses',
      'this.outlets = designated === undefined ? [] : [designated];',
      'this.outlets = candidates;',
    ],
    [
      '2080 §2.5.2: changes the designated address only when it is gone',
      'candidates.find(({ address }) => before?.outlets[0]?.address === address) ?? candidates[0]',
      'candidates[0]',
    ],
    [
      '2080 §2.5.2: sends its updates from a link-local address',
      'filter(({ address }) => isLinkLocal(address))',
      'filter(({ address }) => !isLinkLocal(address))',
    ],
    [
      '2080 §2.5.2: speaks on no interface without a link-local address',
      'filter(({ address }) => isLinkLocal(address))',
      'filter(({ address }) => address.length > 0)',
    ],
  ),
  ...mutationsOf('packages/rip/src/ipv6/ripng.ts', [
    '2080 §2.2: announces the default route as ::/0',
    "defaultPrefix: '::/0'",
    "defaultPrefix: '8000::/0'",
  ]),
  ...mutationsOf(
    'packages/rip/src/interface/interface.ts',
    [
      '2080 §2.1: sends no packet that the MTU of the link has no room for, also when it changes',
      'entriesPerPacket(this.#interface.mtu)',
      'entriesPerPacket(1_500)',
    ],
    [
      '2080 §2.3: moves every regular update at random, by no more than half of its interval',
      '(5 / 6 + random / 3)',
      '(5 / 6 + random)',
    ],
  ),
  ...mutationsOf('packages/rip/src/input/receive.ts', [
    '2080 §2.4.2: ignores and counts what has come with too low a hop limit',
    'datagram.farAway === true ? farAway : ',
    '',
  ]),
  ...mutationsOf('packages/rip/src/input/learn.ts', [
    '2080 §2.4.2: routes via the router that the response came from',
    'named === undefined ? source.nextHop :',
    "named === undefined ? nextHopNamed('fe80::99', source, on) :",
  ]),
  ...mutationsOf('packages/rip/src/configuration.ts', [
    '2080 §3: restricts nothing by default',
    "receiveVersion: '1',",
    "receiveVersion: 'none',",
  ]),
  ...mutationsOf('packages/rip/src/output/announcement.ts', [
    '2080 §2.2: handles the default route like a route to any other destination',
    'const { prefix, tag, metric } = route;',
    "const { prefix, tag, metric } = route;\n  if (prefix === '::/0') return undefined;",
  ]),
  ...mutationsOf('packages/rip/src/router.ts', [
    '2080 §2.5.1: takes no input while it makes an update',
    'for (const datagram of datagrams) receive(datagram, on, reception);',
    'for (const datagram of datagrams) {\n      receive(datagram, on, reception);\n      this.#settle();\n      this.#speak();\n    }',
  ]),
  ...mutationsOf('packages/rip/src/table/own-routes.ts', [
    '2080 §2: announces routes from elsewhere that the administrator chooses',
    'this.#redistributed.set(route.prefix, route);',
    'if (route !== undefined) return;',
  ]),
  ...mutationsOf(
    'packages/socket/src/udp/udp-ipv6.ts',
    [
      '2080 §2.4.2: sends with a hop limit of 255',
      "setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_HOPS', NEAR_TTL, detail);",
      "setOption(fd, 'IPPROTO_IPV6', 'IPV6_MULTICAST_HOPS', 1, detail);",
    ],
    [
      '2080 §2.4.2: requires a hop limit of 255 of what the RIPng port multicasts',
      "{ load: networkByte(DESTINATION_OFFSET), is: MULTICAST, else: 'near' },\n      passedNoRouter,",
      "{ load: networkByte(DESTINATION_OFFSET), is: MULTICAST, else: 'near' },",
    ],
    [
      '2080 §2.4.2: takes queries from other ports with any hop limit',
      "{ load: sourcePort, is: port, else: 'near' },",
      '',
    ],
    [
      '2080 §2.4.2: takes unicast from the RIPng port with any hop limit',
      "{ load: networkByte(DESTINATION_OFFSET), is: MULTICAST, else: 'near' },",
      '',
    ],
    [
      '2080 §2.5: hears what is sent to FF02::9',
      "setOption(fd, 'IPPROTO_IPV6', 'IPV6_JOIN_GROUP', membership, detail);",
      '',
    ],
  ),
];
