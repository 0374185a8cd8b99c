/**
 * Policies as the network sees them: what is believed, what is said, and that whatever is no longer said is taken back for
 * as long as a lost route would be. RFC 2453 §3.7, RFC 1812 §7.5.2.
 */
import { describe, expect, test } from 'vitest';
import type { PolicyChanges, PolicyRule, PrefixSet } from '../src/index.ts';
import { configured, type Driver, twoPorts } from './driver.ts';

const nothing: PolicyChanges = { metric: undefined, addMetric: undefined, tag: undefined };

function rule(
  direction: PolicyRule['direction'],
  { set, ...keys }: Partial<Omit<PolicyRule, 'set' | 'direction'>> & { set?: Partial<PolicyChanges> },
): PolicyRule {
  const any = { interface: undefined, neighbor: undefined, prefixSet: undefined, tag: undefined };
  return { direction, ...any, action: 'accept', ...keys, set: { ...nothing, ...set } };
}

/** `prefixes('10.0.0.0/8', 9, 24)`: everything inside with these lengths. */
function prefixes(prefix: string, shortest: number, longest: number): PrefixSet {
  return { name: 'some', ranges: [{ prefix, shortest, longest }] };
}

function withPolicy(...policy: PolicyRule[]): Driver {
  return twoPorts(undefined, { policy });
}

function change(driver: Driver, ...policy: PolicyRule[]): void {
  driver.step({ type: 'reconfigured', configuration: configured({ eth0: {}, eth1: {} }, { policy }) });
}

/** Metrics of a prefix in the updates to eth1, oldest first; undefined where it is not mentioned. */
function saidOf(driver: Driver, prefix: string): (number | undefined)[] {
  return driver.announced('eth1').map(({ metrics }) => metrics[prefix]);
}

describe('what is believed', () => {
  const update = {
    '10.1.0.0/16': { metric: 2, tag: 7 },
    '10.1.1.0/24': { metric: 2, tag: 7 },
    '172.16.0.0/12': 2,
  };

  test.each([
    [
      'prefix set',
      rule('in', { prefixSet: prefixes('10.0.0.0/8', 17, 24), action: 'reject' }),
      ['10.1.1.0/24'],
    ],
    ['tag', rule('in', { tag: 7, action: 'reject' }), ['10.1.0.0/16', '10.1.1.0/24']],
    ['neighbor', rule('in', { neighbor: '10.0.0.2', action: 'reject' }), Object.keys(update)],
    ['other neighbor', rule('in', { neighbor: '10.0.0.3', action: 'reject' }), []],
    ['interface', rule('in', { interface: 'eth0', action: 'reject' }), Object.keys(update)],
    ['other interface', rule('in', { interface: 'eth1', action: 'reject' }), []],
    ['way out', rule('out', { action: 'reject' }), []],
  ])('a rule can reject by %s; that is counted, and no fault', (_key, some, rejected) => {
    const driver = withPolicy(some);
    driver.hear('eth0', '10.0.0.2', update);
    expect(Object.keys(driver.kernel())).toEqual(
      Object.keys(update).filter((prefix) => !rejected.includes(prefix)),
    );
    const [neighbor] = driver.snapshot().neighbors;
    expect(neighbor?.dropped['policy-rejected'] ?? 0).toBe(rejected.length);
    expect(neighbor?.badEntries).toBe(0);
  });

  test('a rule sees the metric with the cost in it, sets, adds and tags', () => {
    const policy = [
      rule('in', { prefixSet: prefixes('10.1.0.0/16', 16, 16), set: { addMetric: 4 } }),
      rule('in', { prefixSet: prefixes('10.2.0.0/16', 16, 16), set: { metric: 9, tag: 5 } }),
    ];
    const driver = twoPorts({ eth0: { cost: 3 }, eth1: {} }, { policy });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2, '10.3.0.0/16': 2 });
    expect(driver.metric('10.1.0.0/16')).toBe(9);
    expect(driver.route('10.2.0.0/16')).toMatchObject({ metric: 9, tag: 5 });
    expect(driver.metric('10.3.0.0/16')).toBe(5);
  });

  test('a rule that adds up to 16 makes it unreachable, and a withdrawal passes every rule', () => {
    const driver = withPolicy(rule('in', { tag: 7, set: { addMetric: 14 } }));
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 7 } });
    expect(driver.kernel()).toEqual({});
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 2 });
    change(driver, rule('in', { prefixSet: prefixes('10.2.0.0/16', 16, 16), set: { metric: 3 } }));
    driver.hear('eth0', '10.0.0.2', { '10.2.0.0/16': 16 });
    expect(driver.kernel()).toEqual({});
  });

  test('a new rule applies to what was learned before, in the same step', () => {
    const driver = withPolicy();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2, '10.2.0.0/16': 2 });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 5 });
    change(driver, rule('in', { interface: 'eth0', action: 'reject' }));
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['10.0.1.2'] });
    expect(driver.metric('10.2.0.0/16')).toBe(16);
  });

  test('a rule that is taken away applies to what was sent, not to what it was made into', () => {
    const driver = withPolicy(rule('in', { set: { addMetric: 5, tag: 9 } }));
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 7 } });
    change(driver);
    expect(driver.route('10.1.0.0/16')).toMatchObject({ metric: 3, tag: 7 });
  });
});

