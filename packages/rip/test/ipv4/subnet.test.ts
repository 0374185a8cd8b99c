/** The subnets of an interface: whom they hold, whom packets for all of them go to. */
import { ipv4ToNumber } from '@ripstop/wire';
import { expect, test } from 'vitest';
import {
  broadcastOf,
  Ipv4Subnet,
  isHostOn,
  isSubnetBroadcast,
  subnetHolding,
} from '../../src/ipv4/subnet.ts';
import type { InterfaceAddress } from '../../src/vocabulary.ts';

const number = (address: string): number => ipv4ToNumber(address) ?? Number.NaN;

const lan: InterfaceAddress = { address: '10.0.0.1', prefixLength: 24 };
const pair: InterfaceAddress = { address: '10.0.0.6', prefixLength: 31 };
const single: InterfaceAddress = { address: '10.0.0.1', prefixLength: 32 };
const toPeer: InterfaceAddress = { address: '10.0.0.1', prefixLength: 32, peer: '172.16.5.2' };
const toPeerSubnet: InterfaceAddress = { address: '10.0.0.1', prefixLength: 30, peer: '172.16.5.2' };

test('a subnet is what is reached over its address: with a peer, the prefix of the peer', () => {
  expect(new Ipv4Subnet(lan)).toMatchObject({ prefix: '10.0.0.0/24', address: '10.0.0.1', peer: undefined });
  expect(new Ipv4Subnet(toPeer)).toMatchObject({
    prefix: '172.16.5.2/32',
    address: '10.0.0.1',
    peer: '172.16.5.2',
    network: number('172.16.5.2'),
  });
  expect(new Ipv4Subnet(toPeerSubnet)).toMatchObject({
    prefix: '172.16.5.0/30',
    network: number('172.16.5.0'),
  });
});

test.each([
  ['a host of a subnet', lan, '10.0.0.7', true],
  ['its network', lan, '10.0.0.0', false],
  ['its broadcast address', lan, '10.0.0.255', false],
  ['a host of another subnet', lan, '10.0.1.7', false],
  ['the lower address of a /31', pair, '10.0.0.6', true],
  ['the upper address of a /31', pair, '10.0.0.7', true],
  ['the address of a /32', single, '10.0.0.1', true],
  ['the neighbor of a /32', single, '10.0.0.2', false],
  ['a peer', toPeer, '172.16.5.2', true],
  ['the neighbor of our end', toPeer, '10.0.0.2', false],
  ['a host in the prefix of a peer', toPeerSubnet, '172.16.5.1', true],
])('whether %s is a host on the interface', (_, address, candidate, expected) => {
  expect(isHostOn([new Ipv4Subnet(address)], number(candidate))).toBe(expected);
});

test('no address of a /31 or /32 is a broadcast address', () => {
  const subnets = [new Ipv4Subnet(pair), new Ipv4Subnet(single), new Ipv4Subnet(toPeer)];
  for (const address of ['10.0.0.6', '10.0.0.7', '10.0.0.1', '172.16.5.2']) {
    expect(isSubnetBroadcast(subnets, number(address))).toBe(false);
  }
});

test('an address is found in the first subnet that holds it', () => {
  const subnets = [new Ipv4Subnet(lan), new Ipv4Subnet({ address: '10.0.1.1', prefixLength: 24 })];
  expect(subnetHolding(subnets, number('10.0.1.9'))?.address).toBe('10.0.1.1');
  expect(subnetHolding(subnets, number('10.0.2.9'))).toBeUndefined();
});

test('2453 §3.10: directs updates on a point-to-point link to its far end where it does not multicast', () => {
  expect(broadcastOf(new Ipv4Subnet(toPeer))).toBe('172.16.5.2');
  expect(broadcastOf(new Ipv4Subnet(toPeerSubnet))).toBe('172.16.5.2');
  expect(broadcastOf(new Ipv4Subnet(pair))).toBe('10.0.0.7');
  expect(broadcastOf(new Ipv4Subnet({ ...pair, address: '10.0.0.7' }))).toBe('10.0.0.6');
});

test.each([
  ['10.0.0.1', 24, '10.0.0.255'],
  ['172.16.5.9', 20, '172.16.15.255'],
  ['192.168.0.2', 30, '192.168.0.3'],
  ['10.0.0.1', 8, '10.255.255.255'],
  ['10.0.0.1', 32, '255.255.255.255'],
])('the hosts around %s/%i are all at %s', (address, prefixLength, expected) => {
  expect(broadcastOf(new Ipv4Subnet({ address, prefixLength }))).toBe(expected);
});
