/**
 * The simulated kernel beside a real one: the same things happen to both, by chance; what they answer, what they tell and
 * what they have afterwards is the same.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/world/random.ts';
import { makeFakeKernel } from './fake-kernel-maker.ts';
import { KernelBench } from './kernel-bench.ts';
import { randomOperation } from './random-operation.ts';
import { makeRealKernel } from './real-kernel-maker.ts';

const OPERATIONS = 250;
/** RIPSTOP_SEED runs one seed alone, with RIPSTOP_TWINS as many from there on. `npm run nightly` runs hundreds. */
const { RIPSTOP_SEED, RIPSTOP_TWINS } = process.env;
const first = Number(RIPSTOP_SEED ?? 1);
const count = Number(RIPSTOP_TWINS ?? (RIPSTOP_SEED === undefined ? 4 : 1));
const seeds = Array.from({ length: count }, (_, at) => first + at);

const benches: KernelBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

describe('the simulated kernel does what the real one does', () => {
  it.each(seeds)('in whatever happens, seed %i', async (seed) => {
    for (const kernel of [await makeRealKernel(), makeFakeKernel()]) benches.push(new KernelBench(kernel));
    const [real, fake] = benches as [KernelBench, KernelBench];
    for (const bench of benches) {
      await bench.begin();
      await bench.addAddresses('eth0', '10.0.0.1/24', 'fe80::1/64', '2001:db8::1/64');
      await bench.addAddresses('eth1', '10.1.0.1/16', 'fe80::2/64', '2001:db8:1::1/64');
    }
    expect(await stateOf(fake)).toEqual(await stateOf(real));
    await Promise.all(benches.map((bench) => bench.notifications()));
    const random = new Random(seed);
    const story: string[] = [];
    for (let count = 0; count < OPERATIONS; count += 1) {
      const operation = randomOperation(random);
      const expected = await operation.run(real);
      const happened = await operation.run(fake);
      story.push(`${operation.words}: ${expected}`);
      const context = `RIPSTOP_SEED=${seed}, after operation ${count}:\n${story.slice(-12).join('\n')}`;
      expect(happened, context).toBe(expected);
      expect(await toldBy(fake), context).toEqual(await toldBy(real));
      expect(await stateOf(fake), context).toEqual(await stateOf(real));
    }
  });
});

/** Links are left out: how often Linux tells of one that changes is a matter of time. */
async function toldBy(bench: KernelBench): Promise<readonly string[]> {
  const told = await bench.notifications();
  return told.filter(({ object }) => object !== 'link').map((one) => bench.describe(one));
}

async function stateOf(bench: KernelBench): Promise<object> {
  const links = await bench.ours.links.list();
  const addresses = await bench.ours.addresses.list();
  return {
    links: links
      .filter(({ name = '' }) => /^(lo|eth\d)$/.test(name))
      .map(({ name, flags, mtu, operationalState, carrier }) => ({
        name,
        flags,
        mtu,
        operationalState,
        carrier,
      })),
    addresses: addresses.map(({ cacheInfo, interfaceIndex, ...address }) => {
      return { ...address, on: bench.names.get(interfaceIndex) };
    }),
    ipv4: await bench.routes({ family: 'ipv4', table: undefined }),
    ipv6: await bench.routes({ family: 'ipv6', table: undefined }),
  };
}
