/**
 * Notices that a router's network namespace has lost its name, or the process that it was named by. Before this file:
 * `daemon`. After it: `socket`, which compares what the name leads to with what is held.
 *
 * Linux: a namespace goes when its last process and socket are gone. What deletes its name (`ip netns del`) does not wait
 * for that, and tells nobody inside; so somebody has to look.
 */
import type { HeldNamespace } from '@ripstop/socket';

/** Two system calls each time. */
const LOOK_MS = 500;

/** @param gone is called once @returns ends the watch */
export function watchNamespace(namespace: HeldNamespace, gone: () => void): () => void {
  const watch = setInterval(() => {
    if (namespace.isNamed) return;
    clearInterval(watch);
    gone();
  }, LOOK_MS);
  return () => clearInterval(watch);
}
