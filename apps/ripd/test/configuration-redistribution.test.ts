/** Redistribution rules: what they mean, what is wrong, what is unwise. */
import type { RedistributionRule } from '@ripstop/router';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';
import { mistakesIn, warningsIn } from './configuration.ts';

/** A file with a rule, or several. */
const withRules = (rules: string, rest = ''): string =>
  `${rest}\nrip: { redistribute: [${rules}], interfaces: { eth0: {} } }`;
const firstRule = (keys: string, rest?: string): RedistributionRule | undefined =>
  parseConfiguration('', withRules(`{ ${keys} }`, rest)).configuration.rip?.redistribution.rules[0];

describe('a rule', () => {
  it('has defaults', () => {
    expect(firstRule('source: ospf')).toEqual({
      name: 'ospf',
      source: 188,
      metric: undefined,
      tag: 0,
      prefixSet: undefined,
      table: 254,
      types: ['unicast'],
    });
  });

  it.each([
    ['connected', 'connected'],
    ['kernel', 2],
    ['boot', 3],
    ['static', 4],
    ['ra', 9],
    ['zebra', 11],
    ['dhcp', 16],
    ['babel', 42],
    ['bgp', 186],
    ['isis', 187],
    ['"77"', 77],
    ['255', 255],
  ])('takes the source %s', (name, source) => {
    expect(firstRule(`source: ${name}`)?.source).toBe(source);
  });

  it('looks into the table of our own routes, unless it names another', () => {
    expect(firstRule('source: static', 'kernel: { table: 100 }')?.table).toBe(100);
    expect(firstRule('source: static, table: main', 'kernel: { table: 100 }')?.table).toBe(254);
  });

  it('may take the routes of protocol 189, if ours are of another one', () => {
    expect(firstRule('source: rip', 'kernel: { protocol: 99 }')?.source).toBe(189);
  });

  it('is for RIPng just the same', () => {
    const text = 'ripng: { redistribute: [{ source: connected, metric: 3 }], interfaces: { eth0: {} } }';
    const { ripng } = parseConfiguration('', text).configuration;
    expect(ripng?.redistribution.rules).toMatchObject([{ source: 'connected', metric: 3 }]);
  });
});

describe('a mistake', () => {
  const place = 'ripd.yaml:2:';
  it.each([
    [
      'metric: 2',
      '23: rip.redistribute[0].source is missing, expected connected, a name in rt_protos or a number from 1 to 255',
    ],
    ['source: nobody', '33: rip.redistribute[0].source is "nobody", expected connected, a name in rt_protos'],
    ['source: 0', '33: rip.redistribute[0].source is 0, expected connected'],
    ['source: 256', '33: rip.redistribute[0].source is 256, expected connected'],
    ['source: rip', '33: rip.redistribute[0].source is "rip", expected another protocol than ours'],
    ['source: 189', '33: rip.redistribute[0].source is 189, expected another protocol than ours'],
    [
      'source: static, metric: 16',
      '49: rip.redistribute[0].metric is 16, expected a whole number from 1 to 15',
    ],
    [
      'source: static, metric: 0',
      '49: rip.redistribute[0].metric is 0, expected a whole number from 1 to 15',
    ],
    [
      'source: static, tag: 65536',
      '46: rip.redistribute[0].tag is 65536, expected a whole number from 0 to 65535',
    ],
    [
      'source: static, prefix-set: lab',
      '53: rip.redistribute[0].prefix-set is "lab", expected the name of a prefix set: this file has none',
    ],
    [
      'source: static, table: nowhere',
      '48: rip.redistribute[0].table is "nowhere", expected a name in rt_tables',
    ],
    [
      'source: static, types: []',
      '48: rip.redistribute[0].types is [], expected at least one type, each once',
    ],
    [
      'source: static, types: [throw]',
      '49: rip.redistribute[0].types[0] is "throw", expected one of: unicast, blackhole, unreachable, prohibit',
    ],
    [
      'source: connected, table: main',
      '51: rip.redistribute[0].table is "main", expected nothing: connected subnets are those of the interfaces',
    ],
    [
      'source: connected, types: [unicast]',
      '51: rip.redistribute[0].types is ["unicast"], expected nothing: connected',
    ],
    ['source: static, metrik: 2', '41: unknown key "metrik", expected perhaps "metric"'],
  ])('%s', (keys, expected) => {
    const [mistake = '', ...others] = mistakesIn(withRules(`{ ${keys} }`));
    expect(mistake).toContain(place + expected);
    expect(others).toEqual([]);
  });

  it('our own protocol is one whatever its number, and told with all others', () => {
    const text = withRules('{ source: 99 }', 'kernel: { protocol: 99, metric: 0 }');
    expect(mistakesIn(text)).toEqual([
      expect.stringContaining('1:33: kernel.metric is 0'),
      expect.stringContaining('2:33: rip.redistribute[0].source is 99, expected another protocol than ours'),
    ]);
  });
});

describe('unwise', () => {
  it.each([
    ['{ source: static }, { source: boot }, { source: static, table: 100 }', []],
    ['{ source: static }, { source: static, types: [blackhole] }', []],
    [
      '{ source: static }, { source: static, prefix-set: four }',
      ['2:43: rip.redistribute[0] takes all of it already: the rule does nothing'],
    ],
    [
      '{ source: connected, prefix-set: four }, { source: connected, prefix-set: four }',
      ['2:64: rip.redistribute[0] takes all of it already: the rule does nothing'],
    ],
    ['{ source: static, prefix-set: four }, { source: static }', []],
    ['{ source: static, prefix-set: six }', ['2:53: six holds no IPv4 prefix: the rule does nothing']],
    [
      '{ source: static, metric: 15 }',
      ['2:49: with a metric of 15 the routes are unreachable for every neighbor'],
    ],
    [
      '{ source: bgp }',
      ['2:33: BGP may bring the whole Internet: without a prefix-set the rule stops at 10000 routes'],
    ],
    ['{ source: bgp, prefix-set: four }', []],
  ])('%s', (rules, expected) => {
    const sets = ['four, prefixes: [10.0.0.0/8]', 'six, prefixes: ["2001:db8::/32"]'];
    const used = sets.filter((set) => rules.includes(`prefix-set: ${set.split(',')[0]}`));
    const text = withRules(rules, `prefix-sets: [${used.map((set) => `{ name: ${set} }`).join(', ')}]`);
    expect(warningsIn(text)).toEqual(expected.map((warning) => expect.stringContaining(warning)));
  });
});
