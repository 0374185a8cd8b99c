/** Configurations and interfaces for the fuzz: everything that can be configured, with small limits and short times. */
import {
  always,
  defaultInterfaceConfiguration,
  type Interface,
  type InterfaceAddress,
  type InterfaceConfiguration,
  type Key,
  type KeyChain,
  type Limits,
  type Millis,
  type PolicyRule,
  type RouterConfiguration,
} from '../../src/index.ts';
import type { Dice } from './dice.ts';
import { prefixes } from './packets.ts';

export const interfaceNames = ['eth0', 'eth1', 'ppp0', 'lo'] as const;

/** What is on the links and off them; the first of each network is often our own. */
export const hosts = [
  '10.0.0.2',
  '10.0.0.3',
  '10.0.0.200',
  '10.0.1.2',
  '10.0.1.3',
  '172.16.0.2',
  '192.168.7.2',
  '192.168.9.9',
  '10.0.0.1',
  '192.0.2.1',
] as const;

const addresses: readonly InterfaceAddress[] = [
  { address: '10.0.0.1', prefixLength: 24 },
  { address: '10.0.0.1', prefixLength: 32 },
  { address: '10.0.0.4', prefixLength: 24 },
  { address: '10.0.0.2', prefixLength: 31 },
  { address: '10.0.1.1', prefixLength: 24 },
  { address: '10.0.1.1', prefixLength: 16 },
  { address: '10.0.1.1', prefixLength: 32, peer: '10.0.1.2' },
  { address: '10.0.1.1', prefixLength: 24, peer: '192.168.7.2' },
  { address: '172.16.0.1', prefixLength: 12 },
  { address: '192.168.7.1', prefixLength: 16 },
  { address: '169.254.3.1', prefixLength: 16 },
  { address: '198.51.100.1', prefixLength: 30 },
];
const ofLoopback: readonly InterfaceAddress[] = [
  { address: '127.0.0.1', prefixLength: 8 },
  { address: '192.168.255.1', prefixLength: 32 },
];

export function randomInterface(dice: Dice): Interface {
  const name = dice.pick(interfaceNames);
  const loopback = name === 'lo';
  const choices = loopback ? ofLoopback : addresses;
  const chosen = [dice.pick(choices), ...(dice.chance(0.3) ? [dice.pick(choices)] : [])];
  return {
    name,
    index: interfaceNames.indexOf(name) + (dice.chance(0.05) ? 11 : 1),
    mtu: 1500,
    loopback,
    addresses: [...new Set(chosen)],
  };
}

/** The largest that there are: the checks hold the table to them. */
export const largestLimits: Limits = {
  neighborsPerInterface: 4,
  routesPerNeighbor: 12,
  routes: 24,
  offers: 36,
  wholeTableAnswersPerSecond: 5,
};
const limits: readonly Limits[] = [
  largestLimits,
  largestLimits,
  { neighborsPerInterface: 2, routesPerNeighbor: 3, routes: 8, offers: 10, wholeTableAnswersPerSecond: 1 },
];

const algorithms = [
  'clear-text',
  'md5',
  'hmac-sha-1',
  'hmac-sha-256',
  'hmac-sha-384',
  'hmac-sha-512',
] as const;

function randomKey(dice: Dice, wall: Millis): Key {
  const lifetime = () => {
    if (dice.chance(0.5)) return always;
    const start = wall + dice.between(-60_000, 60_000);
    return { start, end: start + dice.pick([1, 20_000, 200_000]) };
  };
  const secret = dice.bytes(dice.pick([1, 8, 16]));
  return {
    id: dice.below(3),
    algorithm: dice.pick(algorithms),
    secret,
    send: lifetime(),
    accept: lifetime(),
  };
}

export function randomChain(dice: Dice, wall: Millis): KeyChain {
  const keys = Array.from({ length: dice.between(1, 3) }, () => randomKey(dice, wall));
  return { name: 'core', keys, md5Length: dice.pick([16, 20]) };
}

function randomRule(dice: Dice): PolicyRule {
  const [prefix, length] = [dice.pick(prefixes), dice.between(0, 32)];
  const shortest = Math.max(length, Number(prefix.split('/')[1]));
  const ranges = [{ prefix, shortest, longest: dice.between(shortest, 32) }];
  return {
    direction: dice.pick(['in', 'out']),
    interface: dice.pick([undefined, 'eth0', 'eth*']),
    neighbor: dice.pick([undefined, undefined, undefined, '10.0.0.2']),
    prefixSet: dice.chance(0.8) ? { name: 'some', ranges } : undefined,
    tag: dice.pick([undefined, undefined, 7]),
    action: dice.pick(['accept', 'reject']),
    set: {
      metric: dice.pick([undefined, undefined, 1, 16]),
      addMetric: dice.pick([undefined, undefined, 0, 3, 16]),
      tag: dice.pick([undefined, undefined, 9]),
    },
  };
}

function randomInterfaceConfiguration(dice: Dice, chains: readonly KeyChain[]): InterfaceConfiguration {
  const update = dice.pick([1_000, 5_000, 30_000]);
  const sendVersion = dice.pick(['2', '2', '2', '1', '1-compatible', 'none'] as const);
  // RIPv1 has no authentication: the configuration file may not ask for both.
  const isSigned = sendVersion !== '1' && dice.chance(0.4);
  return {
    cost: dice.pick([1, 1, 1, 3, 16]),
    passive: dice.chance(0.1),
    noListen: dice.chance(0.1),
    splitHorizon: dice.pick(['poison-reverse', 'simple', 'disabled']),
    sendVersion,
    receiveVersion: dice.pick(['1-or-2', '1-or-2', '2', '1', 'none']),
    neighbors: dice.some(['10.0.0.2', '192.0.2.1'], 0.2),
    multicast: dice.chance(0.9),
    validateSource: dice.chance(0.8),
    authentication: isSigned ? dice.pick(chains) : undefined,
    ttlSecurity: dice.chance(0.1),
    timers: { update, timeout: 3 * update, garbageCollection: 2 * update },
  };
}

/** @param wall around which the lifetimes of keys lie */
export function randomConfiguration(dice: Dice, wall: Millis): RouterConfiguration {
  const chains = [randomChain(dice, wall), randomChain(dice, wall)];
  const names = dice.some(['eth0', 'eth1', 'ppp*', 'lo'], 0.9);
  const interfaces = Object.fromEntries(
    names.map((name) => [
      name,
      dice.chance(0.3) ? defaultInterfaceConfiguration : randomInterfaceConfiguration(dice, chains),
    ]),
  );
  return {
    maximumPaths: dice.pick([1, 2, 8]),
    defaultMetric: dice.pick([1, 5, 15]),
    triggeredUpdateDelay: dice.pick([
      [0, 0],
      [1_000, 5_000],
    ]),
    originateDefaultRoute: dice.pick([
      undefined,
      undefined,
      { metric: 1, when: 'always' },
      { metric: 15, when: 'present' },
    ]),
    policy: Array.from({ length: dice.pick([0, 0, 1, 3]) }, () => randomRule(dice)),
    limits: dice.pick(limits),
    interfaces,
  };
}