describe('what is said', () => {
  test('a rule can set the metric and the tag on the wire; the table stays as it is', () => {
    const driver = withPolicy(rule('out', { interface: 'eth1', set: { addMetric: 2, tag: 9 } }));
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': { metric: 2, tag: 7 } });
    const [packet] = driver.sent().filter((sent) => sent.interface === 'eth1');
    expect(packet?.entries).toMatchObject([{ prefix: '10.1.0.0/16', metric: 5, tag: 9 }]);
    expect(driver.route('10.1.0.0/16')).toMatchObject({ metric: 3, tag: 7 });
  });

  test('a rule for a listed neighbor is for it alone, not for the group', () => {
    const policy = [rule('out', { neighbor: '10.0.1.7', action: 'reject' })];
    const driver = twoPorts({ eth0: {}, eth1: { neighbors: ['10.0.1.7', '10.0.1.8'] } }, { policy });
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    const destinations = driver
      .sent()
      .flatMap(({ interface: name, destination }) => (name === 'eth1' ? [destination] : []));
    expect(destinations).toEqual(['224.0.0.9', '10.0.1.8']);
  });

  test('no rule can make reachable what is lost', () => {
    const driver = withPolicy(rule('out', { set: { metric: 1 } }));
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 16 });
    expect(saidOf(driver, '10.1.0.0/16')).toEqual([16]);
  });

  test('a request for certain destinations is answered by the policy too', () => {
    const driver = withPolicy(
      rule('out', { interface: 'eth1', prefixSet: prefixes('10.1.0.0/16', 16, 16), action: 'reject' }),
    );
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.take();
    const bytes = Uint8Array.from([
      1, 2, 0, 0, 0, 2, 0, 0, 10, 1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    driver.receive('eth1', { source: '10.0.1.9', port: 40_000, bytes });
    expect(driver.sent()).toMatchObject([{ metrics: { '10.1.0.0/16': 16 } }]);
  });
});

