/** RFC 2453 §3.7, §4.2; RFC 1812 §F.2, §7.5.2: what the administrator lets in, out, and into the world. */
import { describe, expect, test } from 'vitest';
import type { PolicyRule } from '../src/index.ts';
import { configured, datagram, twoPorts } from './driver.ts';

const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';
const everything: PolicyRule = {
  direction: 'in',
  interface: undefined,
  neighbor: undefined,
  prefixSet: undefined,
  tag: undefined,
  action: 'reject',
  set: { metric: undefined, addMetric: undefined, tag: undefined },
};
const only = (...prefixes: string[]) => ({
  name: 'only',
  ranges: prefixes.map((prefix) => {
    const length = Number(prefix.split('/')[1]);
    return { prefix, shortest: length, longest: length };
  }),
});

describe('the default route', () => {
  test('2453 §3.7: originates a default route where the administrator wants it', () => {
    const driver = twoPorts(undefined, { originateDefaultRoute: { metric: 1, when: 'present' } });
    expect(driver.route('0.0.0.0/0')).toBeUndefined();
    driver.step({ type: 'default-route', present: true });
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '0.0.0.0/0': 1 } }]);
    driver.advance(10_000);
    driver.take();
    driver.step({ type: 'default-route', present: false });
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '0.0.0.0/0': 16 } }]);
  });

  test('2453 §3.7: lets the administrator choose the metric of the default route', () => {
    const driver = twoPorts(undefined, { originateDefaultRoute: { metric: 7, when: 'always' } });
    driver.receive('eth0', datagram(wholeTable));
    expect(driver.sent()[0]?.metrics).toMatchObject({ '0.0.0.0/0': 7 });
  });

  test('1812 §F.2.2: can create a route to 0.0.0.0', () => {
    const driver = twoPorts();
    const originateDefaultRoute = { metric: 1, when: 'always' } as const;
    const configuration = configured({ eth0: {}, eth1: {} }, { originateDefaultRoute });
    driver.step({ type: 'reconfigured', configuration });
    expect(driver.metric('0.0.0.0/0')).toBe(1);
    expect(driver.kernel()).toEqual({});
  });

  test('2453 §3.7: can keep the default route inside the autonomous system', () => {
    const rule: PolicyRule = {
      ...everything,
      direction: 'out',
      interface: 'eth1',
      prefixSet: only('0.0.0.0/0'),
    };
    const driver = twoPorts(undefined, {
      policy: [rule],
      originateDefaultRoute: { metric: 1, when: 'always' },
    });
    driver.advance(30_000);
    for (const { metrics } of driver.announced('eth1')) expect(metrics).not.toHaveProperty('0.0.0.0/0');
    driver.receive('eth0', datagram(wholeTable));
    expect(driver.sent()[0]?.metrics).toHaveProperty('0.0.0.0/0');
  });
});

describe('redistributed routes', () => {
  const nextHop = { gateway: '10.0.0.5', interface: 'eth0', interfaceIndex: 1 };
  const route = { prefix: '172.16.0.0/12', source: 'static', metric: 3, tag: 65_001, nextHop };

  test('2453 §4.2: gives imported routes the tag that is configured for them', () => {
    const driver = twoPorts();
    driver.step({ type: 'redistribution-changed', routes: [route], withdrawn: [] });
    driver.advance(10);
    const entries = driver.sent().flatMap((packet) => packet.entries);
    expect(new Set(entries.map(({ tag }) => tag))).toEqual(new Set([65_001]));
  });

  test('2453 §4.4: names only a next hop on the subnet that the update goes to', () => {
    const driver = twoPorts({ eth0: { splitHorizon: 'disabled' }, eth1: { splitHorizon: 'disabled' } });
    driver.step({ type: 'redistribution-changed', routes: [route], withdrawn: [] });
    driver.advance(10);
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(10_000);
    driver.take();
    driver.advance(30_000);
    for (const { interface: name, entries } of driver.sent()) {
      const named = new Set(entries.flatMap(({ nextHop: hop }) => hop ?? []));
      expect(named).toEqual(new Set(name === 'eth0' ? ['10.0.0.5', '10.0.0.2'] : []));
    }
  });
});

describe('policy', () => {
  test('1058 §4: accepts responses only from the neighbors that a policy names', () => {
    const known: PolicyRule = { ...everything, neighbor: '10.0.0.2', action: 'accept' };
    const driver = twoPorts(undefined, { policy: [known, everything] });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.3', { '10.2.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.0.2'] });
  });

  test('1812 §7.5.2: lets the administrator choose which routes are accepted on each interface', () => {
    const some: PolicyRule = { ...everything, interface: 'eth0', prefixSet: only('10.1.0.0/16') };
    const driver = twoPorts(undefined, { policy: [some] });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.1.2'], '10.2.0.0/16': ['10.0.0.2'] });
  });

  test('1812 §7.5.2: lets the administrator choose on which interfaces routes are accepted', () => {
    const driver = twoPorts({ eth0: { noListen: true }, eth1: {} });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.2.0.0/16': 2 });
    expect(driver.kernel()).toEqual({ '10.2.0.0/16': ['10.0.1.2'] });
  });

  test('1812 §7.5.2: lets the administrator choose to send the default route alone on an interface', () => {
    const out = { ...everything, direction: 'out', interface: 'eth1' } as const;
    const alone: PolicyRule = { ...out, prefixSet: only('0.0.0.0/0'), action: 'accept' };
    const driver = twoPorts(undefined, {
      policy: [alone, out],
      originateDefaultRoute: { metric: 1, when: 'always' },
    });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(30_000);
    const said = driver.announced('eth1').flatMap(({ metrics }) => Object.keys(metrics));
    expect(new Set(said)).toEqual(new Set(['0.0.0.0/0']));
  });
});
