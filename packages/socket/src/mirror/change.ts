/**
 * What a mirror tells its readers.
 *
 * Before it: `picture`, where one state follows another. After it: `backlog`, and then a program.
 */
import type { Messages, Notification, ObjectName } from '@ripstop/netlink';

/** One object was made, changed or deleted. */
export type ObjectChange<Of extends ObjectName = ObjectName> = {
  readonly [O in Of]: {
    readonly event: 'add' | 'change' | 'delete';
    readonly object: O;
    /** As it is now; of a deleted one, as it was known last. */
    readonly message: Messages[O];
    /** Of a change: as it was. */
    readonly before?: Messages[O];
    /**
     * Of a change: the names of what differs (`differences`). Empty if nothing does: Linux often tells twice of one
     * action, or tells of something that this message does not hold.
     */
    readonly changed: readonly string[];
    /** What Linux told. Absent if it did not tell and a list showed it, or if several changes are told as one. */
    readonly notification?: Notification<O>;
  };
}[Of];

/** What a mirror tells. `resync`: some changes are not told one by one; those that follow lead to the same picture. */
export type MirrorChange<O extends ObjectName = ObjectName> =
  | ObjectChange<O>
  | { readonly event: 'resync'; readonly reason: string };
