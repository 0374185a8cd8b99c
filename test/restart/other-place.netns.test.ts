// A restart after which ripd keeps another part of the kernel's table: what the earlier run has left there is not its own any more.
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { type Protocol, rip, ripng } from '@ripstop/rip';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pair } from '../kit/pair.ts';
import { ripng as judge } from '../kit/protocol.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';

const CONVERGENCE_MS = 30_000;
const families = [
  { protocol: rip, prefix: '10.9.0.0/16', ip: ['ip'] },
  { protocol: ripng, prefix: 'fd09::/32', ip: ['ip', '-6'] },
];

describe('Routes of an earlier run', () => {
  let lab: NamespaceLab;
  let node: LabNode;
  let ripd: RipdRouter;

  /** With metric 20 in table main, if nothing else is said. */
  const start = async (kernel: object): Promise<void> => {
    const interfaces = { eth0: {} };
    const protocols = { rip: { interfaces }, ripng: { interfaces } };
    ripd = await RipdRouter.start(node, lab.directory, {
      kernel: { 'stale-time': 0.1, ...kernel },
      ...protocols,
    });
  };
  const learn = async (protocol: Protocol, prefix: string): Promise<void> => {
    const neighbor = await Speaker.open(lab.node('neighbor'), 'eth0', { protocol });
    neighbor.announce([{ prefix, tag: 0, nextHop: undefined, metric: 1 }]);
    await neighbor.close();
  };
  /** All routes to a prefix, as `ip` shows them: `table 254 proto 189 metric 20`. */
  const routes = async ({ protocol: { family }, prefix }: (typeof families)[number]): Promise<string[]> => {
    const all = await node.kernel.routes.list({ family });
    return all
      .filter(({ destination }) => destination !== undefined && prefix.startsWith(destination))
      .map(({ table, protocol, priority }) => `table ${table} proto ${protocol} metric ${priority}`)
      .sort();
  };
  const untilRoutes = async (...expected: string[]): Promise<void> => {
    for (const family of families)
      await expect.poll(() => routes(family), { timeout: CONVERGENCE_MS }).toEqual(expected);
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay(pair);
    node = lab.node('router');
    for (const each of lab.nodes) await judge.speaker(each, 'eth0');
  });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    await start({});
    for (const { protocol, prefix } of families) await learn(protocol, prefix);
    await untilRoutes('table 254 proto rip metric 20');
    ripd.daemon.kill();
    await ripd.daemon.exited;
  });

  it.each([
    [{ metric: 30 }, 'table 254 proto rip metric 30', ['proto', 'rip', 'metric', '20']],
    [{ table: 100 }, 'table 100 proto rip metric 20', ['table', 'main', 'proto', 'rip']],
    [{ protocol: 201 }, 'table 254 proto 201 metric 20', ['proto', 'rip']],
  ] as const)(
    'stay where ripd keeps %j now, until a command removes just them',
    async (kernel, ours, which) => {
      await start(kernel);
      for (const { protocol, prefix } of families) await learn(protocol, prefix);
      // One prefix, table and metric is one place: there ours waits for the other protocol's route to go.
      const both = 'protocol' in kernel ? [] : [ours];
      await untilRoutes(...['table 254 proto rip metric 20', ...both].sort());
      for (const { ip } of families) await node.exec(...ip, 'route', 'flush', ...which);
      await untilRoutes(ours);
      expect(await ripd.daemon.stop()).toBe(0);
      await untilRoutes();
    },
  );
});
