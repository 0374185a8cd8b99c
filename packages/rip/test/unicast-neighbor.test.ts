/** Neighbors that are listed: they get every update by unicast, wherever they are. RFC 2453 §3.10, §4.5. */
import { describe, expect, test } from 'vitest';
import { configured, type Driver, twoPorts } from './driver.ts';

/** What was said on eth0, as metric of 10.1.0.0/16 by destination. */
function said(driver: Driver): Record<string, number | undefined> {
  const responses = driver
    .sent()
    .filter((packet) => packet.interface === 'eth0' && packet.command === 'response');
  return Object.fromEntries(
    responses.map(({ destination, metrics }) => [destination, metrics['10.1.0.0/16']]),
  );
}

const listed = { neighbors: ['10.0.0.7', '192.0.2.7'] };

describe('updates', () => {
  test('a triggered update goes to the group and to each of them', () => {
    const driver = twoPorts({ eth0: listed, eth1: {} });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    expect(said(driver)).toEqual({ '224.0.0.9': 3, '10.0.0.7': 3, '192.0.2.7': 3 });
  });

  test('they are asked for their tables, and hear the farewell', () => {
    const driver = twoPorts({ eth0: { ...listed, multicast: false }, eth1: {} });
    const requests = driver.history.flatMap(({ action }) =>
      action.type === 'send' && action.packet[0] === 1 && action.interface === 'eth0'
        ? [action.destination]
        : [],
    );
    expect(requests).toEqual(['10.0.0.7', '192.0.2.7']);
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    driver.take();
    driver.step({ type: 'commanded', command: 'stop' });
    expect(said(driver)).toEqual({ '10.0.0.7': 16, '192.0.2.7': 16 });
  });

  test('where multicast is turned off, the group is heard all the same', () => {
    const driver = twoPorts({ eth0: { ...listed, multicast: false }, eth1: {} });
    driver.hear('eth0', '10.0.0.3', { '10.2.0.0/16': 2 });
    expect(driver.metric('10.2.0.0/16')).toBe(3);
  });

  test('one that is off the subnets is spoken to from the primary address', () => {
    const driver = twoPorts({ eth0: listed, eth1: {} });
    driver.readdress('eth0', '10.0.0.1/24', '10.0.9.1/24');
    const sources = driver.sent().filter((packet) => packet.destination === '192.0.2.7');
    expect(new Set(sources.map((packet) => packet.source))).toEqual(new Set(['10.0.0.1']));
  });

  test('on a passive interface they get none', () => {
    const driver = twoPorts({ eth0: { ...listed, passive: true }, eth1: {} });
    driver.advance(60_000);
    expect(said(driver)).toEqual({});
  });

  test('one that is taken off the list is told farewell, the others nothing of it', () => {
    const driver = twoPorts({ eth0: listed, eth1: {} });
    driver.hear('eth1', '10.0.1.2', { '10.1.0.0/16': 2 });
    driver.advance(6_000);
    driver.take();
    const configuration = configured({ eth0: { neighbors: ['10.0.0.7'] }, eth1: {} });
    driver.step({ type: 'reconfigured', configuration });
    expect(said(driver)).toEqual({ '224.0.0.9': 3, '10.0.0.7': 3, '192.0.2.7': 16 });
    driver.advance(60_000);
    expect(said(driver)).not.toHaveProperty('192.0.2.7');
  });
});

describe('off the subnets', () => {
  const open = { eth0: { ...listed, validateSource: false }, eth1: {} };

  test('validate-source false: one is believed, and the kernel told that it is on the link', () => {
    const driver = twoPorts(open);
    driver.hear('eth0', '192.0.2.7', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toEqual([
      { gateway: '192.0.2.7', interface: 'eth0', interfaceIndex: 1, onLink: true },
    ]);
  });

  test('validate-source false: one on a subnet is a next hop like any other', () => {
    const driver = twoPorts(open);
    driver.hear('eth0', '10.0.0.7', { '10.1.0.0/16': 2 });
    expect(driver.route('10.1.0.0/16')?.nextHops).toEqual([
      { gateway: '10.0.0.7', interface: 'eth0', interfaceIndex: 1 },
    ]);
  });

  test('validate-source false: the next hop that it names has to be on a subnet still', () => {
    const driver = twoPorts(open);
    driver.hear('eth0', '192.0.2.7', {
      '10.1.0.0/16': { metric: 2, nextHop: '192.0.2.9' },
      '10.2.0.0/16': { metric: 2, nextHop: '10.0.0.9' },
    });
    expect(driver.kernel()).toEqual({ '10.1.0.0/16': ['192.0.2.7'], '10.2.0.0/16': ['10.0.0.9'] });
  });

  test('validate-source true again: it is lost with all that it offered', () => {
    const driver = twoPorts(open);
    driver.hear('eth0', '192.0.2.7', { '10.1.0.0/16': 2 });
    driver.step({ type: 'reconfigured', configuration: configured({ eth0: listed, eth1: {} }) });
    expect(driver.kernel()).toEqual({});
    driver.hear('eth0', '192.0.2.7', { '10.1.0.0/16': 2 });
    expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 1 });
  });
});
