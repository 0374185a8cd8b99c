/** The same files as in `scenarios.test.ts`, with real daemons on real kernels: both worlds end alike. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { obstacle, parseScenario, rehearse } from '@ripstop/lab';
import { describe, expect, it } from 'vitest';

const program = (name: string): string[] => [
  process.execPath,
  fileURLToPath(new URL(`../../apps/ripd/bin/${name}.js`, import.meta.url)),
];
const read = (file: string) => parseScenario(file, readFileSync(new URL(file, import.meta.url), 'utf8'));

describe('in network namespaces', () => {
  it.each(['triangle.yaml', 'diamond.yaml'])(
    '%s ends as it says',
    async (file) => {
      const programs = { ripd: program('ripd'), ripctl: program('ripctl') };
      expect(await rehearse(read(file), programs, () => undefined)).toEqual([]);
    },
    180_000,
  );

  it('what only a simulated world can do is refused before anything is laid', () => {
    expect(obstacle(read('count-to-infinity.yaml'))).toMatch(/b-c swallows every packet.*simulated world/);
    expect(obstacle(read('triangle.yaml'))).toBeUndefined();
  });
});
