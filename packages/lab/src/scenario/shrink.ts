/** Makes a scenario that goes wrong smaller, as long as it goes wrong in the same way. */

import { protocols } from '../world/configurations.ts';
import { type Scenario, type ScenarioEvent, speakingOnly } from './scenario.ts';
import { simulate } from './simulation.ts';

/** Times that it is played at most. */
const TRIALS_MAX = 300;

/** What is wrong with a scenario: the rules that are broken, or how the router crashed; empty: nothing. */
export async function troubleOf(scenario: Scenario): Promise<string> {
  try {
    const { violations } = await simulate(scenario);
    return violations[0]?.rule ?? '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The smallest scenario found whose first trouble is the same. */
export async function shrink(scenario: Scenario): Promise<Scenario> {
  const trouble = await troubleOf(scenario);
  let smallest = scenario;
  let trials = 0;
  const isAsBad = async (candidate: Scenario): Promise<boolean> => {
    trials += 1;
    if (trials > TRIALS_MAX || (await troubleOf(candidate)) !== trouble) return false;
    smallest = candidate;
    return true;
  };
  for (const { name } of protocols) await isAsBad(speakingOnly(smallest, name));
  for (let size = Math.ceil(scenario.events.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.events.length; ) {
      const events = smallest.events.toSpliced(at, size);
      if (!(await isAsBad({ ...smallest, events }))) at += size;
    }
  }
  for (const { name } of scenario.routers) {
    if (smallest.routers.length > 1) await isAsBad(withoutRouter(smallest, name));
  }
  for (const { name } of scenario.segments) await isAsBad(withoutSegment(smallest, name));
  return smallest;
}

function withoutRouter(scenario: Scenario, router: string): Scenario {
  const segments = scenario.segments.map((segment) => ({
    ...segment,
    ends: segment.ends.filter((end) => end.router !== router),
  }));
  const gone = segments.filter(({ ends }) => ends.length === 0).map(({ name }) => name);
  return {
    ...scenario,
    routers: scenario.routers.filter(({ name }) => name !== router),
    segments: segments.filter(({ ends }) => ends.length > 0),
    events: scenario.events.filter(
      (event) => !concernsRouter(event, router) && !gone.some((name) => concernsSegment(event, name)),
    ),
  };
}

function withoutSegment(scenario: Scenario, segment: string): Scenario {
  return {
    ...scenario,
    segments: scenario.segments.filter(({ name }) => name !== segment),
    events: scenario.events.filter((event) => !concernsSegment(event, segment)),
  };
}

function concernsRouter(event: ScenarioEvent, router: string): boolean {
  if (event.type === 'split') return event.parts.some((part) => part.includes(router));
  return 'router' in event && event.router === router;
}

function concernsSegment(event: ScenarioEvent, segment: string): boolean {
  return 'segment' in event && event.segment === segment;
}
