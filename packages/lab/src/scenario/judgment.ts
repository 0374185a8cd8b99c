/**
 * What is expected of a router, held against what it has. Before this file: `simulation.ts` and `rehearsal.ts`, which look.
 * After it: the story that they tell.
 */
import { infinity } from '@ripstop/rip';
import type { Expectation } from './scenario.ts';

/** What a router has for a prefix. */
export interface Finding {
  /** 16: no way there. */
  readonly metric: number;
  /** Names of the routers that it sends packets for there to, in any order; none: the subnet is its own. */
  readonly via: readonly string[];
}

interface Judgment {
  readonly isMet: boolean;
  /** A sentence without its full stop. */
  readonly text: string;
}

/** @param found or, as the end of a sentence about the router, why there is nothing to find: `does not run` */
export function judge({ router, prefix, metric, via }: Expectation, found: Finding | string): Judgment {
  const wanted = `${findingText({ metric, via: via ?? [] })} is expected`;
  if (typeof found === 'string') return { isMet: false, text: `${router} ${found}; ${prefix} ${wanted}` };
  const isMet =
    found.metric === metric &&
    (metric >= infinity || via === undefined || namesOf(via) === namesOf(found.via));
  const has = `${router} has ${prefix} ${findingText(found)}`;
  return { isMet, text: isMet ? `${has}, as expected` : `${has}; ${wanted}` };
}

function findingText({ metric, via }: Finding): string {
  if (metric >= infinity) return 'unreachable';
  return `at metric ${metric}${via.length === 0 ? '' : ` via ${namesOf(via)}`}`;
}

/** Two ways to one router are told once. */
function namesOf(routers: readonly string[]): string {
  return [...new Set(routers)].sort().join(' and ');
}
