/** How `ripd` starts, and how it refuses to. */
import { join } from 'node:path';
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelRoutes } from '../kit/kernel.ts';
import { Speaker } from '../kit/speaker.ts';
import { configure, readyRipd, ripctl, ripd, startRipd } from './ripd-process.ts';

const WAIT_MS = 20_000;

let lab: NamespaceLab;
let left: LabNode;
let right: LabNode;

beforeEach(async () => {
  lab = await NamespaceLab.lay({
    nodes: ['left', 'right'],
    links: [
      [
        { node: 'left', interface: 'eth0', addresses: ['192.168.1.1/24'] },
        { node: 'right', interface: 'eth0', addresses: ['192.168.1.2/24'] },
      ],
    ],
  });
  left = lab.node('left');
  right = lab.node('right');
});
afterEach(async () => {
  await lab?.close();
});

const socket = (name: string): string => join(lab.directory, `${name}.sock`);

function configuration(name: string, changes: object = {}): string {
  const control = { socket: socket(name) };
  return configure(lab.directory, name, { control, rip: { interfaces: { eth0: {} } }, ...changes });
}

const isRunning = async (name: string): Promise<boolean> =>
  (await ripctl(left, '--socket', socket(name), 'show', 'status')).code === 0;

describe('ripd', () => {
  it.each([
    ['fatal', 'json'],
    ['trace', 'pretty'],
  ])('says that it is ready at log level %s, format %s', async (level, format) => {
    const daemon = await readyRipd(left, '--config', configuration('a', { log: { level, format } }));
    expect(daemon.output.filter((line) => line === 'ready')).toHaveLength(1);
    if (level === 'fatal') expect(daemon.output).toEqual(['ready']);
  });

  it('does not wait for an interface that is not there, and takes it when it comes', async () => {
    const path = configuration('a', { rip: { interfaces: { eth0: {}, 'late*': {} } } });
    await readyRipd(left, '--config', path);
    const ip = (command: string): Promise<string> => left.exec('ip', ...command.split(' '));
    await ip('link add late0 type veth peer name late1');
    await ip('addr add 192.168.7.1/24 dev late0');
    await ip('addr add 192.168.8.1/24 dev late1');
    await ip('link set late0 up');
    await ip('link set late1 up');
    const names = async (): Promise<unknown> => {
      const { output } = await ripctl(left, '--socket', socket('a'), '--json', 'show', 'interfaces');
      return (JSON.parse(output) as { name: string; state: string }[]).map(
        ({ name, state }) => `${name} ${state}`,
      );
    };
    await expect.poll(names, { timeout: WAIT_MS }).toEqual(['eth0 up', 'late0 up', 'late1 up']);
    await ip('link del late0');
    await expect.poll(names, { timeout: WAIT_MS }).toEqual(['eth0 up']);
  });

  it('runs several routers, each in its namespace, in one process', async () => {
    const files = [left, right].flatMap((node) => [
      '--config',
      configuration(node.name, { netns: node.namespace }),
    ]);
    const daemon = await readyRipd(left, ...files);
    expect(daemon.output.filter((line) => line === 'ready')).toHaveLength(1);
    const neighbors = async (name: string): Promise<string> =>
      (await ripctl(left, '--socket', socket(name), 'show', 'neighbors')).output;
    await expect.poll(() => neighbors('left'), { timeout: WAIT_MS }).toContain('192.168.1.2');
    await expect.poll(() => neighbors('right'), { timeout: WAIT_MS }).toContain('192.168.1.1');
    expect(await daemon.stop()).toBe(0);
  });

  it('warns when the host does not forward, and when it checks the way back strictly', async () => {
    await left.exec('sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_forward');
    await left.exec('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter');
    const { output } = await readyRipd(left, '--config', configuration('a'));
    expect(output.filter((line) => line.includes('ip_forward is 0'))).toHaveLength(1);
    expect(output.filter((line) => line.includes('rp_filter is strict on eth0'))).toHaveLength(1);
  });

  it('says nothing of the host when all is well', async () => {
    const { output } = await readyRipd(left, '--config', configuration('a'));
    expect(output.join('\n')).not.toMatch(/forward|rp_filter|disable/);
  });

  it('can be told another control socket', async () => {
    await readyRipd(left, '--config', configuration('a'), '--socket', socket('b'));
    expect(await isRunning('b')).toBe(true);
    expect(await isRunning('a')).toBe(false);
  });
});

describe('a directory that the kernel lets nobody make', () => {
  it('for state is told of, and keeps ripd neither from starting nor from stopping', async () => {
    const key = { 'key-id': 1, 'crypto-algorithm': 'hmac-sha-1', 'key-string': 'x' };
    const path = configuration('a', {
      'state-directory': '/proc/nope',
      rip: { interfaces: { eth0: { authentication: key } } },
    });
    const daemon = await readyRipd(left, '--config', path);
    expect(daemon.output.filter((line) => line.includes('see state-directory'))).toHaveLength(1);
    expect(await daemon.stop()).toBe(0);
  });

  it('for the control socket keeps ripd from starting', async () => {
    const path = configuration('a', { control: { socket: '/proc/nope/ripd.sock' } });
    const { code, output } = await ripd(left, ['--config', path]);
    expect(code).toBe(1);
    expect(output).toContain('control socket /proc/nope/ripd.sock: ENOENT');
  });
});

