/** Everything that must hold once a network has had time to come to rest. What follows from a mistake is not told with it. */
import type { World } from '../world.ts';
import { checkForwarding } from './forwarding-check.ts';
import { checkKernels, checkMetrics } from './route-check.ts';
import type { Violation } from './violation.ts';

export function checkQuietWorld(world: World): Violation[] {
  const wrongRoutes = checkMetrics(world);
  if (wrongRoutes.length > 0) return wrongRoutes;
  const wrongKernels = checkKernels(world);
  return wrongKernels.length > 0 ? wrongKernels : checkForwarding(world);
}
