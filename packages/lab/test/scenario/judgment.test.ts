import { describe, expect, it } from 'vitest';
import { judge } from '../../src/scenario/judgment.ts';
import { parseScenario } from '../../src/scenario/scenario-file.ts';
import { simulate } from '../../src/scenario/simulation.ts';

const expectation = { at: 0, router: 'west', prefix: '10.0.2.0/24', metric: 2, via: ['south', 'north'] };

describe('a judgment', () => {
  it('asks neither for an order nor how many links lead to a router', () => {
    expect(judge(expectation, { metric: 2, via: ['north', 'south', 'north'] })).toEqual({
      isMet: true,
      text: 'west has 10.0.2.0/24 at metric 2 via north and south, as expected',
    });
    expect(judge({ ...expectation, via: undefined }, { metric: 2, via: ['east'] }).isMet).toBe(true);
  });

  it.each([
    [{ metric: 3, via: ['north', 'south'] }, /^west has 10\.0\.2\.0\/24 at metric 3 via north and south; at/],
    [{ metric: 2, via: ['north'] }, /via north; at metric 2 via north and south is expected$/],
    [{ metric: 16, via: [] }, /unreachable; at metric 2/],
    ['does not run', /^west does not run; 10\.0\.2\.0\/24 at metric 2 via north and south is expected$/],
  ])('tells what was found and what was expected: %j', (found, text) => {
    expect(judge(expectation, found)).toEqual({ isMet: false, text: expect.stringMatching(text) });
  });

  it('is passed on a router that does not run, and ends no world', async () => {
    const scenario = parseScenario(
      'file.yaml',
      `
rip:
routers: { a: {} }
links: { l: { a: 10.0.0.1/24 } }
events: [{ at: 1, kill: a }]
expect: [{ at: 2, router: a, prefix: 10.0.0.0/24, metric: 1 }]
end: 3
`,
    );
    const { violations } = await simulate(scenario);
    expect(violations.map(({ text }) => text)).toEqual([
      'a does not run; 10.0.0.0/24 at metric 1 is expected',
    ]);
  });
});
