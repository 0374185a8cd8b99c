/** Somebody changes one of ripd's routes by hand: it is put back as it was, counted, and the log says who it was. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocols } from '../kit/protocol.ts';
import { SharedKernel } from './shared-kernel.ts';

interface Alteration {
  /** Commands of `ip`, one process each. LONE and BOTH are prefixes with one next hop and with two. */
  readonly commands: readonly string[];
  readonly change: 'deleted' | 'altered';
}

const ours = 'proto rip metric 20';
const alterations: Readonly<Record<string, Alteration>> = {
  'is deleted': { commands: ['route del LONE'], change: 'deleted' },
  'gets another next hop': { commands: [`route replace LONE via @9 ${ours}`], change: 'altered' },
  'gets a second next hop': { commands: [`route append LONE via @9 ${ours}`], change: 'altered' },
  'becomes a blackhole': { commands: [`route replace blackhole LONE ${ours}`], change: 'altered' },
  'gets an MTU': { commands: [`route replace LONE via @1 mtu 1400 ${ours}`], change: 'altered' },
  'gets a preferred source': { commands: [`route replace LONE via @1 src OWN ${ours}`], change: 'altered' },
  'leads by a next-hop object': {
    commands: ['nexthop add id 7 via @9', `route replace LONE nhid 7 ${ours}`],
    change: 'altered',
  },
  'loses one of its two next hops': { commands: [`route replace BOTH via @1 ${ours}`], change: 'altered' },
  'prefers one of its two next hops': {
    commands: [`route replace BOTH ${ours} nexthop via @1 weight 5 nexthop via @2`],
    change: 'altered',
  },
  'is deleted with both next hops': { commands: ['route del BOTH'], change: 'deleted' },
};
/** What only IPv6 can do: each next hop is a route of its own. */
const ipv6Alterations: Readonly<Record<string, Alteration>> = {
  'has one of its two next hops deleted': { commands: [`route del BOTH via @2 ${ours}`], change: 'deleted' },
  'gets a preference': { commands: [`route replace LONE via @1 pref high ${ours}`], change: 'altered' },
};

describe.each(protocols)('beside 10,000 routes of $name, a route that', (protocol) => {
  let kernel: SharedKernel;
  const times: string[] = [];

  beforeAll(async () => {
    kernel = await SharedKernel.lay(protocol);
  });
  afterAll(async () => {
    await kernel?.close();
    console.log(`${protocol.name}: put back within (ms, as often as ip could be asked) ${times.join(', ')}`);
  });

  const known = { ...alterations, ...(protocol.family === 'ipv6' && ipv6Alterations) };
  describe.each(Object.keys(known).map((what, at) => [what, at] as const))('%s', (what, at) => {
    it('is put back as it was, counted and reported', async () => {
      const { commands, change } = known[what] as Alteration;
      const prefix = commands.join().includes('BOTH') ? kernel.both(at % 8) : kernel.lone(at * 100);
      const { heals } = await kernel.counts();
      for (const command of commands) {
        const own = protocol.in('10.200.1.1/24').replace(/\/.*/, '');
        await kernel.ip(command.replace(/LONE|BOTH/, prefix).replace('OWN', own));
      }
      const time = await kernel.untilRoutes(prefix, kernel.asLearned(prefix));
      await kernel.untilLogged({ prefix, change, culprit: /^(ip \()?netlink port \d+\)?$/ });
      expect((await kernel.counts()).heals).toBe(heals + 1);
      times.push(`${change} ${Math.round(time)}`);
    });
  });

  it('is taken by a program that runs on, is reported with the name of that program', async () => {
    const prefix = kernel.lone(9_000);
    const commands = join(kernel.lab.directory, 'commands');
    await kernel.router.exec('mkfifo', commands);
    const fd = openSync(commands, 'r+');
    writeSync(fd, `route del ${prefix} ${ours}\n`);
    const program = kernel.router.start(kernel.words(`-batch ${commands}`));
    await kernel.untilLogged({ prefix, change: 'deleted', culprit: `ip (netlink port ${program.pid})` });
    closeSync(fd);
    expect(await program.exited).toBe(0);
  });
});
