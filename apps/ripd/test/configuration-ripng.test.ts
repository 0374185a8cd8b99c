/** `ripng` in a configuration file: as `rip`, but for what RIPng has not, and for its addresses. */
import { defaultRipngInterfaceConfiguration, defaultRouterConfiguration } from '@ripstop/rip';
import { describe, expect, it, test } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';
import { defaultRedistribution, interfaceWith, mistakesIn, warningsIn } from './configuration.ts';

test('ripng needs only one interface, and has the defaults of rip', () => {
  const { configuration, warnings } = parseConfiguration('ripd.yaml', 'ripng: { interfaces: { eth0: {} } }');
  expect(warnings).toEqual([]);
  expect(configuration.rip).toBeUndefined();
  expect(configuration.ripng).toEqual({
    ...defaultRouterConfiguration,
    redistribution: defaultRedistribution,
    interfaces: { eth0: defaultRipngInterfaceConfiguration },
  });
});

describe('an interface of RIPng', () => {
  it.each([
    ['cost: 16', { cost: 16 }],
    ['passive: true', { passive: true }],
    ['no-listen: true', { noListen: true }],
    ['split-horizon: simple', { splitHorizon: 'simple' }],
    ['neighbors: ["fe80::2", "FEBF::0:3"]', { neighbors: ['fe80::2', 'febf::3'] }],
    ['multicast: false', { multicast: false }],
    ['ttl-security: true', { ttlSecurity: true }],
    [
      'timers: { update: 1, timeout: 6, garbage-collection: 4 }',
      { timers: { update: 1_000, timeout: 6_000, garbageCollection: 4_000 } },
    ],
  ])('with %j', (keys, expected) => {
    expect(interfaceWith(keys, 'ripng')).toEqual({ ...defaultRipngInterfaceConfiguration, ...expected });
  });

  const NO_KEYS =
    'expected nothing: RIPng has none, RFC 2080 §4 leaves it to IPsec; see "RIPng and IPsec" in';
  const address = 'expected the link-local address of a router, like fe80::1';
  it.each([
    [
      'send-version: 1',
      '1:46: ripng.interfaces.eth0.send-version is 1, expected nothing: RIPng has one version (RFC 2080 §2.1); use passive',
    ],
    ['send-version: none', 'send-version is "none", expected nothing: RIPng has one version'],
    [
      'receive-version: 1',
      'receive-version is 1, expected nothing: RIPng has one version (RFC 2080 §2.1); use no-listen',
    ],
    [
      'validate-source: true',
      'validate-source is true, expected nothing: RIPng hears every link-local address of the link, and no other',
    ],
    ['authentication:', `authentication is null, ${NO_KEYS}`],
    ['authentication: { key-chain: core }', `authentication is a section, ${NO_KEYS}`],
    [
      'authentication: { key-id: 1, crypto-algorithm: md5, key-string: hunter2 }',
      `authentication is a section, ${NO_KEYS}`,
    ],
    ['authentication: hunter2', `authentication is text (not shown), ${NO_KEYS}`],
    ['neighbors: ["2001:db8::2"]', `1:44: ripng.interfaces.eth0.neighbors[0] is "2001:db8::2", ${address}`],
    ['neighbors: [10.0.0.2]', `neighbors[0] is "10.0.0.2", ${address}`],
    ['neighbors: ["fe80::2%eth0"]', address],
    ['neighbors: ["ff02::9"]', address],
    ['neighbors: ["::1"]', address],
    ['neighbors: ["fe80::/10"]', address],
    ['neighbors: ["fe80::2", "fe80:0::2"]', 'expected each address once'],
    ['cost: 0', 'ripng.interfaces.eth0.cost is 0, expected a whole number from 1 to 16'],
    [
      'send-versoin: 2',
      'unknown key "send-versoin", expected one of: cost, passive, no-listen, split-horizon, neighbors, multicast, ttl-security, timers',
    ],
  ])('is refused with %j', (keys, expected) => {
    const mistakes = mistakesIn(`ripng: { interfaces: { eth0: { ${keys} } } }`);
    expect(mistakes).toEqual([expect.stringContaining(expected)]);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  it.each([
    [
      'passive: true, no-listen: true',
      ['1:41: eth0: nothing is sent (passive), nothing is learned (no-listen): RIP does nothing here'],
    ],
    [
      'multicast: false',
      ['1:43: eth0: multicast is false and there are no neighbors: nobody gets an update'],
    ],
    [
      'timers: { timeout: 10 }',
      ['1:32: eth0: a timeout of 10 s is not above the update interval of 30 s: routes will flap'],
    ],
    // All neighbors are on the link, and nothing comes from elsewhere.
    ['ttl-security: true, neighbors: ["fe80::2"]', []],
  ])('is warned of with %j', (keys, expected) => {
    expect(warningsIn(`ripng: { interfaces: { eth0: { ${keys} } } }`)).toEqual(expected);
  });
});

describe('both protocols', () => {
  it('have mistakes and warnings each of its own', () => {
    const text =
      'rip:\n  interfaces:\n    eth0: { cost: 17 }\nripng:\n  interfaces:\n    eth0: { cost: 18, authentication: x }\n';
    expect(mistakesIn(text)).toEqual([
      expect.stringContaining(':3:19: rip.interfaces.eth0.cost is 17'),
      expect.stringContaining(':6:19: ripng.interfaces.eth0.cost is 18'),
      expect.stringContaining(':6:39: ripng.interfaces.eth0.authentication is text (not shown)'),
    ]);
    const unwise =
      'rip:\n  interfaces:\n    eth0: { cost: 16 }\nripng:\n  interfaces:\n    eth0: { cost: 16 }\n';
    expect(warningsIn(unwise)).toEqual([
      expect.stringContaining('3:19: eth0: a cost of 16'),
      expect.stringContaining('6:19: eth0: a cost of 16'),
    ]);
  });

  const sets =
    'prefix-sets: [{ name: four, prefixes: [10.0.0.0/8] }, { name: six, prefixes: ["2001:db8::/32"] }, { name: both, prefixes: [0.0.0.0/0, "::/0"] }]\n';
  const instance = (protocol: string, ...named: string[]): string => {
    const rules = named.map((name) => `{ direction: in, prefix-set: ${name}, action: reject }`);
    return `${protocol}: { policy: [${rules.join(', ')}], interfaces: { eth0: {} } }\n`;
  };

  it('share the prefix sets', () => {
    const text = sets + instance('rip', 'four', 'both') + instance('ripng', 'six', 'both');
    expect(warningsIn(text)).toEqual([]);
    expect(warningsIn(sets + instance('rip', 'four', 'both'))).toEqual([
      expect.stringContaining('nothing uses six'),
    ]);
  });

  it('are told of a rule whose prefix set is the other one’s alone', () => {
    expect(warningsIn(sets + instance('rip', 'six', 'both') + instance('ripng', 'four'))).toEqual([
      '2:46: six holds no IPv4 prefix: the rule does nothing',
      '3:48: four holds no IPv6 prefix: the rule does nothing',
    ]);
  });

  it('have rules each of its own', () => {
    const rule = (neighbor: string): string => `{ direction: in, neighbor: "${neighbor}", action: reject }`;
    const text = (four: string, six: string): string =>
      `rip: { policy: [${rule(four)}], interfaces: { eth0: {} } }\nripng: { policy: [${rule(six)}], interfaces: { eth0: {} } }`;
    expect(mistakesIn(text('10.0.0.2', 'fe80::2'))).toEqual([]);
    expect(mistakesIn(text('fe80::2', '10.0.0.2'))).toEqual([
      expect.stringContaining('rip.policy[0].neighbor is "fe80::2", expected the IPv4 address of a router'),
      expect.stringContaining(
        'ripng.policy[0].neighbor is "10.0.0.2", expected the link-local address of a router',
      ),
    ]);
    const second = '{ direction: in, action: accept }, { direction: in, tag: 1, action: reject }';
    expect(warningsIn(`ripng: { policy: [${second}], interfaces: { eth0: {} } }`)).toEqual([
      expect.stringContaining('ripng.policy[0] matches everything that goes in'),
    ]);
  });
});
