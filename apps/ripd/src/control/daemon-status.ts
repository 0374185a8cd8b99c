/** The status of a daemon, made of those of its protocols. Before this file: `daemon`. After it: `control-protocol`. */
import type { Protocol } from '@ripstop/rip';
import type { FibSnapshot } from '@ripstop/router';
import type { DaemonStatus, ProtocolStatus } from './control-protocol.ts';

/** From good to bad. Drained is what was wanted, and draining is not done yet. */
const states: readonly ProtocolStatus['state'][] = ['running', 'drained', 'draining', 'stopped', 'failed'];

/** What the daemon knows, and no protocol. */
type DaemonFacts = Pick<DaemonStatus, 'version' | 'process' | 'uptime' | 'namespace'> & {
  readonly kernel: Omit<DaemonStatus['kernel'], keyof FibSnapshot>;
};

/** @param protocols at least one */
export function daemonStatus(facts: DaemonFacts, protocols: readonly ProtocolStatus[]): DaemonStatus {
  const sum = (count: (status: ProtocolStatus) => number): number =>
    protocols.reduce((total, status) => total + count(status), 0);
  const triggeredUpdateIn = Math.min(
    ...protocols.map((status) => status.triggeredUpdateIn ?? Number.POSITIVE_INFINITY),
  );
  return {
    ...facts,
    state: states[Math.max(...protocols.map(({ state }) => states.indexOf(state)))] ?? 'failed',
    interfaces: sum(({ interfaces }) => interfaces),
    neighbors: sum(({ neighbors }) => neighbors),
    routes: sum(({ routes }) => routes),
    garbage: sum(({ garbage }) => garbage),
    routeChanges: sum(({ routeChanges }) => routeChanges),
    ...(Number.isFinite(triggeredUpdateIn) && { triggeredUpdateIn }),
    kernel: {
      ...facts.kernel,
      wanted: sum(({ kernel }) => kernel.wanted),
      installed: sum(({ kernel }) => kernel.installed),
      shadowed: sum(({ kernel }) => kernel.shadowed),
      conflicting: sum(({ kernel }) => kernel.conflicting),
      failed: sum(({ kernel }) => kernel.failed),
      stale: sum(({ kernel }) => kernel.stale),
      heals: sum(({ kernel }) => kernel.heals),
      overruns: sum(({ kernel }) => kernel.overruns),
    },
    protocols,
  };
}

/** The status of a protocol that could not be started. */
export function failedStatus(protocol: Protocol['name'], reason: string): ProtocolStatus {
  return {
    protocol,
    state: 'failed',
    reason,
    interfaces: 0,
    neighbors: 0,
    routes: 0,
    garbage: 0,
    routeChanges: 0,
    idle: [],
    kernel: {
      wanted: 0,
      installed: 0,
      shadowed: 0,
      conflicting: 0,
      failed: 0,
      stale: 0,
      heals: 0,
      overruns: 0,
    },
    redistribution: [],
  };
}
