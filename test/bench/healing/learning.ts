/** How the router comes to its 10,000 routes, so slowly that each daemon hears every packet; and again if one was lost. */
import { setTimeout } from 'node:timers/promises';
import type { LabNode } from '@ripstop/lab';
import { rip } from '../../kit/protocol.ts';
import { Announcer } from '../peers/announcer.ts';
import { QUIET_MS } from '../propagation/part.ts';

export const ROUTES = 10_000;
/** Microseconds from one packet to the next. */
export const PACE = 1_000;
const ATTEMPTS = 5;

export interface Learning {
  readonly neighbor: LabNode;
  readonly interface: string;
  readonly router: LabNode;
  /** The number that the daemon's routes have in the kernel. */
  readonly routeProtocol: number;
  /** How many neighbors have announced the routes, this one included. */
  readonly nextHops: number;
  /** For programs. */
  readonly directory: string;
}

/** Resolves when every route leads over so many next hops, and the router has told of it. @throws Error if some do not */
export async function learn(learning: Learning): Promise<void> {
  const { neighbor, router, routeProtocol, nextHops, directory } = learning;
  const announcer = new Announcer(neighbor, learning.interface, rip, directory);
  let learned = 0;
  for (let attempt = 0; attempt < ATTEMPTS && learned < ROUTES; attempt += 1) {
    await announcer.announce({ routes: ROUTES, metric: 1, gap: PACE });
    await setTimeout(QUIET_MS);
    const routes = await router.routes({ family: 'ipv4', protocol: routeProtocol });
    learned = routes.filter((route) => route.nextHops.length === nextHops).length;
  }
  if (learned < ROUTES) throw new Error(`${learned} routes lead over ${nextHops} neighbors`);
}
