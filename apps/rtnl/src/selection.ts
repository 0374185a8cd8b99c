/** Which objects are meant by the words behind `list` and `flush`. Before this file: `vocabulary.ts`. After it: each object's selection. */
import type { Join } from './vocabulary.ts';

/** What the kernel's filter lets through and `where` holds of. */
export interface Selection<Filter extends object, Message> {
  readonly filter: Filter;
  /** What the kernel does not select by. */
  readonly where: (message: Message) => boolean;
}

/** Every word narrows what the words before have selected. */
export function narrowed<Chosen extends Selection<object, never>>(): Join<Chosen> {
  return (before, added) => {
    const { filter, where } = added;
    return {
      ...before,
      ...added,
      filter: { ...before.filter, ...filter },
      where: where === undefined ? before.where : (message: never) => before.where(message) && where(message),
    };
  };
}

export function everything(): boolean {
  return true;
}
