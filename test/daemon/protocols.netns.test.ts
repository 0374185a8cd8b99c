/** One `ripd` that speaks RIP and RIPng on the same interfaces: together, and each without the other. */
import { join } from 'node:path';
import { type LabNode, NamespaceLab, type Topology, until } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { learnedPrefixes } from '../kit/kernel.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { occupy } from './occupant.ts';
import { configure, messages, ripd } from './ripd-process.ts';

/** Duplicate address detection takes a second or two, and what was missed is said again in the next update. */
const ROUTE_MS = 30_000;

/** Two routers, and a network behind each. Addresses are tentative at first, as on any host. */
const topology: Topology = {
  nodes: ['left', 'right'],
  links: [
    [
      { node: 'left', interface: 'eth0', addresses: ['192.168.1.1/24'] },
      { node: 'right', interface: 'eth0', addresses: ['192.168.1.2/24'] },
    ],
    [{ node: 'left', interface: 'lan0', addresses: ['10.1.0.1/16', '2001:db8:1::1/64'] }],
    [{ node: 'right', interface: 'lan0', addresses: ['10.2.0.1/16', '2001:db8:2::1/64'] }],
  ],
  duplicateAddressDetection: true,
};

const instance = { interfaces: { eth0: {}, lan0: { passive: true } } };
const both = { rip: instance, ripng: instance };

let lab: NamespaceLab;
let left: LabNode;
let right: LabNode;

beforeEach(async () => {
  lab = await NamespaceLab.lay(topology);
  left = lab.node('left');
  right = lab.node('right');
});
afterEach(async () => {
  await lab?.close();
});

const start = (node: LabNode, configuration: object = both): Promise<RipdRouter> =>
  RipdRouter.start(node, lab.directory, { ...configuration });

/** Waits until a node has exactly these routes of RIP and of RIPng. */
async function untilLearned(node: LabNode, ...expected: string[]): Promise<void> {
  const learned = async (): Promise<string[]> => [
    ...(await learnedPrefixes(node, 'ipv4')),
    ...(await learnedPrefixes(node, 'ipv6')),
  ];
  await expect.poll(learned, { timeout: ROUTE_MS }).toEqual(expected);
}

