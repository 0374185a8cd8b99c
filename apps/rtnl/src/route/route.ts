/** `rtnl route`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const routeCommands: ObjectCommands<'route'> = {
  object: 'route',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
