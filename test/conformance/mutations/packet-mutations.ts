/** Mutations of what is read from packets and written into them. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const packetMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/packet/header.ts',
    [
      '2453 §3.6: ignores a packet that is shorter than its header',
      'if (bytes.byteLength < packetHeader.size) {',
      'if (bytes.byteLength < 2) {',
    ],
    [
      '2453 §3.6: ignores a command that is neither request nor response',
      "if (typeof command === 'number')",
      "if (command === 'none')",
    ],
    [
      '1058 §3.1: ignores the commands traceon, traceoff and reserved',
      "if (typeof command === 'number')",
      "if (command === 'none')",
    ],
    ['2453 §5: ignores a packet of version 0', 'if (version === 0)', 'if (version < 0)'],
    [
      '2453 §5: reads a version above 2 as version 2',
      'if (version === 0)',
      'if (version === 0 || version > 2)',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/decode.ts',
    [
      '2453 §3.9.2: ignores an entry whose metric is not from 1 to 16',
      'if (metric < 1 || metric > infinity)',
      'if (metric < 0)',
    ],
    ['2453 §3.9.2: ignores an entry for a destination in network 0', 'if (net === 0)', 'if (net < 0)'],
    [
      '2453 §3.7: takes 0.0.0.0 for the default route',
      "return length === 0 ? undefined : 'destination-net-zero'",
      "return 'destination-net-zero'",
    ],
    ['2453 §3.9.2: ignores an entry for a destination in network 127', 'if (net === 127)', 'if (net < 0)'],
    ['2453 §3.9.2: ignores an entry for a destination of class D or E', 'if (net >= 224', 'if (net > 255'],
    [
      '2453 §3.9.2: ignores an entry for a broadcast address',
      '(length === 32 && isSubnetBroadcast(subnets, address))',
      'length > 32',
    ],
    [
      '2453 §3.9.2: goes on with the next entry after one that it ignores',
      "if ('reason' in entry) drops.push(entry);",
      "if ('reason' in entry) {\n      drops.push(entry);\n      break;\n    }",
    ],
    [
      '1058 §3.1: skips entries of an address family that it does not know',
      'if (family !== addressFamily.values.ipv4)',
      'if (family < 0)',
    ],
    [
      '2453 §4.1: reads authentication from the first entry only',
      'if (family === addressFamily.values.authentication)',
      'if (family < 0)',
    ],
    [
      '2453 §4.3: ignores an entry whose mask has a gap',
      'mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);',
      'mask === 0 ? inferredLength(subnets, address) : (lengthFromMask(mask) ?? 16);',
    ],
    [
      '2453 §4.3: ignores an entry whose address has bits outside its mask',
      'if ((address & ~maskFromLength(length)) !== 0)',
      'if (length < 0)',
    ],
    [
      '2453 §4.3: reads an entry without a mask by the rules of RIPv1',
      'mask === 0 ? inferredLength(subnets, address) : lengthFromMask(mask);',
      'lengthFromMask(mask);',
    ],
    ['2453 §3.7: takes routes to hosts', 'if (net === 127)', 'if (net === 127 || length === 32)'],
    [
      '2453 §3.6: takes the whole entries of a packet that ends inside one',
      'const entries: Entry[] = [];',
      'if ((to - from) % packetEntry.size !== 0) return { entries: [], drops: [] };\n  const entries: Entry[] = [];',
    ],
    [
      '2453 §3.6: takes the sound entries of a packet that has more than 25',
      'const entries: Entry[] = [];',
      'if (to > 504) return { entries: [], drops: [] };\n  const entries: Entry[] = [];',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/must-be-zero.ts',
    [
      '2453 §5: ignores a RIPv1 packet with anything where zeros must be',
      'if (version !== 1) return undefined;',
      'if (version > 0) return undefined;',
    ],
    [
      '2453 §5: does not mind what stands where zeros must be from version 2 on',
      'if (version !== 1) return undefined;',
      '',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/request.ts',
    [
      '2453 §3.9.1: does not answer a request without entries',
      "if (count === 0) return 'nothing';",
      "if (count === 0) return 'whole-table';",
    ],
    [
      '2453 §3.9.1: answers one entry of family 0 and metric 16 with the whole table',
      "return count === 1 && isOfAll ? 'whole-table' : 'destinations';",
      "return 'destinations';",
    ],
    [
      '2453 §3.9.1: takes that entry for a request for everything only if it is alone',
      'return count === 1 && isOfAll',
      'return isOfAll',
    ],
    [
      '2453 §3.9.1: answers each entry in its place with the metric of its own table',
      'view.setUint32(at + packetEntry.offsets.metric, metric);',
      'view.setUint32(4 + packetEntry.offsets.metric, metric);',
    ],
    ['2453 §3.10.2: answers a request with the version of the request', 'version === 1 ? 1 : 2,', '2,'],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/encode.ts',
    [
      '2453 §3.10.2: continues in further packets what one does not hold',
      'first < entries.length; first += perPacket',
      'first < Math.min(entries.length, perPacket); first += perPacket',
    ],
    [
      '2453 §3.6: writes numbers with the most significant byte first',
      'view.setUint32(at + offsets.metric, metric);',
      'view.setUint32(at + offsets.metric, metric, true);',
    ],
    ['2453 §3.10.2: writes zeros where zeros must be', 'if (version === 1) return;', ''],
  ),
  ...mutationsOf('packages/rip/src/ipv4/packet.ts', [
    '2453 §3.6: puts at most 25 entries into a packet',
    'export const entriesPerPacket = 25;',
    'export const entriesPerPacket = 26;',
  ]),
  ...mutationsOf(
    'packages/rip/src/ipv4/network-class.ts',
    [
      '2453 §3.7: reads a RIPv1 destination in the network of the interface with the mask of the interface',
      'sibling === undefined || sibling.length === 32',
      'sibling !== null',
    ],
    [
      '2453 §3.7: reads a RIPv1 destination with host bits as a host',
      'return (address & ~maskFromLength(length)) === 0 ? length : 32;',
      'return length;',
    ],
    [
      '2453 §3.7: reads the RIPv1 destination 0.0.0.0 as the default route',
      'if (address === 0) return 0;',
      '',
    ],
    [
      '1923 §2.1: reads a RIPv1 destination of another network with the mask of its class',
      'return address < 0xc000_0000 ? 16 : 24;',
      'return 16;',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/ipv4/version-one.ts',
    [
      '2453 §3.7: sends no subnet by RIPv1 outside the network that it is part of',
      '} else if (length >= classLength(address)) addToNetwork(networks, address, entry);',
      '} else spoken.push(entry);',
    ],
    [
      '2453 §4.3: advertises nothing internal to a network into another where RIPv1 may listen',
      '} else if (length >= classLength(address)) addToNetwork(networks, address, entry);',
      '} else spoken.push(entry);',
    ],
    [
      '2453 §3.7: sends one entry for a whole network by RIPv1 into other networks',
      '} else if (length >= classLength(address)) addToNetwork(networks, address, entry);',
      '}',
    ],
    [
      '2453 §4.3: advertises no supernet where RIPv1 may listen',
      '} else if (length >= classLength(address)) addToNetwork(networks, address, entry);',
      '} else addToNetwork(networks, address, entry);',
    ],
    [
      '2453 §3.7: gives the entry for a whole network the smallest metric of its subnets',
      'known.metric <= entry.metric ? known : entry;',
      'known.metric >= entry.metric ? known : entry;',
    ],
    [
      '2453 §3.7: sends the subnets of a network by RIPv1 within this network',
      'siblingOf(here, address) !== undefined) {',
      'address < 0) {',
    ],
    [
      '2453 §6: sends by RIPv1 only subnets with the mask of the interface',
      'if (inferredLength(here, address) === length) spoken.push(entry);',
      'spoken.push(entry);',
    ],
    [
      '2453 §4.3: advertises no subnet where RIPv1 would take it for a host',
      'if (inferredLength(here, address) === length) spoken.push(entry);',
      'spoken.push(entry);',
    ],
    [
      '2453 §3.7: sends no host of a connected network by RIPv1 into other networks',
      'hosts.filter((host) => !isTakenIn(host, networks))',
      'hosts',
    ],
    ['2453 §3.7: sends the default route by RIPv1', 'if (length === 0 || siblingOf', 'if (siblingOf'],
  ),
];
