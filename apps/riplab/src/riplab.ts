/** The command line `riplab`. */
import { probePrivilege, runInUserNamespace } from '@ripstop/lab';
import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { demonstrate } from './demo.ts';
import { playFile, playRandom } from './simulate.ts';

await yargs(hideBin(process.argv))
  .scriptName('riplab')
  .usage('$0 COMMAND')
  .command(
    'demo',
    'Four routers in namespaces: they converge, a link is cut, they find another way',
    {},
    demo,
  )
  .command(
    'simulate [file]',
    'A network in virtual time: a written scenario, or one that a seed decides',
    (command: Argv) =>
      command
        .positional('file', { type: 'string', describe: 'a scenario in YAML' })
        .option('in', {
          choices: ['world', 'namespaces'] as const,
          default: 'world' as const,
          describe: 'where a file is played: in virtual time, or by real daemons in network namespaces',
        })
        .option('seed', { type: 'number', describe: 'a random scenario: this one' })
        .option('routers', {
          type: 'number',
          describe: 'of a random scenario, 2 to 60; default: the seed decides',
        })
        .option('count', { type: 'number', default: 1, describe: 'as many random scenarios' })
        .option('verbose', {
          type: 'boolean',
          default: false,
          describe: 'everything that the routers report',
        })
        .conflicts('file', ['seed', 'routers'])
        .check(
          ({ file, seed }) =>
            file !== undefined || seed !== undefined || 'Say which: a file, or --seed NUMBER',
        ),
    simulation,
  )
  .demandCommand(1, 'Say what to do: riplab demo, or riplab simulate')
  .strict()
  .parseAsync();

interface SimulationOptions {
  readonly file: string | undefined;
  readonly in: 'world' | 'namespaces';
  readonly seed: number | undefined;
  readonly routers: number | undefined;
  readonly count: number;
  readonly verbose: boolean;
}

async function simulation({ file, in: place, seed, verbose, ...random }: SimulationOptions): Promise<void> {
  if (file === undefined) process.exitCode = await playRandom({ seed: seed ?? 0, verbose, ...random });
  else if (place === 'world') process.exitCode = await playFile(file, place, verbose);
  else await inNamespaces(() => playFile(file, place, verbose));
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