describe('a configured neighbor that is on no subnet', () => {
  it('is warned of', async () => {
    const path = configuration('a', { rip: { interfaces: { eth0: { neighbors: ['192.168.99.9'] } } } });
    const daemon = await readyRipd(left, '--config', path);
    await daemon.waitForLine(/192\.168\.99\.9.*on no subnet of the interface/, WAIT_MS);
  });
});

describe('ripd refuses to start', () => {
  it('beside another RIP daemon, names it, and does not touch its routes', async () => {
    const first = await readyRipd(left, '--config', configuration('a'));
    const speaker = await Speaker.open(right, 'eth0');
    speaker.announce([{ prefix: '10.9.0.0/16', tag: 0, nextHop: undefined, metric: 1 }]);
    await speaker.close();
    await expect.poll(() => kernelRoutes(left, 'rip'), { timeout: WAIT_MS }).toHaveLength(1);
    const monitor = left.start(['ip', 'monitor', 'route']);
    const path = configuration('b', { rip: { interfaces: { eth0: {}, lo: {} } } });
    const { code, output } = await ripd(left, ['--config', path]);
    expect(code).toBe(1);
    expect(output.split('\n').at(-1)).toBe(
      `ripd: UDP port 520 on eth0 is taken by process ${first.pid} (ripd) (bind: EADDRINUSE)`,
    );
    expect(await kernelRoutes(left, 'rip')).toHaveLength(1);
    expect(monitor.output).toEqual([]);
    expect(await isRunning('a')).toBe(true);
  });

  it('at the control socket of another daemon, and names it', async () => {
    const first = await readyRipd(left, '--config', configuration('a'));
    const { code, output } = await ripd(right, ['--config', configuration('a')]);
    expect(code).toBe(1);
    expect(output).toContain(
      `control socket ${socket('a')}: another daemon answers there (process ${first.pid})`,
    );
    expect(await isRunning('a')).toBe(true);
  });

  it.each([
    ['CAP_NET_ADMIN', '-net_admin', 'to change the kernel'],
    ['CAP_NET_BIND_SERVICE', '-net_bind_service', 'for UDP port 520 and 521'],
    ['CAP_SYS_ADMIN', '-sys_admin', 'to enter network namespace'],
  ])('without %s', async (capability, dropped, reason) => {
    const ripng = { interfaces: { eth0: {} } };
    const path = configuration('a', { netns: left.namespace, ripng });
    const { code, output } = await ripd(left, ['--config', path], ['setpriv', '--bounding-set', dropped]);
    expect(code).toBe(1);
    expect(output).toContain(`ripd: ${capability} is needed ${reason}`);
  });

  it('in a network namespace that does not exist', async () => {
    const { code, output } = await ripd(left, ['--config', configuration('a', { netns: 'rtr-nowhere' })]);
    expect(code).toBe(1);
    expect(output).toContain('network namespace rtr-nowhere');
  });

  it('with a bad file, and tells every mistake', async () => {
    const path = configuration('a', { rip: { interfaces: { eth0: { cost: 99 } }, tmers: {} } });
    const { code, output } = await ripd(left, ['--config', path]);
    expect(code).toBe(1);
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/a\.yaml:1:\d+: rip\.interfaces\.eth0\.cost is 99, expected /),
      expect.stringMatching(/a\.yaml:1:\d+: unknown key "tmers", expected perhaps "timers"$/),
    ]);
  });

  it.each([
    [[]],
    [['--config']],
    [['--config', 'a.yaml', '--nonsense']],
    [['--config', 'a.yaml', '--config', 'b.yaml', '--socket', '/tmp/x.sock']],
  ])('with the wrong arguments %j: exit code 2', async (parameters) => {
    expect((await ripd(left, parameters)).code).toBe(2);
  });

  it('with two routers in one namespace, or at one control socket', async () => {
    const other = configuration('b', { control: { socket: socket('a') }, netns: right.namespace });
    const same = ['--config', configuration('a'), '--config', other];
    const { code, output } = await ripd(left, same);
    expect(code).toBe(2);
    expect(output).toContain('have the same control socket');
    const twice = ['--config', configuration('a'), '--config', configuration('c')];
    expect((await ripd(left, twice)).code).not.toBe(0);
  });
});

describe('ripd check', () => {
  it('prints nothing for a good file', async () => {
    expect(await ripd(left, ['check', configuration('a')])).toEqual({ code: 0, output: '' });
  });

  it('prints what is unwise, and exits 0', async () => {
    const path = configuration('a', {
      rip: { timers: { update: 30, timeout: 20 }, interfaces: { eth0: {} } },
    });
    const { code, output } = await ripd(left, ['check', path]);
    expect(code).toBe(0);
    expect(output).toMatch(/^\S+a\.yaml:1:\d+: warning: eth0: a timeout of 20 s is not above/);
  });

  it('prints every mistake, and exits 1', async () => {
    const path = configuration('a', { rip: { interfaces: { eth0: { cost: 0, passiv: true } } } });
    const { code, output } = await ripd(left, ['check', path]);
    expect(code).toBe(1);
    expect(output.split('\n')).toHaveLength(2);
  });
});

describe('a start that is interrupted', () => {
  it('ends, and leaves nothing', async () => {
    const daemon = startRipd(left, ['--config', configuration('a')]);
    await daemon.waitForLine(/RIP runs on the interface|no group/, WAIT_MS);
    expect(await daemon.stop(), 'not killed').not.toBe(128 + 9);
    expect(await isRunning('a')).toBe(false);
  });
});
