/** Policy rules that do nothing, and names that nothing uses. */
import { describe, expect, it } from 'vitest';
import { warningsIn } from './configuration.ts';

describe('a rule', () => {
  it.each([
    ['{ direction: in, interface: eth0, action: reject }', []],
    ['{ direction: in, interface: "eth*", action: reject }', []],
    ['{ direction: in, interface: lab-7, action: reject }', []],
    ['{ direction: in, interface: "lab-a*", action: reject }', []],
    ['{ direction: in, interface: "*-[0-9]", action: reject }', []],
    [
      '{ direction: in, interface: eth1, action: reject }',
      ['1:45: no configured interface is named eth1: the rule does nothing'],
    ],
    ['{ direction: in, neighbor: 10.0.0.9, action: reject }', []],
    ['{ direction: out, neighbor: 10.0.0.2, action: reject }', []],
    [
      '{ direction: out, neighbor: 10.0.0.9, action: reject }',
      ['1:45: no interface has 10.0.0.9 among its neighbors: the rule does nothing'],
    ],
  ])('of %j', (rule, expected) => {
    const text = `rip: { policy: [${rule}], interfaces: { eth0: { neighbors: [10.0.0.2] }, "lab-*": {} } }`;
    expect(warningsIn(text)).toEqual(expected.map((warning) => expect.stringContaining(warning)));
  });

  it('whose pattern matches no name is unwise', () => {
    const text =
      'rip: { policy: [{ direction: in, interface: "lab-*", action: reject }], interfaces: { eth0: {} } }';
    expect(warningsIn(text)).toEqual([expect.stringContaining('no configured interface is named lab-*')]);
  });
});

describe('rules', () => {
  const six = '{ name: six, prefixes: ["2001:db8::/32"] }';

  it.each([
    ['[{ direction: in, tag: 7, action: accept }, { direction: in, action: reject }]', []],
    ['[{ direction: out, action: reject }, { direction: in, action: reject }]', []],
    [
      '[{ direction: in, action: accept }, { direction: out, action: accept }, { direction: in, tag: 7, action: reject }]',
      ['2:88: rip.policy[0] matches everything that goes in: the rule does nothing'],
    ],
    [
      '[{ direction: in, interface: "*", action: accept }, { direction: in, action: reject }]',
      ['2:68: rip.policy[0] matches everything that goes in: the rule does nothing'],
    ],
    [
      '[{ direction: in, prefix-set: six, action: accept }]',
      ['2:46: six holds no IPv4 prefix: the rule does nothing'],
    ],
  ])('%s', (policy, expected) => {
    const sets = policy.includes('six') ? six : '';
    const text = `prefix-sets: [${sets}]\nrip: { policy: ${policy}, interfaces: { eth0: {} } }`;
    expect(warningsIn(text)).toEqual(expected);
  });
});

it('a key chain and a prefix set that nothing uses are unwise', () => {
  const text =
    `key-chains: [{ name: core, keys: [{ key-id: 1, crypto-algorithm: hmac-sha-1, key-string: tiny }] }]\n` +
    'prefix-sets: [{ name: lab, prefixes: [10.0.0.0/8] }]\nrip: { interfaces: { eth0: {} } }';
  expect(warningsIn(text)).toEqual(['1:14: nothing uses core', '2:15: nothing uses lab']);
});
