/** A file with every key that there is, as others write it: what is accepted here has to stay accepted. */
import { utf8Encode } from '@ripstop/wire';
import { expect, test } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';
import type { DaemonConfiguration } from '../src/configuration.ts';

const everything = `
netns: blue
state-directory: /var/lib/ripd
control: { socket: /run/ripd/ripd.sock, group: ripd, mode: "0660" }
log: { level: info, format: pretty }
kernel:
  table: main
  metric: 20
  protocol: rip
  on-exit: remove
  stale-time: 60
key-chains:
  - name: core
    keys:
      - { key-id: 1, crypto-algorithm: hmac-sha-256, key-string: secret,
          send-lifetime: { start: 2026-01-01T00:00:00Z, end: 2027-01-01T00:00:00Z }, accept-lifetime: always }
prefix-sets:
  - { name: lab, prefixes: [10.0.0.0/8 le 24, 0.0.0.0/0] }
  - { name: lab6, prefixes: [2001:db8::/32 le 64, ::/0] }
rip:
  default-metric: 1
  maximum-paths: 8
  timers: { update: 30, timeout: 180, garbage-collection: 120 }
  triggered-update-delay: [1, 5]
  originate-default-route: { enabled: false, metric: 1, when: always }
  redistribute: [{ source: static, metric: 2, tag: 7, prefix-set: lab, table: main, types: [unicast, blackhole] }]
  policy:
    - { direction: in, interface: eth0, neighbor: 10.0.0.2, prefix-set: lab, tag: 7, action: accept, set: { metric: 3, add-metric: 1, tag: 9 } }
    - { direction: out, prefix-set: lab, action: reject }
  limits: { neighbors-per-interface: 1024, routes-per-neighbor: 250000, redistributed-routes: 10000 }
  interfaces:
    eth0: {}
    "lab-*":
      cost: 1
      passive: false
      no-listen: false
      split-horizon: poison-reverse
      send-version: 2
      receive-version: 2
      neighbors: []
      multicast: true
      validate-source: true
      authentication: { key-chain: core, md5-length: 16 }
      ttl-security: false
      timers: {}
ripng:
  default-metric: 1
  maximum-paths: 8
  timers: { update: 30, timeout: 180, garbage-collection: 120 }
  triggered-update-delay: [1, 5]
  originate-default-route: { enabled: true, metric: 1, when: present }
  redistribute: []
  policy:
    - { direction: in, interface: eth0, neighbor: fe80::2, prefix-set: lab6, tag: 7, action: accept, set: { metric: 3, add-metric: 1, tag: 9 } }
  limits: { neighbors-per-interface: 1024, routes-per-neighbor: 250000, redistributed-routes: 10000 }
  interfaces:
    eth0: {}
    "lab-*":
      cost: 2
      passive: false
      no-listen: false
      split-horizon: simple
      neighbors: ["fe80::2", "FE80:0::3"]
      multicast: true
      ttl-security: false
      timers: { update: 10 }
`;

const timers = { update: 30_000, timeout: 180_000, garbageCollection: 120_000 };
const lab = {
  name: 'lab',
  ranges: [
    { prefix: '10.0.0.0/8', shortest: 8, longest: 24 },
    { prefix: '0.0.0.0/0', shortest: 0, longest: 0 },
  ],
};
const lab6 = {
  name: 'lab6',
  ranges: [
    { prefix: '2001:db8::/32', shortest: 32, longest: 64 },
    { prefix: '::/0', shortest: 0, longest: 0 },
  ],
};
const eth0 = {
  cost: 1,
  passive: false,
  noListen: false,
  splitHorizon: 'poison-reverse',
  sendVersion: '2',
  receiveVersion: '2',
  neighbors: [],
  multicast: true,
  validateSource: true,
  authentication: undefined,
  ttlSecurity: false,
  timers,
} as const;

const limits = {
  neighborsPerInterface: 1_024,
  routesPerNeighbor: 250_000,
  routes: 500_000,
  offers: 1_000_000,
  wholeTableAnswersPerSecond: 50,
};

const expected: DaemonConfiguration = {
  namespace: 'blue',
  stateDirectory: '/var/lib/ripd',
  control: { socket: '/run/ripd/ripd.sock', group: 'ripd', mode: 0o660 },
  log: { level: 'info', format: 'pretty' },
  kernel: { table: 254, metric: 20, protocol: 189, onExit: 'remove', staleTime: 60_000 },
  rip: {
    defaultMetric: 1,
    maximumPaths: 8,
    triggeredUpdateDelay: [1_000, 5_000],
    originateDefaultRoute: undefined,
    redistribution: {
      rules: [
        {
          name: 'static',
          source: 4,
          metric: 2,
          tag: 7,
          prefixSet: lab,
          table: 254,
          types: ['unicast', 'blackhole'],
        },
      ],
      mostPerRule: 10_000,
    },
    policy: [
      {
        direction: 'in',
        interface: 'eth0',
        neighbor: '10.0.0.2',
        prefixSet: lab,
        tag: 7,
        action: 'accept',
        set: { metric: 3, addMetric: 1, tag: 9 },
      },
      {
        direction: 'out',
        interface: undefined,
        neighbor: undefined,
        prefixSet: lab,
        tag: undefined,
        action: 'reject',
        set: { metric: undefined, addMetric: undefined, tag: undefined },
      },
    ],
    limits,
    interfaces: {
      eth0,
      'lab-*': {
        ...eth0,
        authentication: {
          name: 'core',
          md5Length: 16,
          keys: [
            {
              id: 1,
              algorithm: 'hmac-sha-256',
              secret: utf8Encode('secret'),
              send: { start: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1) },
              accept: { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY },
            },
          ],
        },
      },
    },
  },
  ripng: {
    defaultMetric: 1,
    maximumPaths: 8,
    triggeredUpdateDelay: [1_000, 5_000],
    originateDefaultRoute: { metric: 1, when: 'present' },
    redistribution: { rules: [], mostPerRule: 10_000 },
    policy: [
      {
        direction: 'in',
        interface: 'eth0',
        neighbor: 'fe80::2',
        prefixSet: lab6,
        tag: 7,
        action: 'accept',
        set: { metric: 3, addMetric: 1, tag: 9 },
      },
    ],
    limits,
    interfaces: {
      eth0: { ...eth0, sendVersion: '1', receiveVersion: '1' },
      'lab-*': {
        ...eth0,
        cost: 2,
        sendVersion: '1',
        receiveVersion: '1',
        splitHorizon: 'simple',
        neighbors: ['fe80::2', 'fe80::3'],
        timers: { ...timers, update: 10_000 },
      },
    },
  },
};

test('a file with everything is accepted without a warning', () => {
  const now = Date.UTC(2026, 5, 1);
  expect(parseConfiguration('ripd.yaml', everything, { now })).toEqual({
    configuration: expected,
    warnings: [],
  });
});
