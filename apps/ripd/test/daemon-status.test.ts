/** What a daemon says of itself, made of what its protocols say. */
import { expect, it } from 'vitest';
import type { ProtocolStatus } from '../src/control/control-protocol.ts';
import { daemonStatus, failedStatus } from '../src/control/daemon-status.ts';

const facts = {
  version: '0.1.0',
  process: 42,
  uptime: 1_000,
  kernel: { table: 254, metric: 20, protocol: 189 },
};
const rip: ProtocolStatus = {
  protocol: 'rip',
  state: 'running',
  interfaces: 1,
  neighbors: 2,
  routes: 3,
  garbage: 4,
  routeChanges: 5,
  idle: [],
  kernel: {
    wanted: 6,
    installed: 7,
    shadowed: 1,
    conflicting: 2,
    failed: 3,
    stale: 8,
    heals: 9,
    overruns: 10,
  },
  redistribution: [{ source: 'static', routes: 1, most: 2, full: false }],
};
const ripng: ProtocolStatus = {
  ...rip,
  protocol: 'ripng',
  triggeredUpdateIn: 700,
  kernel: {
    wanted: 60,
    installed: 70,
    shadowed: 10,
    conflicting: 20,
    failed: 30,
    stale: 80,
    heals: 90,
    overruns: 100,
  },
};

it('of one protocol, is that of the protocol', () => {
  const { protocol, kernel, idle, redistribution, ...counts } = rip;
  expect(daemonStatus(facts, [rip])).toEqual({
    ...facts,
    ...counts,
    kernel: { ...facts.kernel, ...kernel },
    protocols: [rip],
  });
});

it('of two, has the sums, and each', () => {
  expect(daemonStatus(facts, [rip, ripng])).toEqual({
    ...facts,
    state: 'running',
    interfaces: 2,
    neighbors: 4,
    routes: 6,
    garbage: 8,
    routeChanges: 10,
    triggeredUpdateIn: 700,
    kernel: {
      ...facts.kernel,
      wanted: 66,
      installed: 77,
      shadowed: 11,
      conflicting: 22,
      failed: 33,
      stale: 88,
      heals: 99,
      overruns: 110,
    },
    protocols: [rip, ripng],
  });
});

it.each([
  ['running', 'drained', 'drained'],
  ['drained', 'draining', 'draining'],
  ['running', 'stopped', 'stopped'],
  ['stopped', 'failed', 'failed'],
] as const)('is %s and %s: %s', (one, other, expected) => {
  const of = (state: ProtocolStatus['state'], otherState: ProtocolStatus['state']) =>
    daemonStatus(facts, [
      { ...rip, state },
      { ...ripng, state: otherState },
    ]).state;
  expect([of(one, other), of(other, one)]).toEqual([expected, expected]);
});

it('counts nothing of a protocol that could not be started', () => {
  const failed = failedStatus('ripng', 'this kernel has no IPv6');
  const { state, protocols, ...others } = daemonStatus(facts, [rip, failed]);
  const { state: _, protocols: __, ...without } = daemonStatus(facts, [rip]);
  expect(others).toEqual(without);
  expect(state).toBe('failed');
  expect(protocols[1]).toMatchObject({
    protocol: 'ripng',
    state: 'failed',
    reason: 'this kernel has no IPv6',
  });
});
