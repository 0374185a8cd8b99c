/** What a configuration file may say, but hardly means. */
import { describe, expect, it, test } from 'vitest';
import { mistakesIn, warningsIn } from './configuration.ts';

const KEY = 'authentication: { key-id: 1, crypto-algorithm: hmac-sha-256, key-string: tiny }';

describe('the place in the kernel', () => {
  it.each([
    ['protocol: rip', []],
    ['protocol: 210', []],
    ['table: 100', []],
    [
      'protocol: static, metric: 5',
      [
        '1:21: static makes routes, too: those with metric 5 are taken for ours, and removed; expected rip or an unused number',
      ],
    ],
    [
      'protocol: 2',
      [
        '1:21: kernel makes routes, too: those with metric 20 are taken for ours, and removed; expected rip or an unused number',
      ],
    ],
    [
      'table: local',
      ['1:18: the table local is the kernel’s own: what it learns there hides addresses of this host'],
    ],
  ])('%s', (kernel, warnings) => {
    expect(warningsIn(`kernel: { ${kernel} }\nrip: { interfaces: { eth0: {} } }`)).toEqual(warnings);
  });
});

describe('an interface', () => {
  it.each([
    ['', []],
    [KEY, []],
    [
      'timers: { update: 30, timeout: 30 }',
      ['1:30: eth0: a timeout of 30 s is not above the update interval of 30 s: routes will flap'],
    ],
    [
      'passive: true, no-listen: true',
      ['1:39: eth0: nothing is sent (passive), nothing is learned (no-listen): RIP does nothing here'],
    ],
    [
      'send-version: none, receive-version: none',
      [
        '1:44: eth0: nothing is sent (send-version), nothing is learned (receive-version): RIP does nothing here',
      ],
    ],
    ['passive: true', []],
    ['no-listen: true', []],
    [
      'passive: true, neighbors: [10.0.0.2]',
      ['1:56: eth0: no updates are sent (passive), not to the neighbors either'],
    ],
    [
      'send-version: none, neighbors: [10.0.0.2]',
      ['eth0: no updates are sent (send-version), not to the neighbors either'],
    ],
    [
      'multicast: false',
      ['1:41: eth0: multicast is false and there are no neighbors: nobody gets an update'],
    ],
    ['multicast: false, neighbors: [10.0.0.2]', []],
    ['multicast: false, passive: true', []],
    [
      'validate-source: false',
      [
        '1:47: eth0: validate-source is false without authentication: whoever reaches UDP port 520 can announce routes',
      ],
    ],
    [`validate-source: false, ${KEY}`, []],
    [
      `receive-version: 1-or-2, ${KEY}`,
      ['1:47: eth0: RIPv1 packets are refused where there is authentication (RFC 2453 §5.2)'],
    ],
    [
      `receive-version: 1, ${KEY}`,
      ['eth0: RIPv1 packets are refused where there is authentication (RFC 2453 §5.2): nothing is learned'],
    ],
    ['cost: 15', []],
    ['cost: 16', ['1:36: eth0: a cost of 16 makes every route unreachable: nothing is learned']],
    ['ttl-security: true', []],
    [
      'ttl-security: true, neighbors: [10.0.0.2]',
      ['1:44: eth0: ttl-security with neighbors: one that is not on the link is not heard'],
    ],
  ])('with %j', (keys, expected) => {
    const text = `rip: { interfaces: { eth0: { ${keys} } } }`;
    expect(warningsIn(text)).toEqual(expected.map((warning) => expect.stringContaining(warning)));
  });

  it.each([
    ['fifteen-letters', []],
    ['sixteen--letters', ['no interface can have a name of more than 15 bytes']],
    ['sixteen--letters*', []],
    ['eth[0-3]', []],
    ['eth[]]', []],
    ['eth[0-3', ['the [ is never closed: it stands for itself']],
    ['eth[0]-[1', ['the [ is never closed: it stands for itself']],
  ])('named %s', (name, expected) => {
    const policy = `[{ direction: in, interface: "${name}", action: reject }]`;
    const text = `rip: { policy: ${policy}, interfaces: { "${name}": {} } }`;
    expect(warningsIn(text)).toEqual(
      expected.flatMap((warning) => {
        const told = `${name}: ${warning}`;
        return [`1:45: ${told}`, expect.stringContaining(told)];
      }),
    );
  });

  it('inherits an unwise timer', () => {
    const text = 'rip:\n  timers: { timeout: 10 }\n  interfaces:\n    a:\n    b: { timers: { update: 5 } }\n';
    expect(warningsIn(text)).toEqual([
      '4:5: a: a timeout of 10 s is not above the update interval of 30 s: routes will flap',
    ]);
  });
});

