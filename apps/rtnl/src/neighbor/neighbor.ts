/** `rtnl neighbor`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const neighborCommands: ObjectCommands<'neighbor'> = {
  object: 'neighbor',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
