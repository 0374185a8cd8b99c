/**
 * `rtnl`: a small ip(8) on top of the netlink library. Errors are one line with the kernel's own words; exit code 2.
 * After this file: `objects`, and there one folder per object.
 */
import { NetlinkError, type ObjectName } from '@ripstop/netlink';
import { Rtnetlink, SyscallError } from '@ripstop/socket';
import { EncodeError } from '@ripstop/wire';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { CommandError, type CommandName, type Context, type Shown } from './command.ts';
import { explain } from './explain/explain.ts';
import { Interfaces } from './interfaces.ts';
import { monitor } from './monitor/monitor.ts';
import { objects } from './objects.ts';
import { Words } from './words.ts';

const FAILED = 2;
/** Said in one line. EncodeError: a value that no message can hold. */
const foreseen = [CommandError, NetlinkError, SyscallError, EncodeError] as const;
/** Other words of `ip` for the same commands. */
const commandNames: Readonly<Record<string, CommandName>> = {
  list: 'list',
  show: 'list',
  lst: 'list',
  ls: 'list',
  add: 'add',
  replace: 'replace',
  append: 'append',
  set: 'set',
  change: 'set',
  delete: 'del',
  del: 'del',
  get: 'get',
  flush: 'flush',
};
const objectNames: Readonly<Record<string, ObjectName | 'monitor' | 'explain'>> = {
  address: 'address',
  link: 'link',
  neighbor: 'neighbor',
  neighbour: 'neighbor',
  route: 'route',
  rule: 'rule',
  nexthop: 'nexthop',
  monitor: 'monitor',
  explain: 'explain',
};
/** Objects of the contract that are not there yet. */
const LATER: readonly string[] = ['qdisc', 'class', 'filter'];

async function main(): Promise<void> {
  const options = await yargs(hideBin(process.argv))
    .scriptName('rtnl')
    .usage(
      '$0 OBJECT [COMMAND] [WORD …]\n$0 monitor [OBJECT …]\n$0 explain [FILE]\n\n' +
        'OBJECT: link, address, route, neighbor, rule, nexthop\n' +
        'COMMAND: list, add, replace, append, set, del, get, flush, with the words of ip(8)',
    )
    .parserConfiguration({ 'parse-positional-numbers': false, 'parse-numbers': false })
    .option('json', { alias: 'j', type: 'boolean', default: false, describe: 'print what ip -j -d prints' })
    .option('pretty', { alias: 'p', type: 'boolean', default: false, describe: 'indent the JSON' })
    .option('netns', { alias: 'n', type: 'string', describe: 'a name of ip netns, a path or a process id' })
    .option('4', { type: 'boolean', default: false, describe: 'only IPv4' })
    .option('6', { type: 'boolean', default: false, describe: 'only IPv6' })
    .option('table', { type: 'string', describe: 'routing table: all, a name or a number' })
    .option('statistics', {
      alias: ['s', 'stats'],
      type: 'boolean',
      default: false,
      describe: 'counters too',
    })
    .option('details', { alias: 'd', type: 'boolean', describe: 'as in ip; details are always shown' })
    .strictOptions()
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      throw error === undefined || error.name === 'YError' ? new CommandError(message) : error;
    })
    .parseAsync();
  const words = options._.map(String);
  if (options.help === true || options.version === true) return;
  await run(words, options);
}

interface Options {
  readonly json: boolean;
  readonly pretty: boolean;
  readonly netns?: string | undefined;
  readonly table?: string | undefined;
  readonly statistics: boolean;
  readonly '4': boolean;
  readonly '6': boolean;
}

async function run([first, ...rest]: readonly string[], options: Options): Promise<void> {
  if (first === undefined) throw new CommandError('which object? see rtnl --help');
  if (LATER.includes(first)) throw new CommandError(`${first}: not supported yet`);
  const name = match(objectNames, first, 'object');
  if (name === 'explain') return explain(new Words(rest), options);
  const rtnetlink = Rtnetlink.open({ namespace: namespaceOf(options.netns) });
  try {
    const interfaces = await Interfaces.list(rtnetlink);
    const { table, statistics } = options;
    const family = options['4'] ? 'ipv4' : options['6'] ? 'ipv6' : undefined;
    const context: Context = { rtnetlink, interfaces, family, table, statistics };
    if (name === 'monitor')
      return await monitor(new Words(rest), context, {
        json: options.json,
        namespace: namespaceOf(options.netns),
      });
    const [commandWord = 'list', ...words] = rest;
    const command = objects[name].commands[match(commandNames, commandWord, 'command')];
    if (command === undefined) throw new CommandError(`${name} ${commandWord}: there is no such command`);
    print(await command(new Words(words), context), options);
  } finally {
    rtnetlink.close();
  }
}

/** A process id is a namespace too. */
function namespaceOf(netns: string | undefined): string | number | undefined {
  return netns !== undefined && /^\d+$/.test(netns) ? Number(netns) : netns;
}

/** The entry that `word` names or abbreviates. */
function match<Value>(table: Readonly<Record<string, Value>>, word: string, what: string): Value {
  const found = Object.entries(table).find(([name]) => name.startsWith(word));
  if (found === undefined || word === '')
    throw new CommandError(`${what} "${word}" is unknown; see rtnl --help`);
  return found[1];
}

function print(shown: readonly Shown[], { json, pretty }: Options): void {
  if (json || pretty) {
    const all = shown.map(({ fields }) => fields);
    process.stdout.write(`${JSON.stringify(all, undefined, pretty ? 4 : undefined)}\n`);
  } else {
    for (const { text } of shown) process.stdout.write(`${text}\n`);
  }
}

// Nobody reads what is printed any more: `rtnl route | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
try {
  await main();
} catch (error) {
  if (!(error instanceof Error && foreseen.some((kind) => error instanceof kind))) throw error;
  process.stderr.write(`rtnl: ${error.message}\n`);
  process.exitCode = FAILED;
}
