/** Which network namespace a configuration means, however it names it. Before this file: `ripd`. */
import { readlinkSync } from 'node:fs';
import { withNamespace } from '@ripstop/socket';

/** @returns the same for the same namespace; of one that cannot be entered, its name: whoever starts there is told why */
export function namespaceIdentity(name: string | undefined): string {
  try {
    return withNamespace(name, () => readlinkSync('/proc/thread-self/ns/net'));
  } catch {
    return `${name}`;
  }
}
