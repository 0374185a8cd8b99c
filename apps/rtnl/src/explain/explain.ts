/** `rtnl explain`. */
import { CommandError } from '../command.ts';
import type { Words } from '../words.ts';

export function explain(_words: Words, _options: { readonly json: boolean }): Promise<void> {
  throw new CommandError('not yet');
}
