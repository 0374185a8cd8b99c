/** Everything that must hold once a network has had time to come to rest. What follows from a mistake is not told with it. */
import type { Protocol } from '@ripstop/rip';
import { protocols } from '../configurations.ts';
import type { World } from '../world.ts';
import { checkForwarding } from './forwarding-check.ts';
import { checkNeighbors } from './neighbor-check.ts';
import { checkKernels, checkMetrics } from './route-check.ts';
import type { Violation } from './violation.ts';

const checks: readonly ((world: World, protocol: Protocol) => Violation[])[] = [
  checkMetrics,
  checkNeighbors,
  checkKernels,
  checkForwarding,
];

/** @returns of each protocol what the first check finds that finds something */
export function checkQuietWorld(world: World): Violation[] {
  return protocols.flatMap((protocol) => {
    for (const check of checks) {
      const violations = check(world, protocol);
      if (violations.length > 0) return violations;
    }
    return [];
  });
}
