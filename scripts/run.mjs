// Runs one task (`npm run TASK` comes here) on a machine that has only Node and npm.
// Every task installs and builds first, as far as that is needed. Arguments go on to the task's last command.

import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { PNPM } from './pnpm.mjs';

const OLDEST_NODE = [20, 19];
/** How much the nightly run does of each; a variable of the environment says otherwise. */
const NIGHTLY = {
  /** Mutated messages; `npm test` has a twentieth. */
  RIPSTOP_MUTATIONS: 1_000_000,
  /** Packets and events for RIP's decoders and its router; `npm test` has a twentieth. */
  RIPSTOP_INPUTS: 1_000_000,
  /** Seeds with which the simulated kernel runs beside the real one; `npm test` has 4. */
  RIPSTOP_TWINS: 200,
  /** Random networks of 3 to 60 routers; `npm test` has 200 small ones. */
  RIPSTOP_SCENARIOS: 5_000,
  /** How long everything breaks at random in a network of namespaces; `npm test` has less than a minute of it. */
  RIPSTOP_CHAOS_SECONDS: 600,
  /** Destinations of each family there; `npm test` has 400. */
  RIPSTOP_CHAOS_ROUTES: 5_000,
};

const root = fileURLToPath(new URL('..', import.meta.url));
const local = (name) => `${root}node_modules/.bin/${name}`;
const [task = '', ...extra] = process.argv.slice(2);

const tasks = {
  async build() {
    await install();
    await compile();
  },
  async test() {
    await tasks.build();
    await stream(process.execPath, `${root}test/dist/run.js`, ...extra);
  },
  async demo() {
    await tasks.build();
    await stream(process.execPath, `${root}apps/riplab/bin/riplab.js`, 'demo', ...extra);
  },
  async bench() {
    await tasks.build();
    await stream(process.execPath, `${root}test/dist/bench/run.js`, ...extra);
  },
  async conformance() {
    await tasks.build();
    await stream(process.execPath, `${root}test/dist/conformance/write.js`, ...extra);
  },
  async mutate() {
    await tasks.build();
    await stream(process.execPath, `${root}test/dist/conformance/mutate.js`, ...extra);
  },
  async pack() {
    await install();
    await stream(process.execPath, `${root}scripts/pack.mjs`, ...extra);
  },
  /** Whatever fails, all steps run. */
  async nightly() {
    await tasks.build();
    const { RIPSTOP_SEED = String(randomInt(2 ** 31)) } = process.env;
    Object.assign(process.env, { ...NIGHTLY, ...process.env, RIPSTOP_SEED });
    const { RIPSTOP_MUTATIONS, RIPSTOP_INPUTS, RIPSTOP_TWINS, RIPSTOP_SCENARIOS, RIPSTOP_CHAOS_SECONDS } =
      process.env;
    const unit = [local('vitest'), 'run', '--project', 'unit', '--testTimeout', '0'];
    const twins = ['--project', 'namespaces', 'packages/lab/test/kernel/twin.netns.test.ts'];
    const chaos = ['--project', 'namespaces', 'test/chaos'];
    const world = ['simulate', '--seed', RIPSTOP_SEED, '--count', RIPSTOP_SCENARIOS];
    console.error(`To repeat this night: RIPSTOP_SEED=${RIPSTOP_SEED}`);
    const codes = [
      await show(`${RIPSTOP_MUTATIONS} mutated messages`, ...unit, 'laws.test', '-t', 'mutated'),
      await show(
        `${RIPSTOP_INPUTS} inputs for RIP and RIPng`,
        ...unit,
        'packages/rip/test/fuzz.test.ts',
        'packages/rip/test/ripng-fuzz.test.ts',
      ),
      await show(`${RIPSTOP_TWINS} twin kernels`, process.execPath, `${root}test/dist/run.js`, ...twins),
      await show(
        `${RIPSTOP_SCENARIOS} networks`,
        process.execPath,
        `${root}apps/riplab/bin/riplab.js`,
        ...world,
      ),
      await show(
        `${RIPSTOP_CHAOS_SECONDS} seconds of chaos`,
        process.execPath,
        `${root}test/dist/run.js`,
        ...chaos,
      ),
      await show('clauses taken out', process.execPath, `${root}test/dist/conformance/mutate.js`, ...extra),
    ];
    process.exitCode = codes.find((code) => code !== 0) ?? 0;
  },
  async check() {
    await install();
    const colors = process.stderr.isTTY ? '--colors=force' : '--colors=off';
    const codes = [
      await step('compile', local('tsc'), '-b'),
      await step(
        'lint and format',
        local('biome'),
        'ci',
        colors,
        '--error-on-warnings',
        '--max-diagnostics=200',
      ),
      await step('compile tests', local('tsc'), '-p', 'tsconfig.tests.json'),
      await step('dead code and dependencies', local('knip'), '--no-progress', '--no-config-hints'),
    ];
    process.exitCode = codes.find((code) => code !== 0) ?? 0;
  },
  async format() {
    await install();
    await stream(local('biome'), 'check', '--write', ...extra);
  },
};

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  console.error(`Ripstop needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

async function install() {
  const wanted = read('pnpm-lock.yaml');
  if (wanted !== undefined && wanted === read('node_modules/.pnpm/lock.yaml')) return;
  const frozen = wanted === undefined ? '--no-frozen-lockfile' : '--frozen-lockfile';
  const purge = '--config.confirm-modules-purge=false'; // never ask: there may be nobody to answer
  exitOnFailure(await step('install', 'npx', '--yes', PNPM, 'install', frozen, purge));
}

async function compile() {
  exitOnFailure(await step('compile', local('tsc'), '-b'));
}

function read(name) {
  return existsSync(root + name) ? readFileSync(root + name, 'utf8') : undefined;
}

/** Runs a command quietly: one line with its duration; its output only if it fails. */
async function step(title, command, ...parameters) {
  const start = performance.now();
  const { code, output } = await run('pipe', command, parameters);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(`${code === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`);
  if (code !== 0) process.stderr.write(output);
  return code;
}

/** Runs a command on our own terminal, with a line before and after it. */
async function show(title, command, ...parameters) {
  console.error(`\n=== ${title}`);
  const start = performance.now();
  const { code } = await run('inherit', command, parameters);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.error(`${code === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`);
  return code;
}

/** Runs a command on our own terminal; its exit code becomes ours. */
async function stream(command, ...parameters) {
  exitOnFailure((await run('inherit', command, parameters)).code);
}

function exitOnFailure(code) {
  if (code !== 0) process.exit(code);
}

function run(output, command, parameters) {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { cwd: root, stdio: ['inherit', output, output] });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    // A terminal sends its signals to the child as well; what only we receive is passed on.
    const pass = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const done = (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve({ code, output: Buffer.concat(chunks) });
    };
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      if (output === 'inherit') console.error(error.message);
      done(127);
    });
    child.on('close', (code, signal) => done(code ?? 128 + constants.signals[signal]));
  });
}

requireNode();
if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task "${task}". Tasks: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
await tasks[task]();
