/**
 * What every command of `rtnl` gets and gives. Before this file: `program.ts`, which finds the command. After it:
 * `vocabulary.ts`, and one folder per object.
 */
import type { Messages, ObjectName } from '@ripstop/netlink';
import type { Rtnetlink } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';
import type { Fields } from './fields.ts';
import type { Interfaces } from './interfaces.ts';
import type { Words } from './words.ts';

/** Where and how a command works. */
export interface Context {
  readonly rtnetlink: Rtnetlink;
  /** Names and indexes of the interfaces, as they were when the command began. */
  readonly interfaces: Interfaces;
  /** `-4`, `-6`. */
  readonly family: AddressFamily | undefined;
  /** How often `-s` was said: once for the counters, twice for those of errors too. */
  readonly statistics: number;
  /** `-br`: only the most important fields, in columns. */
  readonly brief: boolean;
  /** Descriptors that a request names, such as that of a namespace; they are closed when the command has ended. */
  readonly descriptors: number[];
}

/** One thing to show: as JSON, and as lines for the eye. */
export interface Shown {
  readonly fields: Fields;
  /** Without the newline at the end; made of `fields`, so that both say the same. */
  text(): string;
  /** What `-o` prints each on one line, if it is not the whole. */
  records?(): readonly string[];
}

/** The words behind a command, and what they mean. */
export interface Grammar<Meaning> {
  /** For help: `dev NAME`, `nomaster`. */
  readonly phrases: readonly string[];
  /** Takes the words that it understands. @throws CommandError */
  read(words: Words, context: Context): Meaning;
}

export interface Command {
  /** As `Grammar`. */
  readonly phrases: readonly string[];
  /** @throws CommandError, and the errors of the library's calls */
  run(words: Words, context: Context): Promise<readonly Shown[]>;
}

/** A command that shows something. No word may be left. */
export function showing<Meaning>(
  { phrases, read }: Grammar<Meaning>,
  act: (meaning: Meaning, context: Context) => Promise<readonly Shown[]>,
): Command {
  return {
    phrases,
    run(words, context) {
      const meaning = read(words, context);
      words.end();
      return act(meaning, context);
    },
  };
}

/** A command that changes something and shows nothing. */
export function changing<Meaning>(
  grammar: Grammar<Meaning>,
  act: (meaning: Meaning, context: Context) => Promise<unknown>,
): Command {
  return showing(grammar, async (meaning, context) => {
    await act(meaning, context);
    return [];
  });
}

/** The same words, of which there must be at least one. @param message what is said otherwise */
export function demanding<Meaning>(grammar: Grammar<Meaning>, message: string): Grammar<Meaning> {
  return {
    phrases: grammar.phrases,
    read(words, context) {
      if (words.peek === undefined) throw new CommandError(message);
      return grammar.read(words, context);
    },
  };
}

/** By our names, which are those of the library. */
export type CommandName =
  | 'list'
  | 'add'
  | 'replace'
  | 'prepend'
  | 'append'
  | 'set'
  | 'delete'
  | 'get'
  | 'flush'
  | 'property';

/** One OBJECT of the command line. */
export interface ObjectCommands<O extends ObjectName> {
  /** In the order in which an abbreviation is tried, as `ip` does: `rtnl link s` is `set`, `rtnl route s` is `show`. */
  readonly commands: Readonly<Partial<Record<CommandName, Command>>>;
  /** One message as it is shown by itself: in a list, and by `monitor`. */
  show(message: Messages[O], context: Context): Shown;
}

/** A command that cannot be carried out, said in one line: a word that is not understood, a name that nobody has. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
