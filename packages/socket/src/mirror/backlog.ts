/**
 * What one reader of a mirror has yet to be told, and what becomes of it if the reader does not keep up.
 *
 * Before it: `mirror`, with every change in order. After it: `watch`, the reader's queue, which pauses it.
 * Invariant: whoever applies all that it is told to what it saw at first ends with the mirror's picture. A slow reader is
 * told less, never something else; what waits for it is at most what it saw last and what there is now.
 */
import { differences, type Messages, type ObjectName } from '@ripstop/netlink';
import type { MirrorChange, ObjectChange } from './change.ts';

type Message = Messages[ObjectName];

export class Backlog<O extends ObjectName> {
  readonly #deliver: (changes: readonly MirrorChange<O>[]) => void;
  /** While the reader is behind: one change for each object, by the message that the next change begins with. */
  #folded: Map<Message, ObjectChange> | undefined;

  constructor(deliver: (changes: readonly MirrorChange<O>[]) => void) {
    this.#deliver = deliver;
  }

  tell(changes: readonly MirrorChange<O>[]): void {
    const folded = this.#folded;
    if (folded === undefined) this.#deliver(changes);
    else for (const change of changes) if (change.event !== 'resync') fold(folded, change as ObjectChange);
  }

  /** The reader is behind: from now on only what each object was and is counts. */
  pause(): void {
    this.#folded ??= new Map();
  }

  /** The reader has caught up. */
  resume(): void {
    const folded = this.#folded;
    this.#folded = undefined;
    if (folded === undefined || folded.size === 0) return;
    this.#deliver([
      { event: 'resync', reason: 'the reader was slow: changes of one object are told as one' },
      ...(folded.values() as Iterable<ObjectChange<O>>),
    ]);
  }
}

/** Joins a change to what is yet to be told of the same object. */
function fold(folded: Map<Message, ObjectChange>, change: ObjectChange): void {
  const known = change.event === 'change' ? change.before : change.message;
  const earlier = known === undefined ? undefined : folded.get(known);
  if (earlier === undefined || known === undefined) {
    folded.set(change.message, change);
    return;
  }
  folded.delete(known);
  const joined = join(earlier, change);
  if (joined !== undefined) folded.set(joined.message, joined);
}

/** Two changes of one object as one; undefined if together they are none. */
function join(
  { event, before }: ObjectChange,
  { event: then, object, message }: ObjectChange,
): ObjectChange | undefined {
  const joined = (change: object) => change as ObjectChange;
  if (event === 'add') {
    return then === 'delete' ? undefined : joined({ event, object, message, changed: [] });
  }
  if (then === 'delete') return joined({ event: then, object, message: before, changed: [] });
  const changed = differences(object, before as Message, message);
  return joined({ event, object, message, before, changed });
}
