/** A route that the kernel refuses: who sends packets for it here would lose them, so it is announced as unreachable. */
import { describe, expect, test } from 'vitest';
import { rip, ripng } from '../src/index.ts';
import { type Driver, datagram, twoPorts } from './driver.ts';

const cases = [
  { protocol: rip, neighbor: '10.0.0.2', prefix: '10.9.0.0/24' },
  { protocol: ripng, neighbor: 'fe80::2', prefix: '2001:db8:9::/64' },
];

describe.each(cases)('$protocol.name', ({ protocol, neighbor, prefix }) => {
  const failed = { state: 'failed', prefix, reason: 'ENOMEM' } as const;
  const installed = { state: 'installed', prefix } as const;

  /** Learned and announced on eth1, and the pause after that is over. */
  function learned(): Driver {
    const driver = twoPorts(undefined, undefined, protocol);
    driver.hear('eth0', neighbor, { [prefix]: 2 });
    driver.advance(6_000);
    expect(said(driver)).toContain(3);
    return driver;
  }
  /** What was said of it on eth1 since this was last asked. */
  const said = (driver: Driver): number[] =>
    driver.announced('eth1').flatMap(({ metrics }) => metrics[prefix] ?? []);

  test('is poisoned at once, in every update, and announced again as soon as it is in', () => {
    const driver = learned();
    driver.stands(failed);
    driver.advance(0);
    expect(said(driver)).toEqual([16]);
    driver.advance(65_000);
    expect(said(driver)).toEqual([16, 16]);
    driver.stands(installed);
    driver.advance(0);
    expect(said(driver)).toEqual([3]);
  });

  test('is announced while nobody knows yet whether the kernel takes it', () => {
    const driver = learned();
    expect(driver.route(prefix)).toMatchObject({ metric: 3, kernel: { state: 'pending' } });
  });

  test.each(['shadowed', 'conflict'] as const)(
    'is announced if the kernel reaches it otherwise (%s)',
    (state) => {
      const driver = learned();
      driver.stands({ state, prefix, reason: 'a route of proto static' });
      expect(driver.route(prefix)?.kernel).toMatchObject({ reason: 'a route of proto static' });
      driver.advance(35_000);
      expect(said(driver)).toEqual([3]);
    },
  );

  test('tells nobody anything when it is told to have failed again', () => {
    const driver = learned();
    driver.stands(failed);
    driver.advance(6_000);
    driver.take();
    driver.stands({ ...failed, reason: 'EPERM' });
    driver.advance(1_000);
    expect(driver.announced('eth1')).toEqual([]);
    expect(driver.route(prefix)?.kernel).toEqual({ state: 'failed', reason: 'EPERM' });
  });

  test('by other next hops is another route, which is announced', () => {
    const driver = learned();
    driver.stands(failed);
    driver.advance(6_000);
    driver.take();
    driver.hear('eth0', neighbor.replace(/2$/, '3'), { [prefix]: 1 });
    driver.advance(0);
    expect(said(driver)).toEqual([2]);
  });

  test('is announced when the kernel need not have it any more', () => {
    const driver = learned();
    driver.stands(failed);
    driver.advance(6_000);
    driver.take();
    driver.up('eth9', protocol === rip ? '10.9.0.1/24' : '2001:db8:9::1/64');
    driver.advance(0);
    expect(said(driver)).toEqual([3]);
  });

  test('that is lost then is forgotten like any other', () => {
    const driver = learned();
    driver.stands(failed);
    driver.hear('eth0', neighbor, { [prefix]: 16 });
    driver.advance(130_000);
    expect(driver.route(prefix)).toBeUndefined();
    expect(driver.kernel()).toEqual({});
  });
});

test('a refused route is unreachable for who asks for it alone, too', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.stands({ state: 'failed', prefix: '10.1.0.0/16', reason: 'ENOMEM' });
  driver.take();
  driver.receive(
    'eth1',
    datagram('01020000 0002 0000 0a010000 ffff0000 00000000 00000000', '10.0.1.9', 40_000),
  );
  expect(driver.sent()[0]?.metrics).toEqual({ '10.1.0.0/16': 16 });
});
