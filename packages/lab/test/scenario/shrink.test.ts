import { expect, it } from 'vitest';
import { randomScenario } from '../../src/scenario/generator.ts';
import { shrink, troubleOf } from '../../src/scenario/shrink.ts';

it('a scenario that goes wrong becomes as small as it can be and still go wrong', async () => {
  const scenario = randomScenario(6, { routers: 5, spoken: 'both' });
  const [first, ...others] = scenario.routers;
  if (first === undefined) throw new Error('no routers');
  // An expectation that nobody can meet.
  const expectation = { at: 1_000, router: first.name, prefix: '192.0.2.0/24', metric: 1, via: undefined };
  const hopeless = { ...scenario, expectations: [expectation], end: 2_000 };
  expect(await troubleOf(hopeless)).toBe('expectations of the scenario');
  const smallest = await shrink(hopeless);
  expect(await troubleOf(smallest)).toBe('expectations of the scenario');
  expect(Object.keys(smallest.routers[0]?.configurations ?? {})).toEqual(['rip']);
  expect(smallest.events).toEqual([]);
  expect(smallest.routers.map(({ name }) => name)).toEqual([first.name]);
  expect(others.length).toBeGreaterThan(0);
}, 60_000);
