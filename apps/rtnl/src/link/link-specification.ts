/** One link, or a group of them, as a request: the words behind `link add`, `replace`, `set`, `del` and `get`. After this file: `link.ts`. */
import { CommandError, type Context } from '../command.ts';
import type { Words } from '../words.ts';
import { kindNamed, portOf } from './kinds/link-kinds.ts';
import { type InterfaceInput, linkWords } from './link-words.ts';

/** The end of a type's name that means what a link has as a part of a master: `bridge_slave`. */
const OF_MASTER = '_slave';

/** A link that is to be there: `[name] NAME … type KIND …`. @throws CommandError */
export function newLink(words: Words, context: Context): InterfaceInput {
  const { link, device, kind } = linkWords(words, context);
  if (kind === undefined) throw new CommandError('which type of link? "type KIND" expected');
  return { ...link, name: link.name ?? device, ...kindMembers(kind, words, context) };
}

/** What is to be changed: `[dev] NAME …` or `group GROUP …`. @throws CommandError */
export function changedLink(words: Words, context: Context): InterfaceInput {
  const { link, device, kind } = linkWords(words, context);
  const type = kind === undefined ? {} : kindMembers(kind, words, context);
  if (device === undefined && link.group === undefined)
    throw new CommandError('which link? "dev NAME" or "group GROUP" expected');
  // Linux: without an index or a name, a group is not what the link gets but which links are meant.
  if (device === undefined) return { ...link, ...type };
  const { index, ...rest } = link;
  return { ...rest, index: context.interfaces.indexOf(device), newIndex: index, ...type };
}

/** Which one is meant: `[dev] NAME [type KIND]`, `group GROUP`. @throws CommandError */
export function namedLink(words: Words, context: Context): InterfaceInput {
  const which = words.takeIf('group')
    ? { group: words.named('group', 'group', 0xffff_ffff) }
    : { index: namedIndex(words, context) };
  if (words.takeIf('type')) words.value('type');
  words.end();
  return { family: 'unspecified', ...which };
}

function namedIndex(words: Words, { interfaces }: Context): number {
  words.takeIf('dev');
  return interfaces.indexOf(words.value('dev'));
}

/** What only links of this kind have. @throws CommandError */
function kindMembers(kind: string, words: Words, context: Context): Pick<InterfaceInput, 'linkInfo'> {
  return { linkInfo: kindInfo(kind, words, context) as InterfaceInput['linkInfo'] };
}

function kindInfo(kind: string, words: Words, context: Context): object {
  if (kind.endsWith(OF_MASTER)) {
    const slaveKind = kind.slice(0, -OF_MASTER.length);
    return { slaveKind, slaveData: portOf(slaveKind).read(words, context) };
  }
  return words.peek === undefined ? { kind } : { kind, data: kindNamed(kind).read(words, context) };
}
