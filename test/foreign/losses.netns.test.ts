/**
 * Much goes at once: all routes are flushed, the whole table is, a link or an address goes and comes back, an interface is
 * made anew. And a storm of changes that are no concern of ours.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@ripstop/lab';
import type { InterfaceSnapshot } from '@ripstop/rip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocols } from '../kit/protocol.ts';
import { SharedKernel } from './shared-kernel.ts';

/** Of the routes that two neighbors have. */
const SEVERAL = 8;
const STORM_ROUTES = 25_000;
const READY_MS = 30_000;
/** What one command takes is told in few lines, however often ripd is called meanwhile. */
const LINES_MAX = 200;

describe.each(protocols)('10,000 routes of $name', (protocol) => {
  const addresses = { eth0: protocol.in('10.200.1.1/24'), eth1: protocol.in('10.200.2.1/24') };
  let kernel: SharedKernel;
  let linkLocal: string;

  beforeAll(async () => {
    kernel = await SharedKernel.lay(protocol);
    linkLocal = `${await kernel.router.linkLocalAddress('eth0')}/64`;
  });
  afterAll(() => kernel?.close());

  const address = (command: 'add' | 'del', text: string, name: string): Promise<string> =>
    kernel.ip(`address ${command} ${text} dev ${name}${protocol.family === 'ipv6' ? ' nodad' : ''}`);
  /** Waits until RIP speaks on just these interfaces. */
  const speaksOn = async (...names: string[]): Promise<void> => {
    let interfaces: InterfaceSnapshot[] = [];
    await until(`${protocol.name} speaks on ${names.join()}`, READY_MS, async () => {
      interfaces = (await kernel.ask('/interfaces')) as InterfaceSnapshot[];
      const speaking = interfaces.filter(({ state }) => state === 'up').map(({ name }) => name);
      return speaking.sort().join() === names.join();
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(interfaces)}`);
    });
  };
  /** What was lost with the first link is by the second neighbor, where it has it, and is back when the first one speaks. */
  const lostAndBack = async (comeBack: () => Promise<void>): Promise<void> => {
    await kernel.untilCount(SEVERAL);
    await speaksOn('eth1');
    await kernel.untilRoutes(kernel.both(0), [kernel.learnedFrom('second', kernel.both(0))]);
    await comeBack();
    await speaksOn('eth0', 'eth1');
    await kernel.announce();
    await kernel.untilAsLearned();
  };

  it('are all back after a flush, are counted, and the log tells of thousands in few lines', async () => {
    const { heals } = await kernel.counts();
    const before = kernel.log.length;
    await kernel.flush('proto rip');
    const time = await kernel.untilAsLearned();
    console.log(
      `${protocol.name}: ${kernel.size} routes, back ${Math.round(time)} ms after the end of the flush`,
    );
    await until(
      'all heals are counted',
      READY_MS,
      async () => (await kernel.counts()).heals >= heals + kernel.size,
    );
    const told = () => kernel.log.slice(before).filter(({ change }) => change === 'deleted');
    const routes = () => told().reduce((sum, { routes: some = 1 }) => sum + Number(some), 0);
    await until('all heals are told', READY_MS, () => routes() >= kernel.size);
    expect(told().length).toBeLessThan(LINES_MAX);
  });

  it('are all back after the whole table was flushed and the subnets are there again', async () => {
    await kernel.flush('table main');
    for (const [name, text] of Object.entries(addresses)) {
      await address('del', text, name);
      // RIPng speaks from the link-local one. RIP has to notice before the next one comes, or it does afterwards.
      if (protocol.family === 'ipv4') await speaksOn(name === 'eth0' ? 'eth1' : 'eth0');
      await address('add', text, name);
      if (protocol.family === 'ipv6')
        await kernel.ip(`route append fe80::/64 dev ${name} proto kernel metric 256`);
      await speaksOn('eth0', 'eth1');
    }
    await kernel.announce();
    await kernel.untilAsLearned();
  });

  it('go with their link, and are back with it when the neighbor speaks', async () => {
    await kernel.router.setLink('eth0', 'down');
    await lostAndBack(async () => {
      await kernel.router.setLink('eth0', 'up');
      // Linux: addresses of IPv6 go with their link.
      if (protocol.family === 'ipv6') await address('add', addresses.eth0, 'eth0');
    });
  });

  it('go with the address that their neighbor needs, though Linux keeps them, and are back with it', async () => {
    const text = protocol.family === 'ipv4' ? addresses.eth0 : linkLocal;
    await address('del', text, 'eth0');
    await lostAndBack(async () => {
      await address('add', text, 'eth0');
    });
  });

  it('lose the ways by an interface that is deleted, and have them by the next one of its name', async () => {
    const second = kernel.lab.node('second');
    const former = await kernel.router.interfaceIndex('eth1');
    const hardware = (await second.kernel.links.list()).find(({ name }) => name === 'eth0')?.address;
    await kernel.ip('link del eth1');
    await kernel.untilRoutes(kernel.both(0), [kernel.learnedFrom('first', kernel.both(0))]);
    const peer = `peer name eth0 address ${hardware} netns ${second.namespace}`;
    await kernel.ip(`link add eth1 type veth ${peer}`);
    await second.setLink('eth0', 'up');
    await second.exec('ip', 'address', 'add', protocol.in('10.200.2.2/24'), 'dev', 'eth0');
    await kernel.router.setLink('eth1', 'up');
    await address('add', addresses.eth1, 'eth1');
    expect(await kernel.router.interfaceIndex('eth1')).not.toBe(former);
    await speaksOn('eth0', 'eth1');
    await protocol.speaker(second, 'eth0');
    await kernel.announce();
    await kernel.untilAsLearned();
  });

  it(`are as they were after ${2 * STORM_ROUTES} changes by others, and RIP goes on meanwhile`, async () => {
    const { heals } = await kernel.counts();
    const file = join(kernel.lab.directory, 'storm');
    const destination = (at: number): string =>
      protocol.family === 'ipv4' ? `11.0.${at >> 8}.${at & 0xff}` : `fd11::${at >> 8}:${at & 0xff}`;
    const way = kernel.words('via @9 proto static metric 50').slice(2).join(' ');
    const commands = ['add', 'del'].flatMap((operation) =>
      Array.from({ length: STORM_ROUTES }, (_, at) => `route ${operation} ${destination(at)} ${way}`),
    );
    writeFileSync(file, `${commands.join('\n')}\n`);
    const storm = kernel.router.start(kernel.words(`-batch ${file}`));
    const newcomers = Array.from({ length: 100 }, (_, at) => protocol.in(`10.101.${at}.0/24`));
    await kernel.say('first', newcomers);
    await kernel.untilCount(kernel.size + newcomers.length);
    await kernel.say('first', newcomers, 16);
    await kernel.untilAsLearned();
    expect(await storm.exited).toBe(0);
    await kernel.untilAsLearned();
    expect((await kernel.counts()).heals).toBe(heals);
  });
});
