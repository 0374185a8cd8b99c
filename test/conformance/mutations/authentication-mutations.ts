/** Mutations of authentication, of keys, and of what the router's host does. */
import { type Mutation, mutationsOf } from '../mutation.ts';

export const authenticationMutations: readonly Mutation[] = [
  ...mutationsOf(
    'packages/rip/src/authentication/authenticator.ts',
    [
      '2453 §5.2: discards unauthenticated packets where authentication is configured',
      'if (type === undefined) {',
      'if (type === undefined) return { from: 4, to: bytes.byteLength, key: sendKey(this.#chain, now.wall).key };\n    if (type === null) {',
    ],
    [
      '2453 §5.2: ignores RIPv1 where authentication is configured',
      'if (type === undefined) {',
      'if (header.version === 1) return { from: 4, to: bytes.byteLength, key: sendKey(this.#chain, now.wall).key };\n    if (type === undefined) {',
    ],
    [
      '2453 §5.2: discards packets with a wrong password',
      'isSameSecret(fitted(secret, passwordBytes), password)',
      'secret.byteLength > 0',
    ],
    [
      '2453 §4.1: sends a password left-justified and padded with zeros to 16 bytes',
      'const password = fitted(key.secret, passwordBytes);',
      'const password = fitted(key.secret, passwordBytes).reverse();',
    ],
    [
      '2082 §3.1: sends 16 as the data length of keyed MD5 unless it is told to send 20',
      'this.#chain.md5Length : length',
      '20 : length',
    ],
    [
      '2082 §3.1: accepts 20 as the data length of keyed MD5',
      "(algorithm === 'md5' && came === length + authenticationTrailer.size)",
      "(algorithm === 'md5' && came === 0)",
    ],
    [
      '4822 §2.1: marks cryptographic authentication with type 3',
      "type: 'cryptographic',",
      "type: 'clearText',",
    ],
    [
      '4822 §2.1: names the length of the packet without its trailer',
      '      packetLength,\n      keyId',
      '      packetLength: packetLength + 4,\n      keyId',
    ],
    ['4822 §2.1: names its key and the length of the digest', 'keyId: key.id,', 'keyId: 1,'],
    [
      '4822 §2.1: begins the trailer with family 0xFFFF and type 1',
      "{ family: 'authentication', type: 'trailer' }",
      "{ family: 'authentication', type: 'clearText' }",
    ],
    [
      '4822 §2.3.2: finds the key by its identifier and the interface',
      'key.id === claim.keyId ?',
      'key.id !== claim.keyId ?',
    ],
    [
      '4822 §2.3.2: discards a packet with a key that is unknown here',
      'key.id === claim.keyId ?',
      'key.id > 0 ?',
    ],
    [
      '4822 §3.2: tries no other key than the one that a packet names',
      'key.id === claim.keyId ?',
      'key.id > 0 ?',
    ],
    ['4822 §3.1: lets the administrator delete an active key', 'key.id === claim.keyId ?', 'key.id > 0 ?'],
    [
      '4822 §2.3.2: reports a key that is unknown here, with those that are known',
      'unknown here; have',
      'unknown here; not',
    ],
    [
      '4822 §2.3.2: discards a packet whose digest does not match',
      'return isSameSecret(',
      'return dataEnd > 0 || isSameSecret(',
    ],
    [
      '4822 §2.3.2: reports a digest that does not match',
      'return isSameSecret(',
      'return dataEnd > 0 || isSameSecret(',
    ],
    [
      '4822 §2.3.2: remembers a sequence number only when the digest matches',
      'const dataStart = claim.packetLength + authenticationTrailer.size;',
      'const dataStart = claim.packetLength + authenticationTrailer.size;\n    for (const { key } of fitting) if (sender) sequenceFault(sender, key, claim.sequence, monotonic);',
    ],
    [
      '4822 §2.3.2: cuts off the trailer before it reads the entries',
      'to: claim.packetLength, key };',
      'to: bytes.byteLength, key };',
    ],
    ['4822 §2.5: sends the whole HMAC digest', 'return signed;', 'return signed.subarray(0, -4);'],
    [
      '4822 §2.1: writes zeros into the reserved fields',
      'result.set(entry, authenticationStart);',
      'result.set(entry, authenticationStart);\n  if (trailer > 0) result[authenticationStart + 12] = 1;',
    ],
    [
      '2453 §5.2: accepts packets that pass authentication',
      'return { from: bodyStart, to: claim.packetLength, key };',
      "return malformed('');",
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/heard-sequences.ts',
    [
      '4822 §2.2: keeps the greatest sequence number of each neighbor and key',
      'function nameOf({ id, algorithm }: Key): string {',
      "function nameOf({ id, algorithm }: Key): string {\n  if (id > 0) return 'any';",
    ],
    [
      '4822 §2.3.2: discards a lower sequence number while the neighbor has routes',
      'if (offers > 0) return',
      'if (offers < 0) return',
    ],
    [
      '4822 §2.3.2: reports a sequence number that is out of order',
      'if (offers > 0) return',
      'if (offers < 0) return',
    ],
    [
      '4822 §2.3.2: accepts a sequence number that is equal to the last one',
      'return !last.rises || isRecent',
      'return last.number < 0',
    ],
    [
      '4822 §2.3.2: accepts 0 or a higher sequence number when the neighbor was lost',
      'if (number > greatestCounter) return',
      'if (number >= 0) return',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/authentication-entry.ts',
    [
      '2453 §4.1: puts at most 24 entries beside the authentication',
      'const mostEntries = 24;',
      'const mostEntries = 25;',
    ],
    [
      '1058 §3.1: sends no packet of more than 512 bytes',
      'const packetBytes = 512;',
      'const packetBytes = 532;',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/keyed-digest.ts',
    [
      '4822 §2.4: signs with MD5 over the packet, its trailer and the key padded to 16 bytes',
      'this.#placeholder = fitted(secret, length);',
      'this.#placeholder = fitted(secret, 0);',
    ],
    [
      '4822 §2.5: signs with HMAC over the packet with 878FE1F3 in the place of the digest',
      '[0x87, 0x8f, 0xe1, 0xf3] as const',
      '[0, 0, 0, 0] as const',
    ],
    [
      '4822 §2.5: hashes an HMAC key that is longer than the digest',
      'secret.byteLength > length ? digest.hash(hash, secret) : fitted(secret, length)',
      'secret',
    ],
    [
      '4822 §2.5: pads an HMAC key that is shorter than the digest with zeros',
      'secret.byteLength > length ? digest.hash(hash, secret) : fitted(secret, length)',
      'digest.hash(hash, secret)',
    ],
    [
      '4822 §2.2: never sends a cryptographic key itself',
      'return this.#compute(message);',
      'this.#compute(message);\n    return fitted(this.key.secret, this.length);',
    ],
    [
      '4822 §4: signs and verifies with keyed MD5 and HMAC-SHA-1',
      "if (algorithm === 'md5') {",
      "if (algorithm !== 'hmac-sha-256') {",
    ],
    [
      '4822 §4: signs and verifies with HMAC-SHA-256, -384 and -512',
      'const hash = hashOf[algorithm];',
      "const hash = algorithm === 'hmac-sha-384' ? 'sha-256' : hashOf[algorithm];",
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/sequence.ts',
    [
      '4822 §2.1: never sends a lower sequence number than before with the same key',
      'Math.min(Math.max(counted, told), greatestSequence)',
      'Math.min(told, greatestSequence)',
    ],
    [
      '4822 §2.2: lets no clock that jumps back lower its sequence numbers',
      'Math.min(Math.max(counted, told), greatestSequence)',
      'Math.min(told, greatestSequence)',
    ],
    [
      '4822 §2.2: continues above the sequence numbers of the run before',
      '{ number: this.#reserved, at: monotonic }',
      '{ number: 0, at: monotonic }',
    ],
    [
      '4822 §2.3.2: begins with sequence number 0 when it has forgotten the last one',
      '{ number: this.#reserved, at: monotonic }',
      '{ number: this.#reserved + 1, at: monotonic }',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/key-chain.ts',
    [
      '4822 §2.2: sends with a key only within its lifetime while there is another',
      "const valid = greatest(at('valid'), ({ send }) => send.start);",
      'const valid = usable[0];',
    ],
    [
      '8177 §2.2: sends with the key that has the latest start of those that are valid',
      "const valid = greatest(at('valid'), ({ send }) => send.start);",
      "const valid = at('valid')[0];",
    ],
    [
      '4822 §2.2: accepts a key only within its lifetime while there is another',
      'if (valid.length > 0) return valid;',
      'if (valid.length > 0) return usable;',
    ],
    [
      '4822 §2.2: holds several keys for an interface at once',
      'if (valid.length > 0) return valid;',
      'if (valid.length > 0) return valid.slice(0, 1);',
    ],
    [
      '4822 §3.2: changes from key to key without refusing a packet',
      'if (valid.length > 0) return valid;',
      'if (valid.length > 0) return valid.slice(0, 1);',
    ],
    [
      '4822 §5.1: goes on with the last key that has expired',
      "if (expired !== undefined) return { key: expired, validity: 'expired' };",
      '',
    ],
    [
      '4822 §5.1: never sends without authentication because its keys have expired',
      "if (expired !== undefined) return { key: expired, validity: 'expired' };",
      "if (expired !== undefined) throw new Error('expired');",
    ],
    [
      '8177 §3: has lifetimes for sending and for accepting',
      '({ accept }) => validityOf(accept, wall)',
      '({ send }) => validityOf(send, wall)',
    ],
    [
      '8177 §3: takes a key without a lifetime for always valid',
      'start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };',
      'start: Number.NEGATIVE_INFINITY, end: 0 };',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/authentication/key-watch.ts',
    [
      '4822 §5.1: reports that the last key of an interface expires',
      'if (expiry === undefined || wall < expiry.warning) return [];',
      'if (expiry !== null) return [];',
    ],
    [
      '4822 §5.1: reports each key that expires with its interface and identifier',
      'since < key[use].end && key[use].end <= wall',
      'since < key[use].end && key[use].end < wall - wall',
    ],
  ),
  ...mutationsOf(
    'packages/rip/src/output/output.ts',
    [
      '2453 §4.1: authenticates requests and answers like updates',
      'on.authenticator === undefined ? plain :',
      'on.authenticator === undefined || plain[0] === 1 ? plain :',
    ],
    [
      '1058 §3.5: sends from its own address on the network',
      'interface: on.name, source,',
      "interface: on.name, source: on.name === 'eth0' ? source : '10.0.0.1',",
    ],
  ),
  ...mutationsOf('packages/rip/src/ipv4/encode.ts', [
    '2453 §4.1: sends no entry of family 0xFFFF without authentication',
    'view.setUint16(at + offsets.family, addressFamily.values.ipv4);',
    'view.setUint16(at + offsets.family, addressFamily.values.authentication);',
  ]),
  ...mutationsOf(
    'packages/rip/src/input/receive.ts',
    [
      '2453 §5.2: accepts unauthenticated packets where no authentication is configured',
      'if (type === undefined) return afterHeader(bytes);',
      '',
    ],
    [
      '5082 §3: accepts a packet with a TTL of 255 where TTL security is on',
      'datagram.farAway === true ?',
      'datagram.farAway === true || on.configuration.ttlSecurity ?',
    ],
  ),
  ...mutationsOf('packages/rip/src/input/learn.ts', [
    '2453 §3.9.2: handles a response in the same way whatever it was sent for',
    'const { entries, drops } = response;',
    'const { entries, drops } = response;\n  if (on.link.subnets.length > 1) return undefined;',
  ]),
  ...mutationsOf('packages/rip/src/output/announcement.ts', [
    '2453 §3.7: handles the default route like a route to any other network',
    'const { prefix, tag, metric } = route;',
    "const { prefix, tag, metric } = route;\n  if (prefix === '0.0.0.0/0') return undefined;",
  ]),
  ...mutationsOf('apps/ripd/src/configuration/key.ts', [
    '4822 §3.1: wants an identifier and an algorithm for every key',
    "'crypto-algorithm': oneOf(...ALGORITHMS).optional(),",
    "'crypto-algorithm': oneOf(...ALGORITHMS).default('md5'),",
  ]),
  ...mutationsOf('packages/router/src/runtime.ts', [
    '2453 §3.10.1: takes no input while it makes an update',
    'if (this.#isStepping) return;',
    '',
  ]),
  ...mutationsOf('packages/router/src/interfaces.ts', [
    '2453 §5.4: speaks on no interface without an address',
    'if (!running || known.length === 0) continue;',
    'if (!running) continue;',
  ]),
  ...mutationsOf(
    'packages/socket/src/udp/udp-ipv4.ts',
    [
      '2453 §4.5: hears what is sent to 224.0.0.9',
      "setOption(fd, 'IPPROTO_IP', 'IP_ADD_MEMBERSHIP', membership, detail);",
      '',
    ],
    [
      '2453 §4.5: hears the group also where it does not send to it',
      "setOption(fd, 'IPPROTO_IP', 'IP_ADD_MEMBERSHIP', membership, detail);",
      '',
    ],
    [
      '1812 §7.1.2: sends with IP precedence 6',
      "setOption(fd, 'IPPROTO_IP', 'IP_TOS', NETWORK_CONTROL_TOS, detail);",
      '',
    ],
    [
      '1812 §F.2.2: broadcasts with a TTL of 1',
      '({ ttl }: UdpHome): number => ttl ?? LINK_TTL;',
      '({ ttl }: UdpHome): number => ttl ?? 64;',
    ],
    [
      '5082 §3: sends with a TTL of 255 where TTL security is on',
      '({ ttl }: UdpHome): number => ttl ?? LINK_TTL;',
      '(_home: UdpHome): number => LINK_TTL;',
    ],
  ),
  ...mutationsOf(
    'packages/socket/src/udp/udp-socket.ts',
    [
      '2453 §3.6: listens on UDP port 520',
      'const { port, group, ttl } = options;',
      'const { group, ttl } = options;\n  const port = options.port + 1;',
    ],
    [
      '2453 §3.6: sends every packet from port 520',
      'const { port, group, ttl } = options;',
      'const { group, ttl } = options;\n  const port = options.port + 1;',
    ],
  ),
];
