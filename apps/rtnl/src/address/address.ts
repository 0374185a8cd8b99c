/** `rtnl address`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const addressCommands: ObjectCommands<'address'> = {
  object: 'address',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
