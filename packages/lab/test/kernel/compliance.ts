/**
 * What a Linux kernel does with links, addresses and routes, as far as a router depends on it: one test for each fact. The
 * same tests run on a real kernel and on the simulated one. What of it surprises is told in docs/testing.md.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { describeAddresses } from './address-facts.ts';
import { describeIpv4Routes } from './ipv4-route-facts.ts';
import { describeIpv6Routes } from './ipv6-route-facts.ts';
import { KernelBench, type KernelMaker } from './kernel-bench.ts';
import { describeLinks } from './link-facts.ts';
import { describeLists } from './list-facts.ts';

/** @param make a new kernel: one for each test */
export function describeKernel(name: string, make: () => KernelMaker | Promise<KernelMaker>): void {
  describe(name, () => {
    let bench: KernelBench;
    beforeEach(async () => {
      bench = new KernelBench(await make());
      await bench.begin();
      await bench.addAddresses('eth0', '10.0.0.1/24');
      await bench.addAddresses('eth1', '10.1.0.1/24');
      await bench.told();
    });
    afterEach(() => bench?.close());
    const get = (): KernelBench => bench;
    describe('links', () => describeLinks(get));
    describe('addresses', () => describeAddresses(get));
    describe('IPv4 routes', () => describeIpv4Routes(get));
    describe('IPv6 routes', () => describeIpv6Routes(get));
    describe('lists', () => describeLists(get));
  });
}
