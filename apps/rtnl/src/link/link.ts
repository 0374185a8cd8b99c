/** `rtnl link`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const linkCommands: ObjectCommands<'link'> = {
  object: 'link',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
