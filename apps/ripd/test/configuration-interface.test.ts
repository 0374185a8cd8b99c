/** What `rip` and its interfaces may say in a configuration file: each key set, left out, and wrong. */
import {
  defaultInterfaceConfiguration,
  defaultLimits,
  defaultRouterConfiguration,
  type RouterConfiguration,
} from '@ripstop/rip';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';
import { defaultRedistribution, interfaceWith, mistakesIn } from './configuration.ts';

function routerWith(keys: string): RouterConfiguration | undefined {
  return parseConfiguration('ripd.yaml', `rip: { ${keys}, interfaces: { eth0: {} } }`).configuration.rip;
}

describe('an interface', () => {
  it.each([
    ['cost: 16', { cost: 16 }],
    ['passive: true', { passive: true }],
    ['no-listen: true', { noListen: true }],
    ['split-horizon: disabled', { splitHorizon: 'disabled' }],
    ['split-horizon: simple', { splitHorizon: 'simple' }],
    ['send-version: none', { sendVersion: 'none' }],
    ['send-version: 1', { sendVersion: '1' }],
    ['send-version: "1"', { sendVersion: '1' }],
    ['send-version: 1-compatible', { sendVersion: '1-compatible' }],
    ['send-version: 2', { sendVersion: '2' }],
    ['receive-version: none', { receiveVersion: 'none' }],
    ['receive-version: 1', { receiveVersion: '1' }],
    ['receive-version: "2"', { receiveVersion: '2' }],
    ['receive-version: 1-or-2', { receiveVersion: '1-or-2' }],
    ['neighbors: [10.0.0.2, 192.0.2.7]', { neighbors: ['10.0.0.2', '192.0.2.7'] }],
    ['neighbors:', {}],
    ['multicast: false', { multicast: false }],
    ['validate-source: false', { validateSource: false }],
    ['ttl-security: true', { ttlSecurity: true }],
    [
      'timers: { update: 1, timeout: 6, garbage-collection: 4 }',
      { timers: { update: 1_000, timeout: 6_000, garbageCollection: 4_000 } },
    ],
  ])('with %j', (keys, expected) => {
    expect(interfaceWith(keys)).toEqual({ ...defaultInterfaceConfiguration, ...expected });
  });

  it.each([
    ['split-horizon: yes', 'split-horizon is "yes", expected one of: disabled, simple, poison-reverse'],
    ['no-listen: 1', 'no-listen is 1, expected true or false'],
    ['send-version: 3', 'send-version is 3, expected one of: none, 1, 1-compatible, 2'],
    ['send-version: 1-or-2', 'send-version is "1-or-2", expected one of: none, 1, 1-compatible, 2'],
    ['receive-version: [1, 2]', 'receive-version is [1,2], expected one of: none, 1, 2, 1-or-2'],
    ['neighbors: 10.0.0.2', 'neighbors is "10.0.0.2", expected a list of addresses'],
    ['neighbors: [10.0.0.2, 10.0.0.2]', 'neighbors is ["10.0.0.2","10.0.0.2"], expected each address once'],
    [
      'neighbors: [10.0.0.2, fe80::1]',
      '1:52: rip.interfaces.eth0.neighbors[1] is "fe80::1", expected the IPv4 address of a router',
    ],
    ['neighbors: [224.0.0.9]', 'neighbors[0] is "224.0.0.9", expected the IPv4 address of a router'],
    ['neighbors: [255.255.255.255]', 'expected the IPv4 address of a router'],
    ['neighbors: [127.0.0.1]', 'expected the IPv4 address of a router'],
    ['neighbors: [0.0.0.0]', 'expected the IPv4 address of a router'],
    ['neighbors: [10.0.0.0/8]', 'expected the IPv4 address of a router'],
    ['multicast: no', 'multicast is "no", expected true or false'],
    ['validate-source: off', 'validate-source is "off", expected true or false'],
    ['ttl-security: 255', 'ttl-security is 255, expected true or false'],
    [
      'timers: { holddown: 3 }',
      'unknown key "holddown", expected one of: update, timeout, garbage-collection',
    ],
  ])('is refused with %j', (keys, expected) => {
    expect(mistakesIn(`rip: { interfaces: { eth0: { ${keys} } } }`)).toEqual([
      expect.stringContaining(expected),
    ]);
  });
});

describe('rip', () => {
  const on = { metric: 1, when: 'always' };
  it.each([
    ['default-metric: 15', { defaultMetric: 15 }],
    ['maximum-paths: 1', { maximumPaths: 1 }],
    ['triggered-update-delay: [0, 0]', { triggeredUpdateDelay: [0, 0] }],
    ['originate-default-route: { enabled: true }', { originateDefaultRoute: on }],
    [
      'originate-default-route: { enabled: true, metric: 15, when: present }',
      { originateDefaultRoute: { metric: 15, when: 'present' } },
    ],
    ['originate-default-route: { metric: 3 }', {}],
    ['limits: { neighbors-per-interface: 2 }', { limits: { ...defaultLimits, neighborsPerInterface: 2 } }],
    ['limits: { redistributed-routes: 4 }', { redistribution: { rules: [], mostPerRule: 4 } }],
    ['limits: { routes-per-neighbor: 3 }', { limits: { ...defaultLimits, routesPerNeighbor: 3 } }],
  ])('with %j', (keys, expected) => {
    const interfaces = { eth0: defaultInterfaceConfiguration };
    expect(routerWith(keys)).toEqual({
      ...defaultRouterConfiguration,
      redistribution: defaultRedistribution,
      interfaces,
      ...expected,
    });
  });

  it.each([
    ['default-metric: 16', 'default-metric is 16, expected a whole number from 1 to 15'],
    ['maximum-paths: 0', 'maximum-paths is 0, expected a whole number from 1 to 255'],
    ['triggered-update-delay: 5', 'triggered-update-delay is 5, expected two numbers of seconds'],
    [
      'originate-default-route: true',
      'originate-default-route is true, expected a section of keys and values',
    ],
    [
      'originate-default-route: { enabled: true, metric: 16 }',
      'metric is 16, expected a whole number from 1 to 15',
    ],
    ['originate-default-route: { when: sometimes }', 'when is "sometimes", expected one of: always, present'],
    [
      'limits: { neighbors-per-interface: 0 }',
      'neighbors-per-interface is 0, expected a whole number from 1 to 65535',
    ],
    [
      'limits: { routes-per-neighbor: 500001 }',
      'routes-per-neighbor is 500001, expected a whole number from 1 to 500000',
    ],
    [
      'limits: { routes: 5 }',
      'unknown key "routes", expected one of: neighbors-per-interface, routes-per-neighbor',
    ],
  ])('is refused with %j', (keys, expected) => {
    expect(mistakesIn(`rip: { ${keys}, interfaces: { eth0: {} } }`)).toEqual([
      expect.stringContaining(expected),
    ]);
  });
});
