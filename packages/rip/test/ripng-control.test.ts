/** What the administrator of a RIPng router decides: RFC 2080 §2.1, §2.2, §3; and how the router ends. */
import { describe, expect, test } from 'vitest';
import { type PolicyRule, ripng } from '../src/index.ts';
import { configured, type Driver, datagram } from './driver.ts';
import { wholeTable } from './ipv6/bytes.ts';
import { quietRouter } from './ipv6/quiet-router.ts';

const prefix = 'fd00:1::/32';

const reject: PolicyRule = {
  direction: 'in',
  interface: undefined,
  neighbor: undefined,
  prefixSet: undefined,
  tag: undefined,
  action: 'reject',
  set: { metric: undefined, addMetric: undefined, tag: undefined },
};
const below = (range: string, longest: number): PolicyRule['prefixSet'] => ({
  name: 'some',
  ranges: [{ prefix: range, shortest: Number(range.split('/')[1]), longest }],
});

/** All prefixes that were said on an interface within a minute. */
function saidOn(driver: Driver, name: string): Set<string> {
  driver.take();
  driver.advance(60_000);
  const sent = driver.sent().filter((packet) => packet.interface === name);
  return new Set(sent.flatMap(({ metrics }) => Object.keys(metrics)));
}

describe('the default route', () => {
  const originating = { originateDefaultRoute: { metric: 7, when: 'present' } } as const;

  test('2080 §2.2: originates a default route where the administrator wants it', () => {
    const driver = quietRouter(undefined, originating);
    expect(driver.route('::/0')).toBeUndefined();
    driver.step({ type: 'default-route', present: true });
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '::/0': 7 } }]);
    driver.advance(10_000);
    driver.take();
    driver.step({ type: 'default-route', present: false });
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { '::/0': 16 } }]);
    expect(driver.kernel()).toEqual({});
  });

  test('2080 §2.2: lets the administrator choose the metric of the default route', () => {
    const driver = quietRouter(undefined, { originateDefaultRoute: { metric: 9, when: 'always' } });
    driver.receive('eth0', datagram(wholeTable, 'fe80::2'));
    expect(driver.sent()[0]?.metrics).toMatchObject({ '::/0': 9 });
  });

  test('2080 §2.2: announces the default route as ::/0', () => {
    const driver = quietRouter(undefined, { originateDefaultRoute: { metric: 9, when: 'always' } });
    driver.receive('eth0', datagram(wholeTable, 'fe80::2'));
    const [answer] = driver.sent();
    const zero = [...Array(16).fill(0), 0, 0, 0, 9];
    expect([...(answer?.bytes.subarray(4, 24) ?? [])]).toEqual(zero);
  });

  test('2080 §2.2: can keep the default route inside the autonomous system', () => {
    const rule: PolicyRule = { ...reject, direction: 'out', interface: 'eth1', prefixSet: below('::/0', 0) };
    const driver = quietRouter(undefined, {
      policy: [rule],
      originateDefaultRoute: { metric: 1, when: 'always' },
    });
    expect(saidOn(driver, 'eth1')).not.toContain('::/0');
    expect(saidOn(driver, 'eth0')).toContain('::/0');
  });
});

