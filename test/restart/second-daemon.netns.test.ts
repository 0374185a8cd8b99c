// A second ripd in one namespace: on the same interfaces, on others, and where it cannot see who is there.
import { type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configure, readyRipd, ripd } from '../daemon/ripd-process.ts';
import { kernelRoutes } from '../kit/kernel.ts';
import { ripng } from '../kit/protocol.ts';
import { Speaker } from '../kit/speaker.ts';

const CONVERGENCE_MS = 30_000;

describe('Beside a ripd that runs on eth0', () => {
  let lab: NamespaceLab;
  let node: LabNode;
  let first: LabProcess;
  let neighbor: Speaker;
  /** What became of routes since the first one has learned one. */
  const told: string[] = [];

  /** Of both protocols. */
  const configuration = (name: string, on: string): string => {
    const protocol = { interfaces: { [on]: {} } };
    const control = { socket: `${lab.directory}/${name}.sock` };
    return configure(lab.directory, name, { control, rip: protocol, ripng: protocol });
  };
  /** Starts a second one, which ends and says who has the ports. */
  const refused = async (
    on: string,
    where: string,
    holder: string,
    wrapper: readonly string[] = [],
  ): Promise<void> => {
    const { code, output } = await ripd(node, ['--config', configuration('second', on)], wrapper);
    const taken = (port: number): string =>
      `UDP port ${port} ${where} is taken by ${holder} (bind: EADDRINUSE)`;
    const reasons = `RIP does not run: ${taken(520)}; RIPng does not run: ${taken(521)}`;
    expect(output.split('\n').at(-1)).toBe(`ripd: ${reasons}`);
    expect(code).toBe(1);
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['router', 'neighbor'],
      links: [
        [
          { node: 'router', interface: 'eth0', addresses: ['192.168.1.1/24'] },
          { node: 'neighbor', interface: 'eth0', addresses: ['192.168.1.2/24'] },
        ],
        [{ node: 'router', interface: 'eth1', addresses: ['192.168.2.1/24'] }],
      ],
    });
    node = lab.node('router');
    for (const name of ['eth0', 'eth1']) await ripng.speaker(node, name);
    first = await readyRipd(node, '--config', configuration('first', 'eth0'));
    neighbor = await Speaker.open(lab.node('neighbor'), 'eth0');
    neighbor.announce([{ prefix: '10.9.0.0/16', tag: 0, nextHop: undefined, metric: 1 }]);
    const isThere = async (): Promise<boolean> => (await kernelRoutes(node, 'rip')).length > 0;
    await until('the first one has learned a route', CONVERGENCE_MS, isThere);
    node.kernel.subscribe(
      ['route'],
      (notifications) => void told.push(...notifications.map(({ operation }) => operation)),
      () => void told.push('overrun'),
    );
  });
  afterAll(async () => {
    await neighbor?.close();
    await lab?.close();
  });

  it('another one is refused there', async () => {
    await refused('eth0', 'on eth0', `process ${first.pid} (ripd)`);
  });

  it('another one is refused on other interfaces: it would take the routes of the first for left behind', async () => {
    await refused('eth1', 'of this network namespace', `process ${first.pid} (ripd)`);
  });

  it('another one that cannot see its process names its user', async () => {
    const inside = ['unshare', '--pid', '--fork', '--mount-proc'];
    await refused('eth0', 'on eth0', 'another process of user 0', inside);
  });

  it('nothing has touched the route of the first', async () => {
    expect(told).toEqual([]);
    expect(await kernelRoutes(node, 'rip')).toHaveLength(1);
  });
});
