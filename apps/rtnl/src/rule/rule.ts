/** `rtnl rule`. */
import { CommandError, type ObjectCommands } from '../command.ts';

export const ruleCommands: ObjectCommands<'rule'> = {
  object: 'rule',
  commands: {},
  show() {
    throw new CommandError('not yet');
  },
};
