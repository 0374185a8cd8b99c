/** The same files as in `scenarios.test.ts`, with real daemons on real kernels: both worlds end alike. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { obstacle, parseScenario, rehearse, type Scenario, speakingOnly } from '@ripstop/lab';
import { describe, expect, it } from 'vitest';

const program = (name: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../apps/ripd/bin/${name}.js`, import.meta.url)),
];
const programs = { ripd: program('ripd'), ripctl: program('ripctl') };
const read = (file: string): Scenario =>
  parseScenario(file, readFileSync(new URL(file, import.meta.url), 'utf8'));

// Side by side: they wait most of the time.
describe.concurrent('in network namespaces', () => {
  it.each([
    ['triangle.yaml with rip alone', speakingOnly(read('triangle.yaml'), 'rip')],
    ['triangle.yaml with ripng alone', speakingOnly(read('triangle.yaml'), 'ripng')],
    ['triangle.yaml with both at once', read('triangle.yaml')],
    ['diamond.yaml with both at once', read('diamond.yaml')],
  ])('%s ends as it says', { timeout: 180_000 }, async (_, scenario) => {
    expect(await rehearse(scenario, programs, () => undefined)).toEqual([]);
  });

  it('what only a simulated world can do is refused before anything is laid', () => {
    expect(obstacle(read('count-to-infinity.yaml'))).toMatch(/b-c swallows every packet.*simulated world/);
    expect(obstacle(read('triangle.yaml'))).toBeUndefined();
  });
});
