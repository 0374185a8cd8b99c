/** `rtnl nexthop`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const nexthopCommands: ObjectCommands<'nexthop'> = {
  object: 'nexthop',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
