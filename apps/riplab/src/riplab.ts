/** The command line `riplab`. Exit codes: 0 all is well, 1 it is not, 2 wrong usage or a file with mistakes. */

import type { Spoken } from '@ripstop/lab';
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { demonstrate } from './demo.ts';
import { playFile, playMany, playRandom } from './simulate.ts';

const WRONG_USAGE = 2;
/** The generator's limits. */
const ROUTERS_MIN = 2;
const ROUTERS_MAX = 60;

await yargs(hideBin(process.argv))
  .scriptName('riplab')
  .usage('$0 COMMAND\n\nNetworks of RIP routers, real and simulated.')
  .command(
    'demo',
    'four routers in namespaces: they converge, a link is cut, they find another way',
    {},
    demo,
  )
  .command('simulate [file]', 'a network in virtual time', simulateOptions, simulation)
  .demandCommand(1, 'which command? see riplab --help')
  .strict()
  .fail((message: string, error: Error | undefined) => {
    // yargs throws some complaints about the command line instead of telling them.
    if (error instanceof Error && error.name !== 'YError') throw error;
    console.error(`riplab: ${message}`);
    process.exit(WRONG_USAGE);
  })
  .parseAsync();

function simulateOptions(command: Argv) {
  return command
    .usage(
      '$0 simulate FILE [--in namespaces]\n$0 simulate --seed NUMBER [--count NUMBER]\n\n' +
        'Plays what happens to a network of RIP and RIPng routers, tells the story and judges it. ' +
        'A file says what is expected. In virtual time it is also checked that the network comes to rest with ' +
        'shortest paths, without loops, and with all kernels like their routers. ' +
        'docs/testing.md describes the files.',
    )
    .positional('file', { type: 'string', describe: 'a scenario in YAML' })
    .option('in', {
      choices: ['world', 'namespaces'] as const,
      default: 'world' as const,
      describe: 'where a file is played: in virtual time, or by real daemons in network namespaces',
    })
    .option('seed', { type: 'number', requiresArg: true, describe: 'a random scenario: this one' })
    .option('protocol', {
      choices: ['rip', 'ripng', 'both'] as const,
      describe: 'what is spoken; if not given, what a file configures, or what the seed decides',
    })
    .option('routers', {
      type: 'number',
      requiresArg: true,
      describe: `of a random scenario, ${ROUTERS_MIN} to ${ROUTERS_MAX}; if not given, the seed decides`,
    })
    .option('count', {
      type: 'number',
      requiresArg: true,
      describe: 'so many random scenarios, of this seed and those after it; told is only what goes wrong',
    })
    .option('verbose', { type: 'boolean', default: false, describe: 'all that the routers report' })
    .conflicts('file', ['seed', 'routers', 'count'])
    .check(({ file, in: place, seed, routers, count }) => {
      if (file === undefined && seed === undefined) return 'which scenario? FILE or --seed NUMBER';
      if (file === undefined && place === 'namespaces') return '--in namespaces plays files only';
      return (
        complaint('seed', seed, 0, 0xffff_ffff) ??
        complaint('routers', routers, ROUTERS_MIN, ROUTERS_MAX) ??
        complaint('count', count, 1, 1_000_000_000) ??
        true
      );
    })
    .epilogue('In the story * is what happens to the network and = a judgment; the rest is what routers do.');
}

function complaint(
  name: string,
  value: number | undefined,
  lowest: number,
  highest: number,
): string | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= lowest && value <= highest))
    return undefined;
  return `--${name} is a whole number from ${lowest} to ${highest}`;
}

interface SimulationOptions {
  readonly file: string | undefined;
  readonly in: 'world' | 'namespaces';
  readonly seed: number | undefined;
  readonly protocol: Spoken | undefined;
  readonly routers: number | undefined;
  readonly count: number | undefined;
  readonly verbose: boolean;
}

async function simulation(options: SimulationOptions): Promise<void> {
  const { file, in: place, seed = 0, protocol: spoken, routers, count, verbose } = options;
  const choices = { routers, spoken };
  if (file === undefined)
    process.exitCode = await (count === undefined
      ? playRandom(seed, choices, verbose)
      : playMany(seed, choices, count));
  else if (place === 'world') process.exitCode = await playFile(file, place, spoken, verbose);
  else await inNamespaces(() => playFile(file, place, spoken, verbose));
}

async function demo(): Promise<void> {
  await inNamespaces(demonstrate);
}

/** Runs what makes namespaces, as whoever may. */
async function inNamespaces(run: () => Promise<number>): Promise<void> {
  const privilege = probePrivilege();
  if (privilege.way === 'refused') {
    console.error(`riplab cannot make network namespaces.\n${privilege.reason}`);
    console.error(['What to do:', ...privilege.remedies].join('\n  '));
    process.exitCode = 1;
  } else if (privilege.way === 'user-namespace') {
    console.log('Not root: the lab runs in a user namespace of its own.');
    process.exitCode = await runInUserNamespace();
  } else {
    process.exitCode = await run();
  }
}
