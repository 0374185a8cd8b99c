/**
 * How the kernel stands to our routes, as data for the operator: what `ripctl show kernel` prints. Before this file: `fib.ts`,
 * which knows it. That of each route is made when someone asks: there may be a hundred thousand.
 */
import type { NextHop } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import type { FibEntries } from './entries.ts';
import type { Fight } from './fight.ts';
import type { Retries } from './retries.ts';
import type { WantedRoute } from './wanted-route.ts';

/** Counts for the operator. */
export interface FibSnapshot {
  /** Routes that the router wants the kernel to have. */
  readonly wanted: number;
  /** Of those: in the kernel as wanted, and they serve. */
  readonly installed: number;
  /** In the kernel, but someone's route with a smaller metric serves. */
  readonly shadowed: number;
  /** Someone's route with the same metric is in the place of ours. */
  readonly conflicting: number;
  /** Refused by the kernel, or taken so often that they wait to be put back. */
  readonly failed: number;
  /** Routes found at start that nobody has announced yet. */
  readonly stale: number;
  /** Times that someone took a route of ours and it was put back. */
  readonly heals: number;
  /** Times that the kernel dropped notifications. */
  readonly overruns: number;
}

/** One prefix for which we want a route in the kernel, or have one there. */
export interface KernelRouteSnapshot {
  readonly prefix: Prefix;
  /** What the router wants; empty: nothing (see `stale`). */
  readonly nextHops: readonly NextHop[];
  /**
   * pending: asked for, not answered yet. installed: in the kernel, and it serves. shadowed: in the kernel, but someone's
   * route with a smaller metric serves. conflict: someone's route of the same metric is in its place. failed: the kernel
   * refused it. contested: someone keeps taking it, it waits to be put back. stale: in the kernel, and nobody wants it.
   */
  readonly state: 'pending' | 'installed' | 'shadowed' | 'conflict' | 'failed' | 'contested' | 'stale';
  /** Why it is not simply installed: the kernel's own words, or whose route is in the way. */
  readonly reason?: string;
  /** Times that someone changed or took it and it was put back. */
  readonly heals: number;
  /** Who did it last. */
  readonly culprit?: string;
}

/** Of every prefix for which we want a route or have one. */
export function kernelRoutes(entries: FibEntries, fight: Fight, retries: Retries): KernelRouteSnapshot[] {
  const snapshots: KernelRouteSnapshot[] = [];
  for (const { prefix, wanted, isHeld } of entries) {
    if (wanted !== undefined) snapshots.push(wantedSnapshot(wanted, fight.isPaused(prefix)));
    else if (isHeld) snapshots.push(staleSnapshot(prefix, retries.reasonOf(prefix)));
  }
  return snapshots;
}

/** @param isPaused it waits before it is put back */
function wantedSnapshot(wanted: WantedRoute, isPaused: boolean): KernelRouteSnapshot {
  const { prefix, nextHops, standing, heals, culprit } = wanted;
  return {
    prefix,
    nextHops,
    state: isPaused ? 'contested' : (standing?.state ?? 'pending'),
    ...(standing !== undefined && 'reason' in standing && { reason: standing.reason }),
    heals,
    ...(culprit !== undefined && { culprit }),
  };
}

/** @param refusal why the kernel did not remove it; undefined: it was not asked to yet */
function staleSnapshot(prefix: Prefix, refusal: string | undefined): KernelRouteSnapshot {
  const reason = refusal ?? 'of an earlier run: no neighbor has announced it again';
  return { prefix, nextHops: [], state: 'stale', reason, heals: 0 };
}