describe('what is no longer said is taken back', () => {
  const prefix = '10.1.0.0/16';
  const rejected = rule('out', { interface: 'eth1', prefixSet: prefixes(prefix, 16, 16), action: 'reject' });

  /** Keeps the route alive for a while. */
  function live(driver: Driver, duration: number, entry: number | { metric: number; tag: number } = 2): void {
    for (let passed = 0; passed < duration; passed += 30_000) {
      driver.hear('eth0', '10.0.0.2', { [prefix]: entry });
      driver.advance(30_000);
    }
  }

  test('when the policy changes: at once, until its garbage collection would end, then never again', () => {
    const driver = withPolicy();
    live(driver, 60_000);
    driver.take();
    change(driver, rejected);
    expect(saidOf(driver, prefix)).toEqual([16]);
    live(driver, 90_000);
    const repeated = saidOf(driver, prefix);
    expect(repeated.length).toBeGreaterThanOrEqual(3);
    expect(new Set(repeated)).toEqual(new Set([16]));
    live(driver, 60_000);
    driver.take();
    live(driver, 60_000);
    expect(new Set(saidOf(driver, prefix))).toEqual(new Set([undefined]));
    expect(driver.kernel()).toHaveProperty(prefix);
  });

  test('when the rule goes again, the route is announced at once', () => {
    const driver = withPolicy();
    live(driver, 30_000);
    change(driver, rejected);
    driver.take();
    change(driver);
    expect(saidOf(driver, prefix)).toEqual([3]);
    live(driver, 60_000);
    expect(new Set(saidOf(driver, prefix))).toEqual(new Set([3]));
  });

  test('when the tag of a route changes, so that a rule rejects it', () => {
    const driver = withPolicy(rule('out', { interface: 'eth1', tag: 7, action: 'reject' }));
    live(driver, 30_000);
    expect(saidOf(driver, prefix)).toContain(3);
    live(driver, 30_000, { metric: 2, tag: 7 });
    expect(saidOf(driver, prefix)[0]).toBe(16);
    live(driver, 60_000, { metric: 2, tag: 7 });
    expect(new Set(saidOf(driver, prefix))).toEqual(new Set([16]));
    live(driver, 120_000, { metric: 2, tag: 7 });
    driver.take();
    live(driver, 60_000, { metric: 2, tag: 7 });
    expect(new Set(saidOf(driver, prefix))).toEqual(new Set([undefined]));
  });

  test('what was never said is not taken back', () => {
    const driver = withPolicy(rejected);
    live(driver, 30_000);
    driver.hear('eth0', '10.0.0.2', { [prefix]: 16 });
    driver.advance(60_000);
    expect(new Set(saidOf(driver, prefix))).toEqual(new Set([undefined]));
  });

  test('to each of several subnets on the wire', () => {
    const driver = twoPorts();
    driver.readdress('eth1', '10.0.1.1/24', '10.0.2.1/24');
    live(driver, 30_000);
    driver.take();
    change(driver, rejected);
    const taken = driver.sent().filter((sent) => sent.interface === 'eth1' && sent.command === 'response');
    expect(taken.map(({ source, metrics }) => [source, metrics[prefix]])).toEqual([
      ['10.0.1.1', 16],
      ['10.0.2.1', 16],
    ]);
  });

  test('also the network that stands for its subnets where RIPv1 may listen', () => {
    const ports = { eth0: {}, eth1: { sendVersion: '1-compatible' } } as const;
    const subnets = { '172.16.1.0/24': 2, '172.16.2.0/24': 4 };
    const driver = twoPorts(ports);
    driver.hear('eth0', '10.0.0.2', subnets);
    driver.advance(30_000);
    const network = () =>
      driver
        .sent()
        .filter((sent) => sent.command === 'response' && sent.destination === '10.0.1.255')
        .map(({ metrics }) => metrics['172.16.0.0/16']);
    expect(network()).toContain(3);
    const reject = (longest: number): void => {
      const policy = [rule('out', { prefixSet: prefixes('172.16.0.0/16', 24, longest), action: 'reject' })];
      driver.step({ type: 'reconfigured', configuration: configured(ports, { policy }) });
    };
    reject(24);
    expect(network()).toEqual([16]);
    driver.hear('eth0', '10.0.0.2', subnets);
    driver.advance(60_000);
    expect(new Set(network())).toEqual(new Set([16]));
  });
});
