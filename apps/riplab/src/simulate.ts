/**
 * `riplab simulate`: plays scenarios in the simulated world, written ones also in network namespaces. Before this file:
 * `riplab`. After it: `scenario` of the lab.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Outcome,
  obstacle,
  type Programs,
  parseScenario,
  randomScenario,
  rehearse,
  type Scenario,
  ScenarioFileError,
  type StoryLine,
  shrink,
  simulate,
  troubleOf,
} from '@ripstop/lab';
import { networkText, outcomeText, storyText } from './story.ts';

export interface RandomOptions {
  readonly seed: number;
  readonly routers: number | undefined;
  /** How many seeds, this one and those after it. */
  readonly count: number;
  readonly verbose: boolean;
}

const program = (name: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../ripd/bin/${name}.js`, import.meta.url)),
];
const programs: Programs = { ripd: program('ripd'), ripctl: program('ripctl') };

/**
 * Plays a scenario that someone has written.
 * @returns the exit code: 0 all is as expected, 1 it is not, 2 the file has mistakes
 */
export async function playFile(
  file: string,
  place: 'world' | 'namespaces',
  verbose: boolean,
): Promise<number> {
  let scenario: Scenario;
  try {
    scenario = parseScenario(file, readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof ScenarioFileError) && code === undefined) throw error;
    console.error(error instanceof ScenarioFileError ? error.message : `${file}: cannot be read (${code})`);
    return 2;
  }
  print(networkText(scenario));
  const tell = (line: StoryLine): void => print(storyText(line));
  if (place === 'world')
    return judged(await played(scenario, (line) => (verbose || isForAll(line) ? tell(line) : undefined)));
  const reason = obstacle(scenario);
  if (reason !== undefined) {
    console.error(reason);
    return 2;
  }
  const violations = await rehearse(scenario, programs, tell);
  print(
    violations.length === 0 ? '\nAll is as expected.' : `\n${violations.length} expectations were not met.`,
  );
  return violations.length === 0 ? 0 : 1;
}

/**
 * Plays scenarios that chance has written. Of one the whole story is told; of many only what went wrong.
 * @returns the exit code
 */
export async function playRandom({ seed, routers, count, verbose }: RandomOptions): Promise<number> {
  if (count > 1) return await playMany(seed, count, routers);
  const scenario = randomScenario(seed, routers);
  const code = await tellRandom(scenario, verbose);
  if (code === 0) return 0;
  const smallest = await shrink(scenario);
  if (
    smallest.events.length === scenario.events.length &&
    smallest.routers.length === scenario.routers.length
  )
    return code;
  print(`\nThe same goes wrong in a smaller scenario:`);
  return await tellRandom(smallest, verbose);
}

async function tellRandom(scenario: Scenario, verbose: boolean): Promise<number> {
  print(networkText(scenario));
  try {
    return judged(
      await played(scenario, (line) =>
        verbose || line.kind !== 'report' ? print(storyText(line)) : undefined,
      ),
    );
  } catch (error) {
    print(`\nA router crashed: ${error instanceof Error ? error.stack : String(error)}`);
    return 1;
  }
}

async function playMany(seed: number, count: number, routers: number | undefined): Promise<number> {
  let failures = 0;
  const start = performance.now();
  for (let each = seed; each < seed + count; each += 1) {
    const trouble = await troubleOf(randomScenario(each, routers));
    if (trouble === '') continue;
    failures += 1;
    const size = routers === undefined ? '' : ` --routers ${routers}`;
    print(`${trouble}; to see it: node apps/riplab/bin/riplab.js simulate --seed ${each}${size}`);
  }
  const seconds = (performance.now() - start) / 1_000;
  print(
    `${count} scenarios from seed ${seed} on, ${failures} went wrong; ${(count / seconds).toFixed(1)} a second`,
  );
  return failures === 0 ? 0 : 1;
}

async function played(scenario: Scenario, tell: (line: StoryLine) => void): Promise<Outcome> {
  const start = performance.now();
  const outcome = await simulate(scenario, tell);
  print(outcomeText(outcome, scenario.end, performance.now() - start));
  return outcome;
}

function judged({ violations }: Outcome): number {
  return violations.length === 0 ? 0 : 1;
}

/** What is told also without `--verbose`. */
function isForAll({ kind, text }: StoryLine): boolean {
  return kind !== 'report' || / metric | loses /.test(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
