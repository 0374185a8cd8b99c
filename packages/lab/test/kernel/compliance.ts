/**
 * What a Linux kernel does with links, addresses and routes, as far as a router depends on it: one test for each fact. The
 * same tests run on a real kernel and on the simulated one. What of it surprises is told in docs/testing.md.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import { describeAddresses } from './address-facts.ts';
import { describeDetection } from './detection-facts.ts';
import { describeIpv4Routes } from './ipv4-route-facts.ts';
import { describeIpv6Routes } from './ipv6-route-facts.ts';
import { type Ipv6Options, KernelBench, type KernelMaker } from './kernel-bench.ts';
import { describeLinks } from './link-facts.ts';
import { describeLinkLocal } from './link-local-facts.ts';
import { describeLists } from './list-facts.ts';

/** @param make a new kernel: one for each test */
export function describeKernel(
  name: string,
  make: (ipv6: Ipv6Options) => KernelMaker | Promise<KernelMaker>,
): void {
  /** Facts about a kernel with these options. */
  const describeOf = (what: string, ipv6: Ipv6Options, facts: (get: () => KernelBench) => void): void => {
    describe(what, () => {
      let bench: KernelBench;
      beforeEach(async () => {
        bench = new KernelBench(await make(ipv6));
        await bench.begin();
        await bench.addAddresses('eth0', '10.0.0.1/24');
        await bench.addAddresses('eth1', '10.1.0.1/24');
        await bench.told();
      });
      afterEach(() => bench?.close());
      facts(() => bench);
    });
  };
  describe(name, () => {
    describeOf('links', {}, describeLinks);
    describeOf('addresses', {}, describeAddresses);
    describeOf('link-local addresses', { linkLocal: true }, describeLinkLocal);
    describeOf(
      'duplicate address detection',
      { linkLocal: true, detectsDuplicates: true },
      describeDetection,
    );
    describeOf('IPv4 routes', {}, describeIpv4Routes);
    describeOf('IPv6 routes', {}, describeIpv6Routes);
    describeOf('lists', {}, describeLists);
  });
}
