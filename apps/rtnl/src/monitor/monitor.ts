/** `rtnl monitor`. */
import { CommandError, type Context } from '../command.ts';
import type { Words } from '../words.ts';

export function monitor(_words: Words, _context: Context, _json: boolean): Promise<void> {
  throw new CommandError('not yet');
}
