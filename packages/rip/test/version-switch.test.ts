/** Versions that change while the router runs, and neighbors of both versions on one wire. RFC 2453 §4.6, §5.1. */
import { expect, test } from 'vitest';
import type { InterfaceConfiguration } from '../src/index.ts';
import { configured, type Driver, datagram, twoPorts } from './driver.ts';

type Versions = Pick<Partial<InterfaceConfiguration>, 'sendVersion' | 'receiveVersion'>;

const versionOne = '02 01 0000 0002 0000 0a010000 00000000 00000000 00000002';
const versionTwo = '02 02 0000 0002 0000 0a010000 ffff0000 00000000 00000002';

function change(driver: Driver, eth0: Versions): void {
  driver.take();
  driver.step({ type: 'reconfigured', configuration: configured({ eth0, eth1: {} }) });
}

/** Responses on eth0: where to, in which version, and how a subnet of a network behind us is spoken of. */
function responses(driver: Driver): (string | number | undefined)[][] {
  return driver
    .sent()
    .filter((sent) => sent.interface === 'eth0' && sent.command === 'response')
    .map(({ destination, bytes, metrics }) => [
      destination,
      bytes[1],
      metrics['172.16.1.0/24'],
      metrics['172.16.0.0/16'],
    ]);
}

test('from version 2 to 1-compatible: farewell to the group, the network in place of its subnets by broadcast', () => {
  const driver = twoPorts();
  driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 2 });
  driver.advance(6_000);
  change(driver, { sendVersion: '1-compatible' });
  expect(responses(driver)).toEqual([
    ['224.0.0.9', 2, 16, undefined],
    ['10.0.0.255', 2, undefined, 3],
  ]);
});

test('from version 1 to 2: farewell by broadcast, everything to the group', () => {
  const driver = twoPorts({ eth0: { sendVersion: '1' }, eth1: {} });
  driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 2 });
  driver.advance(6_000);
  change(driver, { sendVersion: '2' });
  const [farewell, update] = responses(driver);
  expect(farewell?.slice(0, 2)).toEqual(['10.0.0.255', 1]);
  expect(update).toEqual(['224.0.0.9', 2, 3, undefined]);
});

test('to none: farewell, and then nothing; learning goes on', () => {
  const driver = twoPorts();
  driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 2 });
  driver.advance(6_000);
  change(driver, { sendVersion: 'none' });
  expect(responses(driver)).toEqual([['224.0.0.9', 2, 16, undefined]]);
  driver.advance(60_000);
  expect(responses(driver)).toEqual([]);
  driver.receive('eth0', datagram(versionTwo));
  expect(driver.metric('10.1.0.0/16')).toBe(3);
});

test('another version is received from now on; what was learned by the old one stays until it times out', () => {
  const driver = twoPorts({ eth0: { receiveVersion: '2' }, eth1: {} });
  driver.receive('eth0', datagram(versionTwo));
  change(driver, { receiveVersion: '1' });
  expect(driver.metric('10.1.0.0/16')).toBe(3);
  driver.receive('eth0', datagram(versionTwo));
  expect(driver.dropped('eth0')).toEqual({ 'version-not-accepted': 1 });
  driver.advance(181_000);
  expect(driver.metric('10.1.0.0/16')).toBe(16);
});

test('with 1-or-2 an old box and a new one are neighbors side by side', () => {
  const driver = twoPorts({ eth0: { receiveVersion: '1-or-2', sendVersion: '1-compatible' }, eth1: {} });
  driver.readdress('eth0', '10.0.0.1/16');
  driver.receive('eth0', datagram(versionOne, '10.0.0.2'), datagram(versionTwo, '10.0.0.3'));
  expect(driver.gateways('10.1.0.0/16')).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(driver.snapshot().neighbors).toMatchObject([{ version: 1 }, { version: 2 }]);
});

test('a subnet that is lost is no news where its network is still reached, and the last one poisons it', () => {
  const driver = twoPorts({ eth0: { sendVersion: '1' }, eth1: {} });
  driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 2, '172.16.2.0/24': 2 });
  driver.advance(6_000);
  driver.take();
  driver.hear('eth1', '10.0.1.2', { '172.16.1.0/24': 16 });
  driver.advance(5_000);
  expect(responses(driver)).toEqual([]);
  driver.hear('eth1', '10.0.1.2', { '172.16.2.0/24': 16 });
  driver.advance(5_000);
  expect(responses(driver)).toEqual([['10.0.0.255', 1, undefined, 16]]);
});
