/** What the parts of the simulated kernel tell of their changes: each becomes a notification to every subscription. */
import type { Inputs, ObjectName } from '@ripstop/netlink';

/** Whose request it was. */
export interface Author {
  /** Netlink port; 0: the kernel itself. */
  readonly portId: number;
  readonly sequence: number;
}

/** What the kernel does by itself, or because of somebody who is not named (the world, a program that is not netlink's). */
export const kernelItself: Author = { portId: 0, sequence: 0 };

/** @param flags NLM_F_* of the notification */
export type Announce = <O extends ObjectName>(
  object: O,
  operation: 'new' | 'delete',
  message: Inputs[O],
  flags: number,
  author: Author,
) => void;
