/**
 * The options of the command line, which may stand anywhere, and the words that are left. Before this file: `program.ts`.
 *
 * As in `ip`, one hyphen is as good as two: `-json`, `--json`. A word with one hyphen that is no option is a word of the
 * command, such as `-tentative`; behind `--` everything is.
 */
import type { AddressFamily } from '@ripstop/wire';
import { CommandError } from './command.ts';

export interface Options {
  readonly json: boolean;
  readonly pretty: boolean;
  /** How often it was said. */
  readonly statistics: number;
  readonly brief: boolean;
  readonly oneline: boolean;
  /** A name of `ip netns`, a path, or the id of a process, which is a namespace too. */
  readonly namespace: string | number | undefined;
  readonly family: AddressFamily | undefined;
  /** A routing table: a name, a number or `all`. */
  readonly table: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

interface Option {
  /** With hyphens, as help shows them; a value that must follow is named behind them. */
  readonly usage: string;
  readonly meaning: string;
  /** @param before what the options before it have said @throws CommandError */
  read(value: string, before: Options): Partial<Options>;
}

const options: readonly Option[] = [
  { usage: '-j, --json', meaning: 'print what ip -j -d prints', read: () => ({ json: true }) },
  { usage: '-p, --pretty', meaning: 'indented JSON', read: () => ({ json: true, pretty: true }) },
  {
    usage: '-s, --statistics, --stats',
    meaning: 'counters too; twice: those of errors',
    read: (_, { statistics }) => ({ statistics: statistics + 1 }),
  },
  { usage: '-d, --details', meaning: 'as in ip; details are always shown', read: () => ({}) },
  {
    usage: '-br, --brief',
    meaning: 'links, addresses and neighbors in columns, with what matters most',
    read: () => ({ brief: true }),
  },
  {
    usage: '-o, --oneline',
    meaning: 'each thing on one line, \\ where others begin; each address on its own',
    read: () => ({ oneline: true }),
  },
  { usage: '-4', meaning: 'only IPv4; of -4, -6 and -f the last counts', read: () => ({ family: 'ipv4' }) },
  { usage: '-6', meaning: 'only IPv6', read: () => ({ family: 'ipv6' }) },
  { usage: '-f, --family inet|inet6', meaning: 'as -4 and -6', read: familyNamed },
  {
    usage: '-n, --netns NAMESPACE',
    meaning: 'there: a name of ip netns, a path or the id of a process',
    read: (name) => ({ namespace: /^\d+$/.test(name) ? Number(name) : name }),
  },
  {
    usage: '--table TABLE',
    meaning: 'the routing table, as the words table TABLE',
    read: (table) => ({ table }),
  },
  { usage: '-h, --help', meaning: 'this, or the words of an OBJECT', read: () => ({ help: true }) },
  { usage: '-V, --version, --Version', meaning: 'the version', read: () => ({ version: true }) },
];

function familyNamed(name: string): Partial<Options> {
  if (name === 'inet') return { family: 'ipv4' };
  if (name === 'inet6') return { family: 'ipv6' };
  throw new CommandError(`--family: inet or inet6 expected, got "${name}"`);
}

const NOTHING: Options = {
  json: false,
  pretty: false,
  statistics: 0,
  brief: false,
  oneline: false,
  namespace: undefined,
  family: undefined,
  table: undefined,
  help: false,
  version: false,
};

/** Without hyphens. */
const byName = new Map(
  options.flatMap((option) => {
    const [names = '', value] = option.usage.split(/(?<!,) /);
    return names
      .split(', ')
      .map((name) => [name.replace(/^--?/, ''), { ...option, hasValue: value !== undefined }]);
  }),
);

/** @throws CommandError */
export function optionsOf(argument: readonly string[]): { options: Options; words: readonly string[] } {
  const left = [...argument];
  const words: string[] = [];
  let chosen = NOTHING;
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') return { options: chosen, words: [...words, ...left] };
    const [, name = '', inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const option = byName.get(name);
    if (option === undefined) {
      // Before the OBJECT there are no words that begin with a hyphen.
      if (word.startsWith('--') || (word.startsWith('-') && words.length === 0))
        throw new CommandError(`option "${word}" is unknown; see rtnl --help`);
      words.push(word);
    } else {
      const value = option.hasValue ? (inline ?? left.shift()) : inline;
      if (option.hasValue !== (value !== undefined))
        throw new CommandError(`${word}: ${option.hasValue ? 'a value is missing' : 'it has no value'}`);
      chosen = { ...chosen, ...option.read(value ?? '', chosen) };
    }
  }
  return { options: chosen, words };
}

/** A line for each option. */
export function optionsHelp(): string {
  const width = Math.max(...options.map(({ usage }) => usage.length));
  return options.map(({ usage, meaning }) => `  ${usage.padEnd(width)}  ${meaning}`).join('\n');
}
