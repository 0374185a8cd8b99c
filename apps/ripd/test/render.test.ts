import type { InterfaceSnapshot, RouteSnapshot } from '@ripstop/rip';
import type { FibSnapshot } from '@ripstop/router';
import { describe, expect, it } from 'vitest';
import type { DaemonStatus, ProtocolStatus } from '../src/control/control-protocol.ts';
import { daemonStatus } from '../src/control/daemon-status.ts';
import {
  duration,
  renderDrain,
  renderInterfaces,
  renderNeighbors,
  renderRoutes,
  renderStatus,
} from '../src/control/render.ts';

describe('durations', () => {
  it.each([
    [0, '0.0s'],
    [-5, '0.0s'],
    [400, '0.4s'],
    [29_000, '29s'],
    [60_000, '1m00s'],
    [125_000, '2m05s'],
    [11_220_000, '3h07m'],
    [187_200_000, '2d04h'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(duration(milliseconds)).toBe(text);
  });
});

describe('tables', () => {
  const routes: RouteSnapshot[] = [
    {
      prefix: '10.0.1.0/24',
      kind: 'connected',
      metric: 1,
      tag: 0,
      nextHops: [],
      connectedTo: ['eth0'],
      age: 0,
      changed: false,
      offers: [],
    },
    {
      prefix: '10.9.0.0/16',
      kind: 'learned',
      metric: 3,
      tag: 7,
      nextHops: [
        { gateway: '10.0.1.2', interface: 'eth0', interfaceIndex: 2 },
        { gateway: '10.0.2.2', interface: 'eth1', interfaceIndex: 3 },
      ],
      age: 0,
      expiresIn: 175_000,
      changed: false,
      kernel: { state: 'installed' },
      offers: [
        {
          neighbor: '10.0.3.2',
          interface: 'eth2',
          gateway: '10.0.3.2',
          metric: 4,
          tag: 7,
          expiresIn: 1,
          chosen: false,
        },
      ],
    },
    {
      prefix: '10.8.0.0/16',
      kind: 'learned',
      metric: 16,
      tag: 0,
      nextHops: [],
      age: 0,
      garbageIn: 90_000,
      changed: true,
      offers: [],
    },
  ];

  it('show a route with a line for each next hop', () => {
    expect(renderRoutes(routes).split('\n')).toEqual([
      'Prefix       Metric  Via        Interface  Tag  Expires-in  Kernel     Other-offers',
      '10.0.1.0/24       1  connected  eth0         -           -  -          -',
      '10.9.0.0/16       3  10.0.1.2   eth0         7       2m55s  installed  10.0.3.2 metric 4',
      '                     10.0.2.2   eth1',
      '10.8.0.0/16    lost                          -       1m30s  -          -',
    ]);
  });

  it('show why the kernel does not have a route', () => {
    const kernelOf = (kernel: RouteSnapshot['kernel']): string =>
      renderRoutes(routes.slice(1, 2).map((route) => ({ ...route, ...(kernel && { kernel }) })));
    expect(kernelOf({ state: 'not-needed', reason: 'eth9 has this subnet' })).toContain(
      'not-needed: eth9 has this subnet',
    );
    expect(kernelOf({ state: 'failed', reason: 'no' })).toContain('failed: no');
  });

  it('show neighbors, and below one that is refused why', () => {
    const neighbor = {
      address: '10.0.1.2',
      interface: 'eth0',
      protocol: 'rip' as const,
      state: 'up' as const,
      version: 2,
      lastHeardAgo: 3_400,
      routes: 12,
      packets: 7,
      badPackets: 1,
      badEntries: 0,
      dropped: {},
    };
    const refused = {
      ...neighbor,
      address: '10.0.1.30',
      state: 'refused' as const,
      refusal: { reason: 'authentication-key' as const, detail: 'key 7 unknown here; have 1, 2', ago: 3_400 },
    };
    expect(renderNeighbors([refused, neighbor]).split('\n')).toEqual([
      'Address    Interface  State    Version  Heard-ago  Routes  Packets  Bad-packets  Bad-entries',
      '10.0.1.30  eth0       refused        2       3.4s      12        7            1            0',
      '  3.4s ago authentication-key: signed with a key that is not accepted here (key 7 unknown here; have 1, 2)',
      '10.0.1.2   eth0       up             2       3.4s      12        7            1            0',
    ]);
    expect(renderNeighbors([])).toMatch(/^Address .*entries$/);
    const six = { ...neighbor, address: 'fe80::2', protocol: 'ripng' as const, version: 1 };
    expect(renderNeighbors([refused, six]).split('\n')).toEqual([
      'Address    Interface  Protocol  State    Version  Heard-ago  Routes  Packets  Bad-packets  Bad-entries',
      '10.0.1.30  eth0       rip       refused        2       3.4s      12        7            1            0',
      '  3.4s ago authentication-key: signed with a key that is not accepted here (key 7 unknown here; have 1, 2)',
      'fe80::2    eth0       ripng     up             1       3.4s      12        7            1            0',
    ]);
  });

  it('show interfaces, and how packets are signed there', () => {
    const plain: InterfaceSnapshot = {
      name: 'eth0',
      protocol: 'rip',
      index: 2,
      loopback: false,
      state: 'up',
      addresses: ['10.0.1.1/24'],
      cost: 1,
      splitHorizon: 'poison-reverse',
      sendVersion: '2',
      receiveVersion: '2',
      noListen: false,
      nextUpdateIn: 12_000,
      neighbors: 1,
      counters: {
        packetsReceived: 3,
        packetsSent: 4,
        requestsReceived: 0,
        responsesReceived: 3,
        answersSent: 0,
        regularUpdatesSent: 3,
        triggeredUpdatesSent: 1,
        dropped: { 'source-port': 2 },
      },
    };
    const six: InterfaceSnapshot = { ...plain, protocol: 'ripng', state: 'no-address', addresses: [] };
    expect(renderInterfaces([plain, six]).split('\n')).toEqual([
      'Interface  Protocol  State       Address      Cost  Split-horizon   Authentication  Neighbors  Update-in  Received  Sent  Dropped',
      'eth0       rip       up          10.0.1.1/24     1  poison-reverse  -                       1        12s         3     4        2',
      'eth0       ripng     no-address                  1  poison-reverse  -                       1        12s         3     4        2',
    ]);
    const taken: InterfaceSnapshot = {
      ...plain,
      protocol: 'ripng',
      state: 'listen-failed',
      reason: 'UDP port 521 on eth0 is taken by process 7 (ripngd)',
      source: 'fe80::2',
      addresses: ['2001:db8::1/64', 'fe80::1/64', 'fe80::2/64'],
    };
    expect(renderInterfaces([taken]).split('\n')).toEqual([
      'Interface  State          Address        Cost  Split-horizon   Authentication  Neighbors  Update-in  Received  Sent  Dropped',
      'eth0       listen-failed  fe80::2/64 +2     1  poison-reverse  -                       1        12s         3     4        2',
      '  UDP port 521 on eth0 is taken by process 7 (ripngd)',
    ]);
    const authentication = { chain: 'core', algorithm: 'md5', key: 2, validity: 'expired' } as const;
    const clear = { chain: 'inline', algorithm: 'clear-text', key: 0, validity: 'valid' } as const;
    expect(
      renderInterfaces([
        plain,
        { ...plain, name: 'eth1', authentication },
        { ...plain, name: 'eth2', authentication: clear },
      ]).split('\n'),
    ).toEqual([
      'Interface  State  Address      Cost  Split-horizon   Authentication             Neighbors  Update-in  Received  Sent  Dropped',
      'eth0       up     10.0.1.1/24     1  poison-reverse  -                                  1        12s         3     4        2',
      'eth1       up     10.0.1.1/24     1  poison-reverse  core: key 2, md5, expired          1        12s         3     4        2',
      'eth2       up     10.0.1.1/24     1  poison-reverse  inline: clear-text                 1        12s         3     4        2',
    ]);
  });

  const kernel: FibSnapshot = {
    wanted: 4,
    installed: 3,
    shadowed: 0,
    conflicting: 0,
    failed: 0,
    stale: 0,
    heals: 0,
    overruns: 0,
  };
  const rip: ProtocolStatus = {
    protocol: 'rip',
    state: 'running',
    interfaces: 2,
    neighbors: 1,
    routes: 4,
    garbage: 1,
    routeChanges: 12,
    idle: [],
    kernel,
    redistribution: [],
  };
  const ripng: ProtocolStatus = { ...rip, protocol: 'ripng' };
  const facts = {
    version: '0.1.0',
    process: 42,
    uptime: 61_000,
    namespace: 'blue',
    kernel: { table: 254, metric: 20, protocol: 189 },
  };

  it('show the status', () => {
    expect(renderStatus(daemonStatus(facts, [rip]))).toBe(
      [
        'ripd        0.1.0, process 42, up 1m01s',
        'namespace   blue',
        '',
        'rip         running',
        'interfaces  2',
        'neighbors   1',
        'routes      4 reachable, 1 lost and not yet forgotten',
        'kernel      3 of 4 routes installed, 0 stale (table main, metric 20, proto rip)',
        '            0 put back after others changed them, 0 overruns',
      ].join('\n'),
    );
  });

  it('show in the status where a protocol is not spoken, and why, a line for each reason', () => {
    const many = Array.from({ length: 10 }, (_, at) => ({ interface: `tap${at}`, reason: 'it is down' }));
    const idle = [...many, { interface: 'eth1', reason: 'it has no carrier' }];
    const lines = renderStatus(daemonStatus(facts, [{ ...ripng, idle }])).split('\n');
    expect(lines.slice(3, 7)).toEqual([
      'ripng       running',
      'interfaces  2',
      '            not on tap0, tap1, tap2, tap3, tap4, tap5, tap6, tap7 +2: it is down',
      '            not on eth1: it has no carrier',
    ]);
  });

  it('show in the status how many routes the kernel does not have, or not for use', () => {
    const kernelOf = (counts: Partial<FibSnapshot>): string[] =>
      renderStatus(daemonStatus(facts, [{ ...rip, kernel: { ...kernel, ...counts } }]))
        .split('\n')
        .slice(7);
    expect(kernelOf({ shadowed: 2, failed: 1 })).toEqual([
      'kernel      3 of 4 routes installed, 0 stale (table main, metric 20, proto rip)',
      '            2 shadowed, 1 failed: see ripctl show kernel',
      '            0 put back after others changed them, 0 overruns',
    ]);
    expect(kernelOf({ conflicting: 1 })[1]).toBe('            1 conflicting: see ripctl show kernel');
  });

  it('show what the rules take in, and which of them has stopped', () => {
    const redistribution = [
      { source: 'static', routes: 1, most: 10, full: false },
      { source: 'bgp', routes: 2, most: 10, full: true },
    ];
    expect(
      renderStatus(daemonStatus(facts, [{ ...rip, redistribution }]))
        .split('\n')
        .slice(-2),
    ).toEqual([
      'redistributed  static: 1 route',
      '               bgp: 2 routes; stopped: there were more than 10, see limits.redistributed-routes',
    ]);
  });

  it('show the status of two protocols one below the other, and why one has failed', () => {
    const failed = {
      ...ripng,
      state: 'failed',
      reason: 'UDP port 521 on eth0 is taken',
      neighbors: 0,
    } as const;
    expect(renderStatus(daemonStatus(facts, [rip, failed]))).toBe(
      [
        'ripd        0.1.0, process 42, up 1m01s',
        'namespace   blue',
        '',
        'rip         running',
        'interfaces  2',
        'neighbors   1',
        'routes      4 reachable, 1 lost and not yet forgotten',
        'kernel      3 of 4 routes installed, 0 stale (table main, metric 20, proto rip)',
        '            0 put back after others changed them, 0 overruns',
        '',
        'ripng       failed: UDP port 521 on eth0 is taken',
        'interfaces  2',
        'neighbors   0',
        'routes      4 reachable, 1 lost and not yet forgotten',
        'kernel      3 of 4 routes installed, 0 stale (table main, metric 20, proto rip)',
        '            0 put back after others changed them, 0 overruns',
      ].join('\n'),
    );
  });

  type State = ProtocolStatus['state'];
  const both = (one: State, other: State): DaemonStatus =>
    daemonStatus(facts, [
      { ...rip, state: one },
      { ...ripng, state: other },
    ]);

  it.each([
    ['running', 'draining', 'draining: every route is announced with metric 15 for about 12 s, then with 16'],
    ['draining', 'draining', 'already draining: every route is announced with metric 15'],
    ['drained', 'drained', 'drained: everything was announced as lost'],
    ['stopped', 'stopped', 'stopped: everything was announced as lost'],
  ] as const)('tell who asks for a drain in state %s what became of it', (before, after, expected) => {
    expect(renderDrain(both(before, before), both(after, after))).toMatch(new RegExp(`^${expected}`));
    // A protocol that has failed announces nothing.
    expect(renderDrain(both(before, 'failed'), both(after, 'failed'))).toMatch(new RegExp(`^${expected}`));
    expect(renderDrain(both('failed', before), both('failed', after))).toMatch(new RegExp(`^${expected}`));
  });

  it('tell who asks for a drain that one protocol is not yet done', () => {
    const half = both('drained', 'draining');
    expect(renderDrain(half, half)).toMatch(/^already draining: /);
  });
});