async function setDisabled(node: LabNode, name: string, value: 0 | 1): Promise<void> {
  await node.exec('sh', '-c', `echo ${value} >/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
}

interface Status {
  readonly state: string;
  readonly neighbors: number;
  readonly protocols: readonly {
    readonly protocol: string;
    readonly state: string;
    readonly reason?: string;
  }[];
}
const status = (router: RipdRouter): Promise<Status> => router.show('status') as Promise<Status>;

describe('RIP and RIPng in one process', () => {
  it('route both families, and are shown together', async () => {
    const router = await start(left);
    await start(right);
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    await untilLearned(right, '10.1.0.0/16', '2001:db8:1::/64');
    await left.exec('ping', '-c', '1', '-w', '5', '-I', '10.1.0.1', '10.2.0.1');
    await left.exec('ping', '-6', '-c', '1', '-w', '5', '-I', '2001:db8:1::1', '2001:db8:2::1');

    const named = (await router.show('interfaces')).map(({ name, protocol, state }) => [
      protocol,
      name,
      state,
    ]);
    expect(named).toEqual([
      ['rip', 'eth0', 'up'],
      ['rip', 'lan0', 'passive'],
      ['ripng', 'eth0', 'up'],
      ['ripng', 'lan0', 'passive'],
    ]);
    const address = await right.linkLocalAddress('eth0');
    const neighbors = (await router.show('neighbors')).map((one) => [one.protocol, one.address, one.state]);
    expect(neighbors).toEqual([
      ['rip', '192.168.1.2', 'up'],
      ['ripng', address, 'up'],
    ]);
    const prefix = async (of: string): Promise<unknown> => router.show('routes', of);
    expect(await prefix('2001:db8:2::9')).toMatchObject([
      { prefix: '2001:db8:2::/64', nextHops: [{ gateway: address, interface: 'eth0' }] },
    ]);
    expect(await prefix('10.2.0.0/16')).toMatchObject([{ prefix: '10.2.0.0/16', metric: 2 }]);
    expect(await status(router)).toMatchObject({
      state: 'running',
      neighbors: 2,
      protocols: [
        { protocol: 'rip', state: 'running', neighbors: 1, kernel: { installed: 1 } },
        { protocol: 'ripng', state: 'running', neighbors: 1, kernel: { installed: 1 } },
      ],
    });
  });

  it('say farewell at SIGTERM, and leave no route', async () => {
    const router = await start(left);
    await start(right);
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    await untilLearned(right, '10.1.0.0/16', '2001:db8:1::/64');
    expect(await router.daemon.stop()).toBe(0);
    await untilLearned(left);
    await untilLearned(right);
  });

  it('drain both, and say so', async () => {
    const router = await start(left);
    await start(right);
    await untilLearned(right, '10.1.0.0/16', '2001:db8:1::/64');
    await router.drain();
    expect(await status(router)).toMatchObject({
      state: 'draining',
      protocols: [{ state: 'draining' }, { state: 'draining' }],
    });
  });

  it('come and go with SIGHUP, each without the other noticing', async () => {
    const router = await start(left, { ripng: instance });
    await start(right);
    await untilLearned(right, '2001:db8:1::/64');
    await router.reload(both);
    await untilLearned(right, '10.1.0.0/16', '2001:db8:1::/64');
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    await router.reload({ rip: instance });
    await untilLearned(right, '10.1.0.0/16');
    await untilLearned(left, '10.2.0.0/16');
    expect((await status(router)).protocols).toMatchObject([{ protocol: 'rip', state: 'running' }]);
    const interruption = /"protocol":"rip",.*("RIP has stopped|"neighbor lost")/;
    await router.reload(both);
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    expect(messages(router.daemon, interruption)).toEqual([]);
    await router.reload({ ripng: instance });
    expect(messages(router.daemon, interruption)).toEqual(['RIP has stopped']);
    expect((await status(router)).protocols).toMatchObject([{ protocol: 'ripng', state: 'running' }]);
  });
});

describe('RIPng that cannot run', () => {
  it('because IPv6 is disabled on the interface leaves RIP running, and begins when it is enabled', async () => {
    await setDisabled(left, 'eth0', 1);
    const router = await start(left);
    await start(right);
    await untilLearned(left, '10.2.0.0/16');
    expect(messages(router.daemon, /"protocol":"ripng".*disabled/)).toEqual([
      'IPv6 is disabled on eth0: RIPng does not run there until net.ipv6.conf.eth0.disable_ipv6 is 0',
    ]);
    expect((await status(router)).state).toBe('running');
    await setDisabled(left, 'eth0', 0);
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    await untilLearned(right, '10.1.0.0/16', '2001:db8:1::/64');
    await setDisabled(left, 'eth0', 1);
    await untilLearned(left, '10.2.0.0/16');
    expect(await router.daemon.stop()).toBe(0);
  });

  it('because its port is taken leaves RIP running, names who has it, and runs when that has gone', async () => {
    for (const name of ['eth0', 'lan0']) await left.linkLocalAddress(name);
    const occupant = await occupy(left, 'udp6', 521);
    const router = await start(left);
    await start(right);
    await untilLearned(left, '10.2.0.0/16');
    const reason = `UDP port 521 on eth0, lan0 is taken by process ${occupant.pid} (node)`;
    expect(messages(router.daemon, /taken/)).toEqual([
      expect.stringMatching(/^RIPng does not run: .*; it is tried again$/),
    ]);
    expect(messages(router.daemon, /taken/)).toEqual([expect.stringContaining(reason)]);
    expect(await status(router)).toMatchObject({
      state: 'failed',
      protocols: [{ state: 'running' }, { state: 'failed', reason: expect.stringContaining(reason) }],
    });
    occupant.kill();
    await until('RIPng runs', ROUTE_MS, () => messages(router.daemon, /"RIPng runs"/).length === 1);
    await untilLearned(left, '10.2.0.0/16', '2001:db8:2::/64');
    expect((await status(router)).state).toBe('running');
  });

  it('because its port was taken before it had an address says so, too', async () => {
    await setDisabled(left, 'eth0', 1);
    await setDisabled(left, 'lan0', 1);
    await occupy(left, 'udp6', 521);
    const router = await start(left);
    await setDisabled(left, 'eth0', 0);
    await router.daemon.waitForLine(/RIPng does not run: UDP port 521 on eth0 is taken/, ROUTE_MS);
    expect((await status(router)).protocols).toMatchObject([{ state: 'running' }, { state: 'failed' }]);
  });

  it('because the kernel has no IPv6 leaves RIP running, and says what to do', async () => {
    const path = configure(lab.directory, 'none', {
      control: { socket: join(lab.directory, 'none.sock') },
      ...both,
    });
    // What a kernel without IPv6 has not, this process cannot see.
    const hide = 'mount -t tmpfs none /proc/sys/net/ipv6 && exec "$@"';
    const wrapper = ['unshare', '--mount', 'sh', '-c', hide, 'sh'];
    const bin = join(import.meta.dirname, '../../apps/ripd/bin/ripd.js');
    const daemon = left.start([...wrapper, process.execPath, bin, '--config', path]);
    await daemon.waitForLine(/^ready$/, ROUTE_MS);
    expect(daemon.output.filter((line) => line.includes('does not run'))).toEqual([
      expect.stringMatching(
        /RIPng does not run: this kernel has no IPv6: boot without ipv6\.disable=1, .*SIGHUP/,
      ),
    ]);
    await start(right);
    await untilLearned(left, '10.2.0.0/16');
    daemon.signal('SIGHUP');
    await daemon.waitForLine(/"reloaded"/, ROUTE_MS);
    expect(daemon.output.filter((line) => line.includes('does not run'))).toHaveLength(2);
    expect(await daemon.stop()).toBe(0);
  });
});

describe('RIP that cannot run', () => {
  it('because its port is taken leaves RIPng running', async () => {
    const occupant = await occupy(left, 'udp4', 520);
    const router = await start(left);
    await start(right);
    await untilLearned(left, '2001:db8:2::/64');
    expect(messages(router.daemon, /taken/)).toEqual([
      expect.stringContaining(
        `RIP does not run: UDP port 520 on eth0, lan0 is taken by process ${occupant.pid} `,
      ),
    ]);
  });

  it('nor RIPng either ends ripd, which names both', async () => {
    for (const name of ['eth0', 'lan0']) await left.linkLocalAddress(name);
    const four = await occupy(left, 'udp4', 520);
    const six = await occupy(left, 'udp6', 521);
    const path = configure(lab.directory, 'none', {
      control: { socket: join(lab.directory, 'none.sock') },
      ...both,
    });
    const { code, output } = await ripd(left, ['--config', path]);
    expect(code).toBe(1);
    const last = output.split('\n').at(-1);
    expect(last).toMatch(/^ripd: RIP does not run: .*; RIPng does not run: /);
    expect(last).toContain(`UDP port 520 on eth0, lan0 is taken by process ${four.pid} `);
    expect(last).toContain(`UDP port 521 on eth0, lan0 is taken by process ${six.pid} `);
  });
});

describe('the host', () => {
  it('is warned of if it does not forward, each family by its own setting', async () => {
    await left.exec('sh', '-c', 'echo 0 >/proc/sys/net/ipv6/conf/all/forwarding');
    const router = await start(left);
    expect(messages(router.daemon, /forward/)).toEqual([
      expect.stringMatching(/^net\.ipv6\.conf\.all\.forwarding is 0: .*set it to 1$/),
    ]);
  });
});
