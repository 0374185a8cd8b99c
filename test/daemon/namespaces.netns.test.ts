/** Several routers in one `ripd`, each in a network namespace of its own; and namespaces that go. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { type Entry, ripng } from '@ripstop/rip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerAt } from '../kit/control-socket.ts';
import { Speaker } from '../kit/speaker.ts';
import { FreeNamespace } from './free-namespace.ts';
import { configure, messages, readyRipd, ripctl, ripd } from './ripd-process.ts';

const WAIT_MS = 30_000;
/** The same in both namespaces: nothing of one may be taken for something of the other. */
const addresses = [
  ['192.168.1.1/24', '192.168.1.2/24'],
  ['2001:db8::1/64', '2001:db8::2/64'],
] as const;
const interfaces = { eth0: {} };

let lab: NamespaceLab;
/** Where ripd's process is. */
let host: LabNode;
let north: LabNode;
let south: LabNode;
let blue: FreeNamespace;
let red: FreeNamespace;

beforeAll(async () => {
  lab = await NamespaceLab.lay({ nodes: ['host', 'north', 'south'], links: [] });
  host = lab.node('host');
  north = lab.node('north');
  south = lab.node('south');
  blue = new FreeNamespace(host, 'blue');
  red = new FreeNamespace(host, 'red');
});
afterAll(async () => {
  await lab?.close();
  for (const namespace of [blue, red]) namespace?.delete();
});

const socket = (name: string): string => join(lab.directory, `${name}.sock`);
const fileOf = (name: string, netns: string, changes: object = {}): string =>
  configure(lab.directory, name, {
    netns,
    control: { socket: socket(name) },
    'state-directory': join(lab.directory, 'state'),
    rip: { interfaces },
    ...changes,
  });
const entry = (prefix: string): Entry => ({ prefix, tag: 0, nextHop: undefined, metric: 2 });

/** Prefixes of RIP's routes, in any table: `10.0.0.0/8 table 100`. */
async function routesIn(namespace: FreeNamespace, family: '-4' | '-6' = '-4'): Promise<string[]> {
  const lines = (await namespace.ip(`${family} route show table all proto rip`)).split('\n');
  return lines
    .filter((line) => /^\S/.test(line))
    .map((line) => `${line.split(' ')[0]} table ${/table (\S+)/.exec(line)?.[1] ?? 'main'}`);
}

const hasEnd = async (node: LabNode): Promise<boolean> =>
  (await node.kernel.links.list()).some(({ name }) => name === 'eth0');

