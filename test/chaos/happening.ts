/** Something that can happen in a chaos, and what it needs. The tables of them: `route-`, `link-`, `daemon-happenings.ts`. */
import type { Random } from '@ripstop/lab';
import type { ChaosNetwork } from './chaos-network.ts';

export interface Happening {
  readonly name: string;
  /** How often it is chosen, compared with the others. */
  readonly weight: number;
  /** Milliseconds from one time to the next; 0 if not given. */
  readonly rest?: number;
  /** @returns what happened, for the story; undefined: it made no sense just now */
  readonly happen: (stage: Stage, random: Random) => Promise<string | undefined> | string | undefined;
}

/** Where it happens. */
export interface Stage {
  readonly network: ChaosNetwork;
  /** The router in the middle may be killed: who looks for leaks wants it to live long. */
  readonly isCenterMortal: boolean;
  /** Lets something follow after so many milliseconds, or when the storm is over. */
  readonly later: (delay: number, what: string, follow: () => Promise<unknown> | undefined) => void;
}
