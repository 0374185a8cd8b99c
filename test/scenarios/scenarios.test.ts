/** The written scenarios in the simulated world. `scenarios.netns.test.ts` plays some of the same files for real. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseScenario, simulate } from '@ripstop/lab';
import { describe, expect, it } from 'vitest';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('in the simulated world', () => {
  it.each(files)('%s ends as it says', async (file) => {
    const scenario = parseScenario(file, readFileSync(new URL(file, folder), 'utf8'));
    expect(scenario.expectations.length).toBeGreaterThan(0);
    expect((await simulate(scenario)).violations).toEqual([]);
  });

  it('the example in docs/testing.md ends as it says', async () => {
    const [, text = ''] =
      /```yaml\n(.*?)```/s.exec(readFileSync(new URL('../../docs/testing.md', folder), 'utf8')) ?? [];
    const scenario = parseScenario('docs/testing.md', text);
    expect(scenario.expectations.length).toBeGreaterThan(0);
    expect((await simulate(scenario)).violations).toEqual([]);
  });

  it('count-to-infinity.yaml really counts: that its end is right is no accident', async () => {
    const file = 'count-to-infinity.yaml';
    const metrics: number[] = [];
    await simulate(parseScenario(file, readFileSync(new URL(file, folder), 'utf8')), ({ kind, text }) => {
      if (kind !== 'report') return;
      const [, metric] = /^a has 10\.1\.3\.0\/24 at metric (?:\d+ → )?(\d+)/.exec(text) ?? [];
      if (metric !== undefined) metrics.push(Number(metric));
    });
    expect(metrics).toEqual([2, 3, 6, 9, 12, 15]);
  });
});
