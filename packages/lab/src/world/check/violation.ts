/** Something that a checker found and that must not be. */
import type { Millis } from '@ripstop/rip';

export interface Violation {
  /** Which rule is broken. */
  readonly rule:
    | 'metrics are shortest paths'
    | 'neighbors are those who speak'
    | 'packets reach their destination'
    | 'the kernel has the routes of the router'
    | 'packets are well-formed'
    | 'sequence numbers never decrease'
    | 'policy is obeyed'
    | 'expectations of the scenario';
  readonly at: Millis;
  /** What was found and what should have been, for a network engineer. */
  readonly text: string;
}
