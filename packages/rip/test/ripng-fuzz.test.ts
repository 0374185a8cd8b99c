/** Whatever arrives at a RIPng router, and whatever happens in which order: what has to stay true stays true (`ipv6/life`). */
import { test } from 'vitest';
import { Dice } from './fuzz/dice.ts';
import { Life } from './ipv6/life.ts';

const seed = Number(process.env.RIPSTOP_SEED ?? 2080);
/** The nightly run has more. */
const inputs = Number(process.env.RIPSTOP_INPUTS ?? 50_000) / 5;
/** Happenings of one life. */
const lifetime = 200;

test('whatever happens, the router keeps its laws', { timeout: 60_000 + inputs }, () => {
  for (let lived = 0, own = seed; lived < inputs; lived += lifetime, own += 1) {
    try {
      new Life(new Dice(own)).live(lifetime);
    } catch (error) {
      const replay = `RIPSTOP_SEED=${own} RIPSTOP_INPUTS=1 npm test -- --project unit packages/rip/test/ripng-fuzz.test.ts`;
      throw new Error(`${String(error)}\n\nReplay: ${replay}`, { cause: error });
    }
  }
});
