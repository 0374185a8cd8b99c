/** What `--help` and `rtnl OBJECT help` print: made from the tables that read the words. Before this file: `program.ts`. */
import type { ObjectName } from '@ripstop/netlink';
import type { Command } from './command.ts';
import { explainPhrases } from './explain/explain.ts';
import { monitorSelection } from './monitor/monitor-selection.ts';
import { objects } from './objects.ts';
import { optionsHelp } from './options.ts';

const COLUMNS = 100;
const INDENTATION = '   ';

export function help(): string {
  return [
    'Usage: rtnl [OPTION …] OBJECT [COMMAND [WORD …]]',
    '       rtnl OBJECT help',
    `OBJECT: ${Object.keys(objects).join(', ')}, monitor, explain`,
    'COMMAND: list, add, replace, prepend, append, set, delete, get, flush, with the words of ip(8); list if there is none',
    'Names of objects and commands may be abbreviated. Options may stand anywhere:',
    optionsHelp(),
    '',
  ].join('\n');
}

/** The commands of an object with their words; commands that take the same words stand together. */
export function helpOn(subject: ObjectName | 'monitor' | 'explain'): string {
  if (subject === 'monitor') return usage('monitor', monitorSelection.phrases);
  if (subject === 'explain') return usage('explain', explainPhrases);
  const together = new Map<string, { names: string[]; phrases: readonly string[] }>();
  for (const [name, { phrases }] of Object.entries<Command>(objects[subject].commands)) {
    const alike = together.get(phrases.join());
    if (alike === undefined) together.set(phrases.join(), { names: [name], phrases });
    else alike.names.push(name);
  }
  const usages = [...together.values()].map(({ names, phrases }) =>
    usage(`${subject} ${names.join('|')}`, phrases),
  );
  return usages.join('');
}

/** Every phrase in brackets, in lines of a readable length. */
function usage(command: string, phrases: readonly string[]): string {
  const lines: string[] = [];
  let line = `rtnl ${command}`;
  const makeRoom = (part: string): void => {
    if (line.length + 1 + part.length <= COLUMNS) return;
    lines.push(line);
    line = INDENTATION;
  };
  for (const part of phrases.map((phrase) => `[${phrase}]`)) {
    makeRoom(part);
    // What is longer than a line is broken between its words.
    for (const piece of part.length > COLUMNS ? part.split(' ') : [part]) {
      makeRoom(piece);
      line += ` ${piece}`;
    }
  }
  return [...lines, line, ''].join('\n');
}
