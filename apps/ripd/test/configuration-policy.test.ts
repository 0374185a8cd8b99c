/** Prefix sets and policy rules in a configuration file. */
import type { PolicyRule, PrefixRange } from '@ripstop/rip';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';
import { mistakesIn } from './configuration.ts';

const LAB = 'prefix-sets: [{ name: lab, prefixes: [10.0.0.0/8] }, { name: edge, prefixes: [0.0.0.0/0] }]';

function withPrefix(prefix: string): string {
  return `prefix-sets: [{ name: lab, prefixes: ["${prefix}"] }]\nrip: { policy: [{ direction: in, prefix-set: lab, action: reject }], interfaces: { eth0: {} } }`;
}

function rangeOf(prefix: string): PrefixRange | undefined {
  return rulesIn(withPrefix(prefix))[0]?.prefixSet?.ranges[0];
}

function rulesIn(text: string): readonly PolicyRule[] {
  return parseConfiguration('ripd.yaml', text).configuration.rip?.policy ?? [];
}

describe('a prefix set', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8', 8, 8],
    ['10.0.0.0/8 le 24', '10.0.0.0/8', 8, 24],
    ['10.0.0.0/8 ge 16', '10.0.0.0/8', 16, 32],
    ['10.0.0.0/8 ge 16 le 24', '10.0.0.0/8', 16, 24],
    ['10.0.0.0/8  le 24  ge 16', '10.0.0.0/8', 16, 24],
    ['10.0.0.0/8 ge 8 le 8', '10.0.0.0/8', 8, 8],
    ['0.0.0.0/0', '0.0.0.0/0', 0, 0],
    ['0.0.0.0/0 le 32', '0.0.0.0/0', 0, 32],
    ['192.0.2.1/32', '192.0.2.1/32', 32, 32],
    ['2001:DB8::/32 ge 48', '2001:db8::/32', 48, 128],
  ])('%j holds %s from %i to %i', (written, prefix, shortest, longest) => {
    expect(rangeOf(written)).toEqual({ prefix, shortest, longest });
  });

  const syntax =
    'expected a prefix, perhaps with its shortest and longest length, like "10.0.0.0/8 ge 16 le 24"';
  it.each([
    ['10.0.0.1/8', 'is "10.0.0.1/8", expected 10.0.0.0/8: no bits may be set behind the length'],
    ['10.1.0.0/8 le 24', 'expected 10.0.0.0/8 le 24: no bits may be set'],
    ['2001:db8::1/32', 'expected 2001:db8::/32: no bits may be set'],
    ['10.0.0.0', syntax],
    ['10.0.0.0/33', syntax],
    ['10.0.0.0/8 le', syntax],
    ['10.0.0.0/8 eq 9', syntax],
    ['10.0.0.0/8 le 16 le 24', syntax],
    ['', syntax],
    ['10.0.0.0/8 le 7', "expected lengths in this order: 8 (the prefix's own), ge, le, 32"],
    ['10.0.0.0/8 ge 7', "lengths in this order: 8 (the prefix's own), ge, le, 32"],
    ['10.0.0.0/8 ge 24 le 16', 'lengths in this order'],
    ['10.0.0.0/8 le 33', 'lengths in this order'],
    ['2001:db8::/32 le 129', "lengths in this order: 32 (the prefix's own), ge, le, 128"],
  ])('does not take %j', (written, expected) => {
    expect(mistakesIn(withPrefix(written))).toEqual([expect.stringContaining(expected)]);
  });

  it('may be empty', () => {
    const text =
      'prefix-sets: [{ name: none, prefixes: [] }]\nrip: { policy: [{ direction: in, prefix-set: none, action: reject }], interfaces: { eth0: {} } }';
    expect(rulesIn(text)[0]?.prefixSet).toEqual({ name: 'none', ranges: [] });
  });

  it.each([
    ['prefix-sets: { lab: [] }', 'prefix-sets is a section, expected a list of { name, prefixes }'],
    [
      'prefix-sets: [{ name: "", prefixes: [] }]',
      'prefix-sets[0].name is "", expected the name of a prefix set',
    ],
    [
      'prefix-sets: [{ name: a, prefixes: 10.0.0.0/8 }]',
      'prefix-sets[0].prefixes is "10.0.0.0/8", expected a list of prefixes',
    ],
    ['prefix-sets: [{ name: a, prefixes: [8] }]', `prefix-sets[0].prefixes[0] is 8, ${syntax}`],
    [
      'prefix-sets: [{ name: a, prefixes: [] }, { name: a, prefixes: [] }]',
      'prefix-sets[1].name is "a", expected a name that no other has',
    ],
  ])('is refused as %j', (sets, expected) => {
    expect(mistakesIn(`${sets}\nrip: { interfaces: { eth0: {} } }`).join('\n')).toContain(expected);
  });
});

