/**
 * `ripctl`: asks a running ripd. Exit codes: 0 done, 1 refused or not found, 2 wrong usage, 3 no daemon at that socket.
 * After this file: `control-client`.
 */
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { ask, command } from './control/control-client.ts';
import {
  type ControlAnswers,
  ControlError,
  type ControlQuery,
  DEFAULT_CONTROL_SOCKET,
} from './control/control-protocol.ts';
import {
  renderDrain,
  renderInterfaces,
  renderNeighbors,
  renderRoutes,
  renderStatus,
} from './control/render.ts';
import { renderKernel, renderKernelRoutes } from './control/render-kernel.ts';
import { version } from './version.ts';

const REFUSED = 1;
const WRONG_USAGE = 2;
const NO_DAEMON = 3;

interface Options {
  readonly socket: string;
  readonly json: boolean;
}

async function show<Path extends keyof ControlAnswers>(
  { socket, json }: Options,
  path: Path,
  render: (answer: ControlAnswers[Path]) => string,
  query: ControlQuery = {},
): Promise<void> {
  const answer = await ask(socket, path, query);
  process.stdout.write(`${json ? JSON.stringify(answer, undefined, 2) : render(answer)}\n`);
}

async function drain({ socket, json }: Options): Promise<void> {
  const before = await ask(socket, '/status');
  const status = await command(socket, '/drain');
  process.stdout.write(`${json ? JSON.stringify(status, undefined, 2) : renderDrain(before, status)}\n`);
}

const prefix = { type: 'string', describe: 'a prefix, or an address and the route that serves it' } as const;

function showCommands(program: Argv<Options>): Argv<Options> {
  return program
    .command('status', 'the daemon and its protocols', {}, (options) =>
      show(options as never, '/status', renderStatus),
    )
    .command('interfaces', 'interfaces that speak RIP or RIPng', {}, (options) =>
      show(options as never, '/interfaces', renderInterfaces),
    )
    .command('neighbors', 'routers heard', {}, (options) =>
      show(options as never, '/neighbors', renderNeighbors),
    )
    .command(
      'routes [prefix]',
      'the routing table, or one route of it',
      (command: Argv<Options>) => command.positional('prefix', prefix),
      (options) => show(options, '/routes', renderRoutes, options),
    )
    .command(
      'kernel [prefix]',
      'how the kernel stands to our routes; those that it does not have, or not for use',
      (command: Argv<Options>) =>
        command.positional('prefix', prefix).option('all', {
          type: 'boolean',
          conflicts: 'prefix',
          describe: 'show those that are installed, too',
        }),
      (options) =>
        show(options, '/kernel', options.prefix === undefined ? renderKernel : renderKernelRoutes, options),
    )
    .demandCommand(1, 'show what? status, interfaces, neighbors, routes or kernel');
}

async function main(): Promise<void> {
  await yargs(hideBin(process.argv))
    .scriptName('ripctl')
    .usage('$0 COMMAND\n\nAsks a running ripd.')
    .option('socket', {
      type: 'string',
      default: DEFAULT_CONTROL_SOCKET,
      describe: 'control socket of the daemon',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
    .command('show', 'show the state of the daemon', showCommands)
    .command('drain', 'move the neighbors’ traffic away before a shutdown (RFC 1812)', {}, (options) =>
      drain(options as never),
    )
    .demandCommand(1, 'which command? see ripctl --help')
    .version(version)
    .strict()
    .exitProcess(false)
    .fail((message: string, error: Error | undefined) => {
      // yargs throws some complaints about the command line instead of telling them.
      throw error === undefined || error.name === 'YError' ? new UsageError(message) : error;
    })
    .parseAsync();
}

class UsageError extends Error {}

// `ripctl show routes | head`: the reader has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await main();
} catch (error) {
  if (error instanceof ControlError) {
    process.stderr.write(`ripctl: ${error.message}; ${error.remedy}\n`);
    process.exitCode = error.code === 'NO_DAEMON' ? NO_DAEMON : REFUSED;
  } else if (error instanceof UsageError) {
    process.stderr.write(`ripctl: ${error.message}\n`);
    process.exitCode = WRONG_USAGE;
  } else throw error;
}