describe('a key', () => {
  it.each([
    ['clear-text', 'tiny', ['the clear-text key: clear text protects from mistakes, not from attackers']],
    ['md5', 'tiny', ['key 1: MD5 is not recommended any more']],
    ['md5', 'k'.repeat(16), ['key 1: MD5 is not recommended any more']],
    [
      'md5',
      'k'.repeat(17),
      ['key 1: MD5 is not recommended any more', 'key 1: only the first 16 bytes of an MD5 key count'],
    ],
    ['hmac-sha-1', 'k'.repeat(20), []],
    [
      'hmac-sha-1',
      'k'.repeat(21),
      [
        'key 1: a key of more than 20 and at most 64 bytes is used in one way by RFC 4822 §2.5 and in another by BIRD',
      ],
    ],
    ['hmac-sha-1', 'k'.repeat(64), ['more than 20 and at most 64 bytes']],
    ['hmac-sha-1', 'k'.repeat(65), []],
    ['hmac-sha-256', 'k'.repeat(32), []],
    ['hmac-sha-256', 'k'.repeat(33), ['more than 32 and at most 64 bytes']],
    ['hmac-sha-384', 'k'.repeat(49), ['more than 48 and at most 128 bytes']],
    ['hmac-sha-512', 'k'.repeat(128), ['more than 64 and at most 128 bytes']],
    ['hmac-sha-512', 'k'.repeat(129), []],
  ])('for %s: %j', (algorithm, secret, expected) => {
    const key = `{ key-id: 1, crypto-algorithm: ${algorithm}, key-string: ${secret} }`;
    const inline = `rip: { interfaces: { eth0: { authentication: ${key} } } }`;
    const chain = `key-chains: [{ name: core, keys: [${key}] }]\nrip: { interfaces: { eth0: { authentication: { key-chain: core } } } }`;
    for (const text of [inline, chain]) {
      expect(warningsIn(text)).toEqual(expected.map((warning) => expect.stringContaining(warning)));
      expect(warningsIn(text).join('\n')).not.toContain(secret);
    }
  });

  it('in a file that every user can read is unwise', () => {
    const text = `rip: { interfaces: { eth0: { ${KEY} } } }`;
    expect(warningsIn(text, true)).toEqual(['1:30: key 1: every user can read the secret in this file']);
    expect(warningsIn('rip: { interfaces: { eth0: {} } }', true)).toEqual([]);
  });
});

/** A chain of HMAC-SHA-1 keys; the tests' wall clock stands at 2026-06-01. */
function chainOf(...keys: string[]): string {
  const written = keys.map((key) => `{ crypto-algorithm: hmac-sha-1, key-string: tiny, ${key} }`);
  return `key-chains:\n  - name: core\n    keys:\n${written.map((key) => `      - ${key}\n`).join('')}rip: { interfaces: { eth0: { authentication: { key-chain: core } } } }`;
}

test.each([
  ['one for ever', ['key-id: 1'], []],
  [
    'two that overlap',
    [
      'key-id: 1, send-lifetime: { end: 2026-08-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-07-01T00:00:00Z }',
    ],
    [],
  ],
  [
    'two that meet, the later one first',
    [
      'key-id: 1, send-lifetime: { start: 2026-07-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { end: 2026-07-01T00:00:00Z }',
    ],
    [],
  ],
  [
    'a gap to come',
    [
      'key-id: 1, send-lifetime: { end: 2026-07-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-08-01T00:00:00Z }',
    ],
    [
      '2:5: no key of core may be sent from 2026-07-01T00:00:00Z to 2026-08-01T00:00:00Z: another one is used meanwhile',
    ],
  ],
  [
    'a gap long ago',
    [
      'key-id: 1, send-lifetime: { end: 2026-01-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-02-01T00:00:00Z }',
    ],
    [],
  ],
  [
    'a gap now',
    [
      'key-id: 1, send-lifetime: { end: 2026-05-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-07-01T00:00:00Z }',
    ],
    ['no key of core may be sent from 2026-06-01T00:00:00Z to 2026-07-01T00:00:00Z'],
  ],
  [
    'none yet',
    ['key-id: 1, send-lifetime: { start: 2026-07-01T00:00:00Z }'],
    ['no key of core may be sent from 2026-06-01T00:00:00Z to 2026-07-01T00:00:00Z'],
  ],
  [
    'none any more',
    ['key-id: 1, send-lifetime: { end: 2026-06-01T00:00:00Z }'],
    ['2:5: every key of core has expired: the last one goes on being used'],
  ],
  [
    'an end within a day',
    ['key-id: 1, send-lifetime: { end: 2026-06-01T23:59:59Z }'],
    ['2:5: the last key of core ends at 2026-06-01T23:59:59Z: it goes on being used then'],
  ],
  ['an end in a day', ['key-id: 1, send-lifetime: { end: 2026-06-02T00:00:00Z }'], []],
  [
    'one that is accepted later than it is sent',
    [
      'key-id: 1, accept-lifetime: { start: 2030-01-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { end: 2027-01-01T00:00:00Z }',
    ],
    [
      '4:9: key 1 is sent at 2026-06-01T00:00:00Z, when it is not accepted: routers with these keys refuse each other then',
    ],
  ],
  [
    'one that is sent longer than it is accepted',
    [
      'key-id: 1, accept-lifetime: { end: 2026-07-01T00:00:00Z }, send-lifetime: { end: 2026-08-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-08-01T00:00:00Z }',
    ],
    ['4:9: key 1 is sent at 2026-07-01T00:00:00Z, when it is not accepted'],
  ],
  [
    'one that is accepted no longer, but not sent then either',
    [
      'key-id: 1, accept-lifetime: { end: 2026-07-01T00:00:00Z }',
      'key-id: 2, send-lifetime: { start: 2026-06-15T00:00:00Z }',
    ],
    [],
  ],
  [
    'one number twice',
    ['key-id: 1', 'key-id: 1, send-lifetime: { start: 2027-01-01T00:00:00Z }'],
    ['5:67: core has two keys with the number 1 at the same time'],
  ],
  [
    'one number twice, one after the other',
    [
      'key-id: 1, send-lifetime: { end: 2026-07-01T00:00:00Z }, accept-lifetime: { end: 2026-07-01T00:00:00Z }',
      'key-id: 1, send-lifetime: { start: 2026-07-01T00:00:00Z }, accept-lifetime: { start: 2026-07-01T00:00:00Z }',
    ],
    [],
  ],
])('a key chain with %s', (_name, keys, expected) => {
  expect(mistakesIn(chainOf(...keys))).toEqual([]);
  expect(warningsIn(chainOf(...keys))).toEqual(expected.map((warning) => expect.stringContaining(warning)));
});