describe('two routers in one process', () => {
  let daemon: LabProcess;
  let fromNorth: Speaker;
  let fromSouth: Speaker;
  let files: readonly string[];
  /** Of files and sockets, while both run. */
  let descriptors: number;

  beforeAll(async () => {
    await blue.lay(north, addresses);
    await red.lay(south, addresses);
    files = [
      fileOf('blue', blue.name),
      // By its path this time.
      fileOf('red', `/run/netns/${red.name}`, {
        kernel: { table: 100, metric: 30 },
        ripng: { interfaces },
      }),
    ];
    daemon = await readyRipd(host, ...files.flatMap((file) => ['--config', file]));
    fromNorth = await Speaker.open(north, 'eth0');
    fromSouth = await Speaker.open(south, 'eth0');
  });

  const countDescriptors = (): number => readdirSync(`/proc/${daemon.pid}/fd`).length;

  it('are ready together, once, and each line of the log names its namespace', () => {
    expect(daemon.output.filter((line) => line === 'ready')).toHaveLength(1);
    const namespaces = daemon.output
      .filter((line) => line.includes('"RIP runs on the interface"'))
      .map((line) => (JSON.parse(line) as { namespace: string }).namespace);
    expect(namespaces.sort()).toEqual([`/run/netns/${red.name}`, blue.name]);
  });

  it('have what their own neighbors announce, each in its own table, with its own metric', async () => {
    fromNorth.announce([entry('10.0.0.0/8'), entry('10.1.0.0/16')]);
    fromSouth.announce([entry('10.2.0.0/16')]);
    await expect
      .poll(() => routesIn(blue), { timeout: WAIT_MS })
      .toEqual(['10.0.0.0/8 table main', '10.1.0.0/16 table main']);
    await expect.poll(() => routesIn(red), { timeout: WAIT_MS }).toEqual(['10.2.0.0/16 table 100']);
    expect(await red.ip('route show table 100')).toContain('metric 30');
    expect(await blue.ip('route show proto rip')).toContain('metric 20');
    const shown = async (name: string): Promise<unknown> =>
      ((await answerAt(socket(name), '/routes')) as { prefix: string; kind: string }[])
        .filter(({ kind }) => kind === 'learned')
        .map(({ prefix }) => prefix);
    expect(await shown('blue')).toEqual(['10.0.0.0/8', '10.1.0.0/16']);
    expect(await shown('red')).toEqual(['10.2.0.0/16']);
  });

  it('forward by a table of their own where a rule leads to it, in both families', async () => {
    await south.exec('ip', 'address', 'add', '10.2.0.1/32', 'dev', 'lo');
    await south.exec('ip', 'address', 'add', '2001:db8:2::1/128', 'dev', 'lo');
    await south.linkLocalAddress('eth0');
    const speaker = await Speaker.open(south, 'eth0', { protocol: ripng });
    speaker.announce([entry('2001:db8:2::/48')]);
    await speaker.close();
    await expect.poll(() => routesIn(red, '-6'), { timeout: WAIT_MS }).toEqual(['2001:db8:2::/48 table 100']);
    await expect(red.ip('route get 10.2.0.1')).rejects.toThrow('unreachable');
    for (const family of ['-4', '-6']) await red.ip(`${family} rule add from all lookup 100`);
    for (const destination of ['10.2.0.1', '2001:db8:2::1'])
      await host.exec('ip', 'netns', 'exec', red.name, 'ping', '-c', '1', '-W', '5', destination);
  });

  it('go on when the other one is in a flood and a fight', async () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `10.${64 + (at >> 8)}.${at & 255}.0/24`);
    const flood = setInterval(() => fromNorth.announce(names.map(entry)), 20);
    const deletions = 'while :; do ip route flush proto rip; done';
    const fight = host.start(['ip', 'netns', 'exec', blue.name, 'sh', '-c', deletions]);
    try {
      await until('blue fights for its routes', WAIT_MS, async () => {
        const { kernel } = (await answerAt(socket('blue'), '/status')) as { kernel: { heals: number } };
        return kernel.heals > 1_000;
      });
      fromSouth.announce([entry('10.2.0.0/16'), entry('10.3.0.0/16')]);
      await expect
        .poll(() => routesIn(red), { timeout: WAIT_MS })
        .toEqual(['10.2.0.0/16 table 100', '10.3.0.0/16 table 100']);
    } finally {
      clearInterval(flood);
      fight.kill();
      await fight.exited;
    }
    expect(await answerAt(socket('red'), '/status')).toMatchObject({ kernel: { heals: 0, overruns: 0 } });
  });

  it('both read their files again at SIGHUP', async () => {
    fileOf('blue', blue.name, { rip: { interfaces: { eth0: { cost: 5 } } } });
    daemon.signal('SIGHUP');
    await until('both have reloaded', WAIT_MS, () => messages(daemon, /"reloaded"/).length === 2);
    const cost = async (name: string): Promise<unknown> =>
      ((await answerAt(socket(name), '/interfaces')) as { cost: number }[])[0]?.cost;
    expect([await cost('blue'), await cost('red')]).toEqual([5, 1]);
    descriptors = countDescriptors();
  });

  it('end alone when their namespace is deleted, which is free then; the other one does not notice', async () => {
    const monitor = host.start(['ip', '-n', red.name, 'monitor', 'route', 'link']);
    blue.delete();
    await daemon.waitForLine(/blue".*the network namespace is gone: its router ends/, WAIT_MS);
    // The kernel frees it when our last socket there is closed; the link goes with it.
    await until('the other end of its link is gone', WAIT_MS, async () => !(await hasEnd(north)));
    expect((await ripctl(host, '--socket', socket('blue'), 'show', 'status')).code).toBe(3);
    fromSouth.announce([entry('10.4.0.0/16')]);
    await expect.poll(() => routesIn(red), { timeout: WAIT_MS }).toContain('10.4.0.0/16 table 100');
    expect(monitor.output.filter((line) => line.startsWith('Deleted'))).toEqual([]);
    monitor.kill();
  });

  it('start again at SIGHUP, when the namespace is there again', async () => {
    daemon.signal('SIGHUP');
    await daemon.waitForLine(/^ripd: \S+blue\.yaml: network namespace \S+blue: .*ENOENT/, WAIT_MS);
    await fromNorth.close().catch(() => undefined);
    await blue.lay(north, addresses);
    daemon.signal('SIGHUP');
    await until('blue runs again', WAIT_MS, () => messages(daemon, /blue".*"RIP runs on/).length === 2);
    const speaker = await Speaker.open(north, 'eth0');
    speaker.announce([entry('10.5.0.0/16')]);
    await speaker.close();
    await expect.poll(() => routesIn(blue), { timeout: WAIT_MS }).toEqual(['10.5.0.0/16 table main']);
    expect(messages(daemon, /red".*"RIP runs on/)).toHaveLength(1);
    await until('no descriptor has leaked', WAIT_MS, () => countDescriptors() <= descriptors);
  });

  it('end the process when the last one has ended: exit code 1', async () => {
    blue.delete();
    await until('blue has ended', WAIT_MS, () => messages(daemon, /blue".*is gone/).length === 2);
    expect(await answerAt(socket('red'), '/status')).toMatchObject({ state: 'running' });
    red.delete();
    expect(await daemon.exited).toBe(1);
    expect(daemon.output.at(-1)).toBe('ripd: no router is left');
    await until('both links are gone', WAIT_MS, async () => !(await hasEnd(north)) && !(await hasEnd(south)));
    await fromSouth.close().catch(() => undefined);
  });
});

describe('a namespace named by a process', () => {
  it('is gone when the process has ended', async () => {
    const owner = host.start(['unshare', '--net', 'sleep', 'infinity']);
    await until('it has its own namespace', WAIT_MS, async () => {
      const [own, theirs] = (
        await host.exec('readlink', '/proc/self/ns/net', `/proc/${owner.pid}/ns/net`)
      ).split('\n');
      return own !== theirs;
    });
    const daemon = await readyRipd(host, '--config', fileOf('process', `/proc/${owner.pid}/ns/net`));
    owner.kill();
    expect(await daemon.exited).toBe(1);
    expect(messages(daemon, /is gone/)).toEqual(['the network namespace is gone: its router ends']);
  });
});

describe('several routers', () => {
  beforeAll(async () => {
    await blue.lay(north, addresses);
    await red.lay(south, addresses);
    // What an earlier run has left.
    await blue.ip('route add 10.9.0.0/16 via 192.168.1.2 proto rip metric 20');
  });

  const both = (): string[] =>
    ['blue', 'red'].flatMap((name) => ['--config', fileOf(name, name === 'blue' ? blue.name : red.name)]);

  it('do not start if one cannot; what is in the way is told with the file', async () => {
    const name = `${red.name}-nowhere`;
    const parameters = [...both(), '--config', fileOf('nowhere', name)];
    const { code, output } = await ripd(host, parameters);
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(`^ripd: \\S+nowhere.yaml: network namespace ${name}: .*\\(open: ENOENT\\)$`),
    );
  });

  it('leave the kernel as it is if one fails when others have started already', async () => {
    const program = `require('dgram').createSocket('udp4').bind(520, () => console.log('bound'))`;
    const occupant = host.start(['ip', 'netns', 'exec', red.name, process.execPath, '-e', program]);
    await occupant.waitForLine(/^bound$/, WAIT_MS);
    const { code, output } = await ripd(host, both());
    occupant.kill();
    expect(code).toBe(1);
    expect(output.split('\n').at(-1)).toMatch(
      new RegExp(`^ripd: \\S+red.yaml: UDP port 520 on eth0 is taken by process ${occupant.pid} `),
    );
    expect(await routesIn(blue)).toEqual(['10.9.0.0/16 table main']);
  });

  it('are refused if two are in one namespace, however it is named', async () => {
    const other = fileOf('other', `/run/netns/${blue.name}`, { kernel: { table: 100 } });
    const { code, output } = await ripd(host, [...both(), '--config', other]);
    expect(code).toBe(2);
    expect(output).toMatch(
      /^ripd: \S+blue\.yaml and \S+other\.yaml have the same network namespace, .*: give each its own netns$/,
    );
  });

  it('that run stop together at SIGTERM, each with its routes', async () => {
    await red.ip('route add 10.9.0.0/16 via 192.168.1.2 proto rip metric 20');
    const daemon = await readyRipd(host, ...both());
    expect(await daemon.stop()).toBe(0);
    expect([...(await routesIn(blue)), ...(await routesIn(red))]).toEqual([]);
    expect(messages(daemon, /"ripd stops"/)).toHaveLength(2);
    for (const name of ['blue', 'red'])
      await expect(answerAt(socket(name), '/status')).rejects.toThrow('ENOENT');
  });

  it('of two processes in one namespace the second is refused, whatever its table', async () => {
    const first = await readyRipd(host, '--config', fileOf('blue', blue.name));
    const other = fileOf('other', blue.name, { kernel: { table: 100, metric: 30 } });
    const { code, output } = await ripd(host, ['--config', other]);
    expect(code).toBe(1);
    expect(output.split('\n').at(-1)).toBe(
      `ripd: UDP port 520 on eth0 is taken by process ${first.pid} (ripd) (bind: EADDRINUSE)`,
    );
    expect(await first.stop()).toBe(0);
  });
});
