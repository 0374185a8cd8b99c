/**
 * The router in the middle of the crossing: ours, FRR's or BIRD's, as each is run by default and with what helps it to keep
 * forwarding while it is away.
 *
 * Before this file: `restart-bench.ts`, which floods it. After it: `frr-middle.ts`, `bird-middle.ts`.
 */
import type { LabNode } from '@ripstop/lab';
import { bird, frr, type Requirement } from '../../kit/requirements.ts';
import { RipdRouter } from '../../kit/ripd.ts';
import { BirdMiddle } from './bird-middle.ts';
import { FrrMiddle } from './frr-middle.ts';

/** It speaks RIP on `to-left`, `to-right` and `to-other`. */
export interface Middle {
  /** Starts it, or starts it again after its end. Resolves when it says that it runs. */
  start(): Promise<void>;
  /** Resolves when its programs have ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Gives it another configuration: the way over `to-right` costs one more. */
  reload(): Promise<void>;
}

export interface Rival {
  /** With its options. */
  readonly name: string;
  readonly requirements: readonly Requirement[];
  /** @param directory for its files; other users may enter it */
  make(node: LabNode, directory: string): Middle;
}

export const rivals: readonly Rival[] = [
  { name: 'Ripstop', requirements: [], make: ripstop },
  { name: 'FRR', requirements: [frr], make: (...place) => new FrrMiddle(...place) },
  { name: 'FRR ripd', requirements: [frr], make: (...place) => new FrrMiddle(...place, { stays: true }) },
  {
    name: 'FRR -r -K 60',
    requirements: [frr],
    make: (...place) => new FrrMiddle(...place, { zebra: ['-r', '-K', '60'] }),
  },
  { name: 'BIRD', requirements: [bird], make: (...place) => new BirdMiddle(...place) },
  {
    name: 'BIRD persist -R',
    requirements: [bird],
    make: (...place) => new BirdMiddle(...place, { kernel: ['persist'], program: ['-R'] }),
  },
];

function ripstop(node: LabNode, directory: string): Middle {
  const configuration = (cost: number): object => ({
    kernel: { 'on-exit': 'keep' },
    rip: { interfaces: { 'to-*': {}, 'to-right': { cost } } },
  });
  let ripd: RipdRouter;
  return {
    async start() {
      ripd = await RipdRouter.start(node, directory, { ...configuration(1) });
    },
    async end(signal) {
      await ripd.daemon.stop(signal);
    },
    reload: () => ripd.reload({ ...configuration(2) }),
  };
}