describe('a policy', () => {
  it('is empty unless there are rules', () => {
    expect(rulesIn('rip: { interfaces: { eth0: {} } }')).toEqual([]);
  });

  it('becomes rules in their order', () => {
    const text = `${LAB}
rip:
  policy:
    - { direction: in, interface: eth0, neighbor: 10.0.0.2, prefix-set: lab, tag: 7, action: accept, set: { metric: 3, add-metric: 1, tag: 9 } }
    - { direction: out, prefix-set: edge, action: reject }
  interfaces: { eth0: {} }`;
    expect(rulesIn(text)).toEqual([
      {
        direction: 'in',
        interface: 'eth0',
        neighbor: '10.0.0.2',
        prefixSet: { name: 'lab', ranges: [{ prefix: '10.0.0.0/8', shortest: 8, longest: 8 }] },
        tag: 7,
        action: 'accept',
        set: { metric: 3, addMetric: 1, tag: 9 },
      },
      {
        direction: 'out',
        interface: undefined,
        neighbor: undefined,
        prefixSet: { name: 'edge', ranges: [{ prefix: '0.0.0.0/0', shortest: 0, longest: 0 }] },
        tag: undefined,
        action: 'reject',
        set: { metric: undefined, addMetric: undefined, tag: undefined },
      },
    ]);
  });

  it.each([
    ['{ action: accept }', 'direction is missing, expected one of: in, out'],
    ['{ direction: in }', 'action is missing, expected one of: accept, reject'],
    ['{ direction: both, action: accept }', 'direction is "both", expected one of: in, out'],
    ['{ direction: in, action: permit }', 'action is "permit", expected one of: accept, reject'],
    [
      '{ direction: in, interface: 3, action: accept }',
      'interface is 3, expected the name or pattern of an interface',
    ],
    [
      '{ direction: in, neighbor: eth0, action: accept }',
      'neighbor is "eth0", expected the IPv4 address of a router',
    ],
    [
      '{ direction: in, prefix-set: lba, action: accept }',
      'prefix-set is "lba", expected the name of a prefix set: lab, edge',
    ],
    [
      '{ direction: in, tag: 65536, action: accept }',
      'tag is 65536, expected a whole number from 0 to 65535',
    ],
    [
      '{ direction: in, action: accept, set: { metric: 0 } }',
      'set.metric is 0, expected a whole number from 1 to 16',
    ],
    [
      '{ direction: in, action: accept, set: { metric: 17 } }',
      'set.metric is 17, expected a whole number from 1 to 16',
    ],
    [
      '{ direction: in, action: accept, set: { add-metric: -1 } }',
      'set.add-metric is -1, expected a whole number from 0 to 16',
    ],
    [
      '{ direction: in, action: accept, set: { tag: 65536 } }',
      'set.tag is 65536, expected a whole number from 0 to 65535',
    ],
    [
      '{ direction: in, action: reject, set: { tag: 1 } }',
      'policy[0].set is a section, expected nothing: what is rejected is not changed',
    ],
    [
      '{ direction: in, action: accept, prefixset: lab }',
      'unknown key "prefixset", expected perhaps "prefix-set"',
    ],
    ['accept', 'policy[0] is "accept", expected a section of keys and values'],
  ])('does not take %j', (rule, expected) => {
    const text = `${LAB}\nrip: { policy: [${rule}], interfaces: { eth0: {} } }`;
    expect(mistakesIn(text)).toEqual([expect.stringContaining(expected)]);
  });
});
