/**
 * One link, or a group of them, as a request: the words behind `link add`, `replace`, `set`, `delete` and `get`. After this
 * file: `link.ts`.
 */
import { CommandError, type Context, type Grammar } from '../command.ts';
import { takeGroup } from '../names.ts';
import type { Words } from '../words.ts';
import { kindNamed, kindPhrases, portOf } from './kinds/link-kinds.ts';
import { type InterfaceInput, linkPhrases, linkWords } from './link-words.ts';

/** The end of a type's name that means what a link has as a part of a master: `bridge_slave`. */
const OF_MASTER = '_slave';
const WHICH = 'which link? "dev NAME" or "group GROUP" expected';

/** A link that is to be there: `[name] NAME … type KIND …`. */
export const newLink: Grammar<InterfaceInput> = {
  phrases: [...linkPhrases, ...kindPhrases],
  read(words, context) {
    const { link, device } = linkWords(words, context);
    const kind = kindMembers(words, context);
    if (kind === undefined) throw new CommandError('which type of link? "type KIND" expected');
    return { ...link, name: link.name ?? device, ...kind };
  },
};

/** What is to be changed: `[dev] NAME …` or `group GROUP …`. */
export const changedLink: Grammar<InterfaceInput> = {
  phrases: newLink.phrases,
  read(words, context) {
    const { link, device } = linkWords(words, context);
    const kind = kindMembers(words, context);
    // Linux: without an index or a name, a group is not what the link gets but which links are meant.
    if (device === undefined && link.group !== undefined) return { ...link, ...kind };
    if (device === undefined) throw new CommandError(WHICH);
    const { index, ...rest } = link;
    return { ...rest, index: context.interfaces.indexOf(device), newIndex: index, ...kind };
  },
};

/** Which one is meant: `[dev] NAME [type KIND]`, `group GROUP`. */
export const namedLink: Grammar<InterfaceInput> = {
  phrases: ['[dev] NAME', 'group GROUP', 'type KIND'],
  read(words, { interfaces }) {
    if (words.peek === undefined) throw new CommandError(WHICH);
    const isGroup = words.takeIf('group');
    if (!isGroup) words.takeIf('dev');
    const which = isGroup
      ? { group: takeGroup('group', words) }
      : { index: interfaces.indexOf(words.value('dev')) };
    if (words.takeIf('type')) words.value('type');
    return { family: 'unspecified', ...which };
  },
};

/** `type KIND`, and what only links of this kind have; undefined if there is no type. @throws CommandError */
function kindMembers(words: Words, context: Context): Pick<InterfaceInput, 'linkInfo'> | undefined {
  if (!words.takeIf('type')) return undefined;
  return { linkInfo: kindInfo(words.value('type'), words, context) as InterfaceInput['linkInfo'] };
}

function kindInfo(kind: string, words: Words, context: Context): object {
  if (kind.endsWith(OF_MASTER)) {
    const slaveKind = kind.slice(0, -OF_MASTER.length);
    return { slaveKind, slaveData: portOf(slaveKind).read(words, context) };
  }
  return words.peek === undefined ? { kind } : { kind, data: kindNamed(kind).read(words, context) };
}
