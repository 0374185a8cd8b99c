/**
 * `rtnl`, from its arguments to its exit code: finds the command, carries it out, prints. Errors are one line with the
 * kernel's own words. Before this file: `rtnl.ts`. After it: `options.ts`, `objects`, and there one folder per object.
 */
import { closeSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { NetlinkError, type ObjectName } from '@ripstop/netlink';
import { InterruptedDumpError, Rtnetlink, SyscallError } from '@ripstop/socket';
import { type DecodeError, EncodeError } from '@ripstop/wire';
import { abbreviated } from './abbreviation.ts';
import { type Command, CommandError, type Context, type Shown } from './command.ts';
import { explain } from './explain/explain.ts';
import { failureText } from './failure-text.ts';
import { help, helpOn } from './help.ts';
import { Interfaces } from './interfaces.ts';
import { jsonText } from './json-text.ts';
import { monitor } from './monitor/monitor.ts';
import { monitorSelection } from './monitor/monitor-selection.ts';
import { commandNamed, objectNamed } from './objects.ts';
import { type Options, optionsOf } from './options.ts';
import { onOneLine, terminalText } from './terminal-text.ts';
import { Words } from './words.ts';

const DONE = 0;
/** The exit code when something could not be done. */
export const FAILED = 2;
/** Said in one line. EncodeError: a value that no message can hold. */
const foreseen = [CommandError, NetlinkError, SyscallError, InterruptedDumpError, EncodeError] as const;
/** Objects of the contract that are not there yet. */
const LATER: readonly string[] = ['qdisc', 'class', 'filter'];

/** Where the program writes. */
export interface Streams {
  readonly output: Writable;
  readonly errors: Writable;
}

/** @returns the exit code */
export async function rtnl(programArguments: readonly string[], streams: Streams): Promise<number> {
  try {
    const { options, words } = optionsOf(programArguments);
    await run(words, options, streams);
    return DONE;
  } catch (error) {
    if (!(error instanceof Error && foreseen.some((kind) => error instanceof kind))) throw error;
    streams.errors.write(`rtnl: ${failureText(error)}\n`);
    return FAILED;
  }
}

async function run([first, ...words]: readonly string[], options: Options, streams: Streams): Promise<void> {
  const { output } = streams;
  if (options.version) output.write(`${version()}\n`);
  else if (first === undefined && !options.help) throw new CommandError('which object? see rtnl --help');
  else if (first === undefined || first === 'help') output.write(help());
  else {
    const subject = subjectNamed(first);
    if (options.help || words[0] === 'help') output.write(helpOn(subject));
    else if (subject === 'explain') await explain(new Words(words), { ...options, output });
    else await converse(subject, words, options, streams);
  }
}

/** The object that the word is, or abbreviates; `monitor` and `explain` stand where an object stands. @throws CommandError */
function subjectNamed(word: string): ObjectName | 'monitor' | 'explain' {
  if (LATER.includes(word)) throw new CommandError(`${word}: not supported yet`);
  const others = ['monitor', 'explain'] as const;
  const subject =
    objectNamed(word) ??
    abbreviated(
      word,
      others.map((name) => [name, name]),
    );
  if (subject === undefined) throw new CommandError(`object "${word}" is unknown; see rtnl --help`);
  return subject;
}

/** What needs the kernel. */
async function converse(
  subject: ObjectName | 'monitor',
  words: readonly string[],
  options: Options,
  { output, errors }: Streams,
): Promise<void> {
  const { namespace, family, statistics, brief, json, oneline } = options;
  const undecodable = (error: DecodeError): void => {
    errors.write(`rtnl: a message could not be read: ${error.message}\n`);
  };
  const rtnetlink = Rtnetlink.open({ namespace, undecodable });
  const descriptors: number[] = [];
  try {
    const interfaces = await Interfaces.list(rtnetlink);
    const context: Context = { rtnetlink, interfaces, family, statistics, brief, descriptors };
    if (subject === 'monitor') {
      const wanted = monitorSelection.read(commandWords(monitorSelection, words, options), context);
      await monitor(wanted, context, { json, oneline, output, namespace, undecodable });
    } else {
      const [name = 'list', ...rest] = words;
      const command = commandNamed(subject, name);
      if (command === undefined)
        throw new CommandError(`${subject} ${name}: there is no such command; see rtnl ${subject} help`);
      print(await command.run(commandWords(command, rest, options), context), options, output);
    }
  } finally {
    for (const descriptor of descriptors) closeSync(descriptor);
    rtnetlink.close();
  }
}

/** With the table that an option names. @throws CommandError */
function commandWords(
  { phrases }: Pick<Command, 'phrases'>,
  words: readonly string[],
  { table, family }: Options,
): Words {
  if (table === undefined) return new Words(words, family);
  if (!phrases.some((phrase) => phrase.startsWith('table')))
    throw new CommandError('--table: this command has nothing to do with a table');
  return new Words(['table', table, ...words], family);
}

function print(shown: readonly Shown[], { json, pretty, oneline }: Options, output: Writable): void {
  const all = shown.map(({ fields }) => fields);
  output.write(json ? jsonText(all, pretty) : shown.map((each) => printed(each, oneline)).join(''));
}

function printed(shown: Shown, oneline: boolean): string {
  const records = oneline ? (shown.records?.() ?? [shown.text()]).map(onOneLine) : [shown.text()];
  return records.map((record) => `${terminalText(record)}\n`).join('');
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
