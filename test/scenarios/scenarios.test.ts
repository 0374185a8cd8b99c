/** The written scenarios in the simulated world. `scenarios.netns.test.ts` plays some of the same files for real. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseScenario, type Scenario, simulate, speakingOnly } from '@ripstop/lab';
import { describe, expect, it } from 'vitest';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
const read = (file: string): Scenario => parseScenario(file, readFileSync(new URL(file, folder), 'utf8'));

/** @returns how many expectations there were, if all were met */
async function play(scenario: Scenario): Promise<number> {
  expect((await simulate(scenario)).violations).toEqual([]);
  return scenario.expectations.length;
}

describe.each(files)('%s in the simulated world ends as it says', (file) => {
  it.each(['rip', 'ripng'] as const)('with %s alone', async (protocol) => {
    expect(await play(speakingOnly(read(file), protocol))).toBeGreaterThan(0);
  });

  it('with both at once', async () => {
    expect(await play(read(file))).toBeGreaterThan(0);
  });
});

describe('in the simulated world', () => {
  it('the example in docs/testing.md ends as it says', async () => {
    const [, text = ''] =
      /```yaml\n(.*?)```/s.exec(readFileSync(new URL('../../docs/testing.md', folder), 'utf8')) ?? [];
    expect(await play(parseScenario('docs/testing.md', text))).toBeGreaterThan(0);
  });

  it.each([
    ['rip', '10.1.3.0/24'],
    ['ripng', '2001:db8:103::/64'],
  ] as const)(
    'count-to-infinity.yaml really counts with %s: that its end is right is no accident',
    async (protocol, prefix) => {
      const metrics: number[] = [];
      await simulate(speakingOnly(read('count-to-infinity.yaml'), protocol), ({ kind, text }) => {
        if (kind !== 'report' || !text.startsWith(`a has ${prefix} at metric`)) return;
        const [, metric] = /metric (?:\d+ → )?(\d+)/.exec(text) ?? [];
        metrics.push(Number(metric));
      });
      expect(metrics).toEqual([2, 3, 6, 9, 12, 15]);
    },
  );
});
