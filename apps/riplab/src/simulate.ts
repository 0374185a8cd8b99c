/**
 * `riplab simulate`: plays scenarios in the simulated world, written ones also in network namespaces. Before this file:
 * `riplab`. After it: `scenario` of the lab.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  obstacle,
  type Programs,
  parseScenario,
  randomScenario,
  rehearse,
  type Scenario,
  type ScenarioChoices,
  ScenarioFileError,
  type Spoken,
  type StoryLine,
  shrink,
  simulate,
  speakingOnly,
  troubleOf,
} from '@ripstop/lab';
import { networkText, outcomeText, storyText } from './story.ts';

const program = (name: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../ripd/bin/${name}.js`, import.meta.url)),
];
const programs: Programs = { ripd: program('ripd'), ripctl: program('ripctl') };

/**
 * Plays a scenario that someone has written.
 * @param spoken of the protocols that the file configures; undefined: all
 * @returns the exit code: 0 all is as expected, 1 it is not, 2 the file cannot be played
 */
export async function playFile(
  file: string,
  place: 'world' | 'namespaces',
  spoken: Spoken | undefined,
  verbose: boolean,
): Promise<number> {
  let scenario: Scenario;
  try {
    const whole = parseScenario(file, readFileSync(file, 'utf8'));
    scenario = spoken === undefined || spoken === 'both' ? whole : speakingOnly(whole, spoken);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!(error instanceof ScenarioFileError) && code === undefined) throw error;
    console.error(error instanceof ScenarioFileError ? error.message : `${file}: cannot be read (${code})`);
    return 2;
  }
  if (place === 'world') return await playInWorld(scenario, (line) => verbose || isAboutRoutes(line));
  const reason = obstacle(scenario);
  if (reason !== undefined) {
    console.error(`${file}: ${reason}`);
    return 2;
  }
  return await playInNamespaces(scenario, ({ kind }) => verbose || kind !== 'report');
}

/**
 * Plays a scenario that chance has written. If it goes wrong, then also the smallest that goes wrong alike.
 * @returns the exit code
 */
export async function playRandom(seed: number, choices: ScenarioChoices, verbose: boolean): Promise<number> {
  const scenario = randomScenario(seed, choices);
  const isTold = ({ kind }: StoryLine): boolean => verbose || kind !== 'report';
  const code = await playInWorld(scenario, isTold);
  if (code === 0) return 0;
  const smallest = await shrink(scenario);
  if (smallest === scenario) return code;
  print('\nThe same goes wrong in a smaller scenario:');
  return await playInWorld(smallest, isTold);
}

/**
 * Plays many that chance has written, and tells only of those that go wrong.
 * @returns the exit code
 */
export async function playMany(seed: number, choices: ScenarioChoices, count: number): Promise<number> {
  let failures = 0;
  const start = performance.now();
  for (let each = seed; each < seed + count; each += 1) {
    const trouble = await troubleOf(randomScenario(each, choices));
    if (trouble === '') continue;
    failures += 1;
    const { routers, spoken } = choices;
    const size = routers === undefined ? '' : ` --routers ${routers}`;
    const language = spoken === undefined ? '' : ` --protocol ${spoken}`;
    print(`${trouble}; to see it: node apps/riplab/bin/riplab.js simulate --seed ${each}${language}${size}`);
  }
  const seconds = (performance.now() - start) / 1_000;
  print(
    `${count} scenarios from seed ${seed} on, ${failures} went wrong; ${(count / seconds).toFixed(1)} a second`,
  );
  return failures === 0 ? 0 : 1;
}

async function playInWorld(scenario: Scenario, isTold: (line: StoryLine) => boolean): Promise<number> {
  print(networkText(scenario));
  const start = performance.now();
  try {
    const outcome = await simulate(scenario, (line) => tellIf(isTold, line));
    print(outcomeText(outcome, scenario.end, performance.now() - start));
    return outcome.violations.length === 0 ? 0 : 1;
  } catch (error) {
    print(`\nA router crashed: ${error instanceof Error ? error.stack : String(error)}`);
    return 1;
  }
}

async function playInNamespaces(scenario: Scenario, isTold: (line: StoryLine) => boolean): Promise<number> {
  print(networkText(scenario));
  try {
    const { length } = await rehearse(scenario, programs, (line) => tellIf(isTold, line));
    const all = scenario.expectations.length;
    print(length === 0 ? '\nAll is as expected.' : `\nNot as expected: ${length} of ${all}.`);
    return length === 0 ? 0 : 1;
  } catch (error) {
    console.error(`\nThe scenario could not be played: ${(error as Error).message}`);
    return 1;
  }
}

function tellIf(isTold: (line: StoryLine) => boolean, line: StoryLine): void {
  if (isTold(line)) print(storyText(line));
}

/** Of what routers report, only what becomes of their routes. */
function isAboutRoutes({ kind, text }: StoryLine): boolean {
  return kind !== 'report' || / metric | loses /.test(text);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