describe('redistributed routes', () => {
  const redistribute = (driver: Driver, destination: string, tag = 0): void => {
    driver.step({
      type: 'redistribution-changed',
      routes: [{ prefix: destination, source: 'static', metric: 3, tag, nextHop: undefined }],
      withdrawn: [],
    });
    // What is redistributed is collected for so long.
    driver.advance(10);
  };

  test('2080 §2: announces routes from elsewhere that the administrator chooses', () => {
    const driver = quietRouter();
    redistribute(driver, prefix);
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { [prefix]: 3 } }]);
    driver.advance(6_000);
    driver.take();
    driver.step({ type: 'redistribution-changed', routes: [], withdrawn: [prefix] });
    driver.advance(10);
    expect(driver.announced('eth0')).toMatchObject([{ metrics: { [prefix]: 16 } }]);
  });

  test('2080 §2.1: gives imported routes the tag that is configured for them', () => {
    const driver = quietRouter();
    redistribute(driver, prefix, 65_001);
    const tags = driver.sent().flatMap(({ entries }) => entries.map(({ tag }) => tag));
    expect(new Set(tags)).toEqual(new Set([65_001]));
  });

  test('they beat what is learned, and leave it what was learned', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 1 });
    redistribute(driver, prefix);
    expect(driver.metric(prefix)).toBe(3);
    expect(driver.kernel()).toEqual({});
    driver.step({ type: 'redistribution-changed', routes: [], withdrawn: [prefix] });
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
  });

  test.each(['fe80::/64', 'fe80::1/128', 'ff00::/8', 'ff02::9/128', '::1/128', '::/128'])(
    'are not announced if no neighbor would take them: %s',
    (refused) => {
      const driver = quietRouter();
      redistribute(driver, refused);
      expect(driver.metric(refused)).toBeUndefined();
    },
  );

  test.each(['::/0', '::/1', '8000::/1', '2000::/3', 'fd00::1/128'])(
    'are announced if neighbors take them: %s',
    (taken) => {
      const driver = quietRouter();
      redistribute(driver, taken);
      expect(driver.metric(taken)).toBe(3);
    },
  );
});

describe('policy', () => {
  test('2080 §3: accepts responses only from the neighbors that a policy names', () => {
    const known: PolicyRule = { ...reject, neighbor: 'fe80::2', action: 'accept' };
    const driver = quietRouter(undefined, { policy: [known, reject] });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::3', { 'fd00:2::/32': 2 });
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
  });

  test('2080 §3: takes on an interface the prefixes alone that a list allows', () => {
    const allowed: PolicyRule = {
      ...reject,
      interface: 'eth0',
      prefixSet: below('fd00::/16', 32),
      action: 'accept',
    };
    const driver = quietRouter(undefined, { policy: [allowed, { ...reject, interface: 'eth0' }] });
    const routes = { [prefix]: 2, 'fd00:1:1::/48': 2, '2001:db8:1::/48': 2 };
    driver.hear('eth0', 'fe80::2', routes);
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
    driver.hear('eth1', 'fe80::3', { '2001:db8:1::/48': 2 });
    expect(driver.gateways('2001:db8:1::/48')).toEqual(['fe80::3']);
  });

  test('2080 §3: takes all prefixes but those that a list disallows', () => {
    const refused: PolicyRule = { ...reject, prefixSet: below('fd00::/16', 32) };
    const driver = quietRouter(undefined, { policy: [refused] });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2, 'fd00:1:1::/48': 2 });
    expect(driver.kernel()).toEqual({ 'fd00:1:1::/48': ['fe80::2'] });
    expect(driver.dropped('eth0')).toEqual({ 'policy-rejected': 1 });
  });

  test('2080 §3: announces on an interface the prefixes alone that a list allows', () => {
    const out = { ...reject, direction: 'out', interface: 'eth1' } as const;
    const allowed: PolicyRule = { ...out, prefixSet: below('fd00::/16', 32), action: 'accept' };
    const driver = quietRouter(undefined, { policy: [allowed, out] });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2, '2001:db8:1::/48': 2 });
    expect(saidOn(driver, 'eth1')).toEqual(new Set([prefix]));
  });

  test('2080 §3: announces all prefixes but those that a list disallows', () => {
    const refused: PolicyRule = { ...reject, direction: 'out', prefixSet: below('fd00::/16', 32) };
    const driver = quietRouter(undefined, { policy: [refused] });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(saidOn(driver, 'eth1')).toEqual(new Set(['2001:db8:a::/64', '2001:db8:b::/64']));
  });

  test('2080 §3: restricts nothing by default', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.hear('eth0', 'fe80::3', { 'fd00:2::/32': 2 });
    expect(Object.keys(driver.kernel())).toEqual([prefix, 'fd00:2::/32']);
    expect(saidOn(driver, 'eth1')).toContain(prefix);
  });

  test('a rule that comes later takes back what was said before', () => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.advance(6_000);
    driver.take();
    const policy: PolicyRule[] = [{ ...reject, direction: 'out', prefixSet: below('fd00::/16', 32) }];
    driver.step({
      type: 'reconfigured',
      configuration: configured({ eth0: {}, eth1: {} }, { policy }, ripng),
    });
    driver.advance(6_000);
    expect(driver.announced('eth1')[0]?.metrics).toMatchObject({ [prefix]: 16 });
  });
});

