/** What every command of `rtnl` gets and gives. Before this file: the command line. After it: one folder per object. */
import type { Messages, ObjectName } from '@ripstop/netlink';
import type { Rtnetlink } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';
import type { Interfaces } from './interfaces.ts';
import type { Words } from './words.ts';

/** Where and how a command works. */
export interface Context {
  readonly rtnetlink: Rtnetlink;
  /** Names and indexes of the interfaces, as they were when the command began. */
  readonly interfaces: Interfaces;
  /** `-4`, `-6`. */
  readonly family: AddressFamily | undefined;
  /** `--table`: a name, a number or `all`. */
  readonly table: string | undefined;
  /** `-s`. */
  readonly statistics: boolean;
}

/** A JSON object with the names and in the order of iproute2. */
export type Fields = Readonly<Record<string, unknown>>;

/** One thing to show: as JSON, and as lines for the eye. */
export interface Shown {
  readonly fields: Fields;
  /** Without the newline at the end; made of `fields`, so that both say the same. */
  readonly text: string;
}

/** @throws CommandError, NetlinkError, SyscallError */
export type Command = (words: Words, context: Context) => Promise<readonly Shown[]>;

export type CommandName = 'list' | 'add' | 'replace' | 'append' | 'set' | 'del' | 'get' | 'flush';

/** One OBJECT of the command line. */
export interface ObjectCommands<O extends ObjectName> {
  readonly object: O;
  readonly commands: Readonly<Partial<Record<CommandName, Command>>>;
  /** One message as it is shown by itself: in a list, and by `monitor`. */
  show(message: Messages[O], context: Context): Shown;
}

/** A command that cannot be carried out, said in one line: a word that is not understood, a name that nobody has. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
