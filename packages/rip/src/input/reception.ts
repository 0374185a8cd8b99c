/**
 * What `receive`, `answer` and `learn` have in common: what the router lends them, and when a sender is a neighbor.
 */
import type { Limits } from '../configuration.ts';
import type { RipInterface } from '../interface/interface.ts';
import type { Neighbor } from '../interface/neighbor.ts';
import type { OwnAddresses } from '../interface/own-addresses.ts';
import type { Output } from '../output/output.ts';
import type { Asker } from '../output/speaker.ts';
import type { TriggeredUpdate } from '../output/triggered-update.ts';
import type { Protocol } from '../protocol.ts';
import type { RouteTable } from '../table/table.ts';
import type { Instant } from '../time.ts';
import type { Action, Report } from '../vocabulary.ts';

/** For the length of a step. */
export interface Reception {
  readonly now: Instant;
  readonly protocol: Protocol;
  readonly table: RouteTable;
  readonly triggered: TriggeredUpdate;
  readonly limits: Limits;
  readonly ownAddresses: OwnAddresses;
  /** Changes with everything that gives received bytes their meaning: configuration and interfaces. */
  readonly era: number;
  /** false: a graceful shutdown is under way, and input has ended. */
  readonly learns: boolean;
  /** No route is announced with a lower metric. */
  readonly leastMetric: number;
  readonly output: Output;
  readonly actions: Action[];
  /** Gets those who want the whole table, each once; they are answered when the whole batch is in it. */
  readonly askers: Map<string, Asker>;
}

/** Its packet is sound: it is a neighbor, and lives. */
export function accept(neighbor: Neighbor, on: RipInterface, reception: Reception): void {
  neighbor.lastHeard = reception.now.monotonic;
  neighbor.refusal = undefined;
  if (neighbor.accepted) return;
  neighbor.accepted = true;
  report(reception, { type: 'neighbor-appeared', interface: on.name, neighbor: neighbor.address });
}

export function report({ actions }: Reception, content: Report): void {
  actions.push({ type: 'report', report: content });
}