describe('who is spoken to', () => {
  const neighbors = ['fe80::7', 'fe80::8'];
  const ways = (driver: Driver, name: string): string[] => {
    driver.take();
    driver.advance(30_000);
    const sent = driver.sent().filter((packet) => packet.interface === name);
    return sent.map(({ source, destination, port }) => `${source} ${destination} ${port}`);
  };

  test('2080 §2.5: sends its updates to a list of neighbors as well', () => {
    const driver = quietRouter({ eth0: { neighbors }, eth1: {} });
    expect(ways(driver, 'eth0')).toEqual([
      'fe80::a ff02::9 521',
      'fe80::a fe80::7 521',
      'fe80::a fe80::8 521',
    ]);
    expect(ways(driver, 'eth1')).toEqual(['fe80::b ff02::9 521']);
  });

  test('2080 §3: sends its updates to none but the listed neighbors where multicast is turned off', () => {
    const driver = quietRouter({ eth0: { neighbors, multicast: false }, eth1: {} });
    expect(ways(driver, 'eth0')).toEqual(['fe80::a fe80::7 521', 'fe80::a fe80::8 521']);
  });

  test('a neighbor that is not link-local would not be heard: that is told', () => {
    const driver = quietRouter({ eth0: { neighbors: ['2001:db8:a::7', 'fe80::7'] }, eth1: {} });
    expect(driver.reports('neighbor-off-subnet')).toEqual([
      { type: 'neighbor-off-subnet', interface: 'eth0', neighbor: '2001:db8:a::7' },
    ]);
  });

  test('on a passive interface nobody; it learns all the same', () => {
    const driver = quietRouter({ eth0: { passive: true, neighbors }, eth1: {} });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(ways(driver, 'eth0')).toEqual([]);
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
    expect(saidOn(driver, 'eth1')).toEqual(new Set(['2001:db8:a::/64', '2001:db8:b::/64', prefix]));
  });

  test('with no-listen somebody, from whom nothing is learned', () => {
    const driver = quietRouter({ eth0: { noListen: true }, eth1: {} });
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    expect(driver.kernel()).toEqual({});
    expect(ways(driver, 'eth0')).toEqual(['fe80::a ff02::9 521']);
  });
});

describe('the end', () => {
  const full = (): Driver => {
    const driver = quietRouter();
    driver.hear('eth0', 'fe80::2', { [prefix]: 2 });
    driver.advance(6_000);
    driver.take();
    return driver;
  };

  test('who stops says 16 of everything, and then nothing', () => {
    const driver = full();
    driver.step({ type: 'commanded', command: 'stop' });
    const everything = { '2001:db8:a::/64': 16, '2001:db8:b::/64': 16, [prefix]: 16 };
    expect(driver.sent().map((sent) => [sent.interface, sent.source, sent.metrics])).toEqual([
      ['eth0', 'fe80::a', everything],
      ['eth1', 'fe80::b', everything],
    ]);
    expect(driver.router.deadline).toBe(Number.POSITIVE_INFINITY);
    expect(driver.snapshot().status).toMatchObject({ protocol: 'ripng', state: 'stopped' });
  });

  test('who drains says 15 four times, then 16', () => {
    const driver = full();
    driver.step({ type: 'commanded', command: 'drain' });
    driver.advance(20_000);
    const said = driver.announced('eth1').map(({ metrics }) => metrics[prefix]);
    expect(said.slice(0, 5)).toEqual([15, 15, 15, 15, 16]);
    expect(driver.kernel()).toEqual({ [prefix]: ['fe80::2'] });
  });

  test('an interface that is taken out of the configuration says 16 of everything', () => {
    const driver = full();
    driver.step({ type: 'reconfigured', configuration: configured({ eth1: {} }, {}, ripng) });
    expect(driver.sent()[0]).toMatchObject({
      interface: 'eth0',
      source: 'fe80::a',
      metrics: { '2001:db8:a::/64': 16, '2001:db8:b::/64': 16 },
    });
    expect(driver.kernel()).toEqual({});
  });
});
