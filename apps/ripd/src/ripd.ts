/**
 * `ripd`: reads the configuration files, runs `Routers`, obeys signals. Exit codes: 0 stopped in order or the
 * file is good, 1 it could not start or the file is bad, 2 wrong usage, 70 a mistake of our own.
 */
import { notifyServiceManager } from '@ripstop/socket';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { readConfiguration } from './configuration/file.ts';
import { ConfigurationError, printRemark } from './configuration/remark.ts';
import { instancesOf } from './configuration.ts';
import { requireDigests } from './host/host-checks.ts';
import { namespaceIdentity } from './host/namespace-identity.ts';
import { writeError } from './log/standard-error.ts';
import { type RouterFile, Routers, type StartFailure } from './routers.ts';
import { StartError } from './start-error.ts';
import { version } from './version.ts';

const FAILED = 1;
const WRONG_USAGE = 2;
const OUR_MISTAKE = 70;
/** The contract gives 3 s from the signal to the exit. */
const STOP_MS = 2_800;

interface Arguments {
  readonly config: readonly string[];
  readonly socket: string | undefined;
}

class UsageError extends Error {}

/** Prints nothing if the file is good, else a line for every mistake. What is unwise is told, and is no mistake. */
function check(file: string): void {
  for (const warning of readConfiguration(file).warnings) {
    process.stdout.write(`${printRemark(file, { ...warning, text: `warning: ${warning.text}` })}\n`);
  }
}

/** @throws ConfigurationError; UsageError if two routers have one control socket, or one network namespace */
function filesOf({ config, socket }: Arguments): RouterFile[] {
  if (socket !== undefined && config.length > 1) throw new UsageError('--socket goes with a single --config');
  const files = config.map((file) => {
    const { configuration, warnings } = readConfiguration(file);
    for (const warning of warnings) writeError(`ripd: ${printRemark(file, warning)}\n`);
    const control = { ...configuration.control, socket: socket ?? configuration.control.socket };
    return { file, configuration: { ...configuration, control } };
  });
  requireDistinct(
    files,
    ({ control }) => control.socket,
    ({ control }) => `control socket, ${control.socket}: give each its own control.socket`,
  );
  requireDistinct(
    files,
    ({ namespace }) => namespaceIdentity(namespace),
    ({ namespace = 'the process’s own' }) => `network namespace, ${namespace}: give each its own netns`,
  );
  return files;
}

/** @throws UsageError that names two files that are alike */
function requireDistinct(
  files: readonly RouterFile[],
  keyOf: (configuration: RouterFile['configuration']) => string,
  nameOf: (configuration: RouterFile['configuration']) => string,
): void {
  const owners = new Map<string, string>();
  for (const { file, configuration } of files) {
    const key = keyOf(configuration);
    const other = owners.get(key);
    if (other !== undefined)
      throw new UsageError(`${other} and ${file} have the same ${nameOf(configuration)}`);
    owners.set(key, file);
  }
}

async function run(given: Arguments): Promise<void> {
  const isAlone = given.config.length === 1;
  const routers = new Routers({
    ready() {
      writeError('ready\n');
      tellServiceManager('READY=1');
    },
    unrevived: (failure) => writeError(failureLine(failure, isAlone)),
    deserted() {
      writeError('ripd: no router is left\n');
      process.exit(FAILED);
    },
  });
  const files = filesOf(given);
  obeySignals(
    () => stopAll(routers),
    () => reload(given, routers),
  );
  const failures = await routers.start(files);
  for (const failure of failures) writeError(failureLine(failure, isAlone));
  if (failures.length > 0) process.exit(FAILED);
}

/** @param isAlone nobody asks which file is meant */
function failureLine({ file, error }: StartFailure, isAlone: boolean): string {
  return `ripd: ${isAlone ? '' : `${file}: `}${error.message}\n`;
}

async function stopAll(routers: Routers): Promise<void> {
  tellServiceManager('STOPPING=1');
  const late = setTimeout(() => {
    writeError('ripd: stopping took too long; routes may be left in the kernel\n');
    process.exit(FAILED);
  }, STOP_MS);
  await routers.stop();
  clearTimeout(late);
}

/** A service manager that cannot be told is no reason to stop routing. */
function tellServiceManager(state: string): void {
  try {
    notifyServiceManager(state);
  } catch (error) {
    writeError(`ripd: ${(error as Error).message}\n`);
  }
}

/** The first request to stop is obeyed in order; whoever asks twice does not want to wait. */
function obeySignals(stop: () => Promise<void>, reloadAll: () => void): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) process.exit(FAILED);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', reloadAll);
}

/** A bad file changes nothing, in any router. */
function reload(given: Arguments, routers: Routers): void {
  try {
    const files = filesOf(given);
    const instances = files.flatMap(({ configuration }) => instancesOf(configuration));
    for (const { router } of instances) requireDigests(router);
    routers.reload(files);
  } catch (error) {
    const isTheirs =
      error instanceof ConfigurationError || error instanceof UsageError || error instanceof StartError;
    if (!isTheirs) throw error;
    routers.warn(`reload refused, nothing changed: ${error.message}`);
  }
}

function fail(error: unknown): never {
  if (error instanceof UsageError) {
    writeError(`ripd: ${error.message}\n`);
    process.exit(WRONG_USAGE);
  }
  // The lines of a configuration error name the file themselves.
  const text = error instanceof Error ? error.message : String(error);
  writeError(error instanceof ConfigurationError ? `${text}\n` : `ripd: ${text}\n`);
  process.exit(FAILED);
}

function crash(error: unknown): never {
  writeError(
    `ripd: a mistake in ripd itself; its routes stay in the kernel\n${error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(OUR_MISTAKE);
}

// What `ss`, `ps` and a second daemon's complaint call it.
process.title = 'ripd';
process.on('uncaughtException', crash);
process.on('unhandledRejection', crash);

await yargs(hideBin(process.argv))
  .scriptName('ripd')
  .usage('$0 --config FILE\n\nA RIP router. Runs in the foreground and logs to standard error.')
  .command(
    'check <file>',
    'check a configuration file',
    (command) =>
      command.positional('file', { type: 'string', demandOption: true, describe: 'configuration file' }),
    ({ file }) => {
      try {
        check(file);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        process.stdout.write(`${error.message}\n`);
        process.exitCode = FAILED;
      }
    },
  )
  .command(
    '$0',
    'route',
    (command) =>
      command
        .option('config', {
          type: 'string',
          array: true,
          requiresArg: true,
          demandOption: true,
          describe: 'configuration file; several make several routers',
        })
        .option('socket', {
          type: 'string',
          requiresArg: true,
          describe: 'control socket, instead of the configured one',
        }),
    ({ config, socket }) => run({ config, socket }).catch(fail),
  )
  .version(version)
  .strict()
  .fail((message: string, error: Error | undefined) => {
    // yargs throws some complaints about the command line instead of telling them.
    if (error !== undefined && error.name !== 'YError') throw error;
    writeError(`ripd: ${message}\n`);
    process.exit(WRONG_USAGE);
  })
  .parseAsync();
