/** `ripctl show kernel`: how the real kernel stands to our routes, and why, in its own words. */
import { join } from 'node:path';
import { type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { ripng } from '@ripstop/rip';
import type { KernelRouteSnapshot } from '@ripstop/router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerAt } from '../kit/control-socket.ts';
import { pair } from '../kit/pair.ts';
import { Speaker } from '../kit/speaker.ts';
import { configure, readyRipd, ripctl } from './ripd-process.ts';

const WAIT_MS = 30_000;

interface KernelAnswer {
  readonly routes: readonly KernelRouteSnapshot[];
}

let lab: NamespaceLab;
let router: LabNode;
let daemon: LabProcess;
let speaker: Speaker;
let socket: string;

const ip = (command: string): Promise<string> => router.exec('ip', ...command.split(' '));

beforeAll(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  socket = join(lab.directory, 'ripd.sock');
  await ip('route add 10.1.0.0/16 via 192.168.1.2 proto rip metric 20');
  await ip('route add unreachable 192.168.1.50 scope link');
  await ip('route add 10.2.0.0/16 via 192.168.1.9 proto static metric 20');
  await ip('route add 10.3.0.0/16 via 192.168.1.9 proto static metric 5');
  await ip('route add 10.3.0.0/16 via 192.168.1.8 proto bird metric 7');
  const path = configure(lab.directory, 'ripd', {
    control: { socket },
    rip: { interfaces: { eth0: {} } },
    ripng: { interfaces: { eth0: {} } },
  });
  daemon = await readyRipd(router, '--config', path);
  speaker = await Speaker.open(lab.node('neighbor'), 'eth0');
  const entry = { tag: 0, nextHop: undefined, metric: 2 };
  speaker.announce([
    { ...entry, prefix: '10.2.0.0/16' },
    { ...entry, prefix: '10.3.0.0/16' },
    { ...entry, prefix: '10.4.0.0/16' },
    { ...entry, prefix: '10.5.0.0/16', nextHop: '192.168.1.50' },
  ]);
  await lab.node('neighbor').linkLocalAddress('eth0');
  const six = await Speaker.open(lab.node('neighbor'), 'eth0', { protocol: ripng });
  six.announce([{ ...entry, prefix: '2001:db8:4::/48' }]);
  await six.close();
  await until('the kernel has answered', WAIT_MS, async () => {
    const all = await states();
    return all.length === 6 && !all.some((state) => state.includes('pending'));
  });
});
afterAll(async () => {
  await speaker?.close();
  await lab?.close();
});

const show = (...what: string[]): Promise<{ code: number; output: string }> =>
  ripctl(router, '--socket', socket, 'show', 'kernel', ...what);

async function shown(query = ''): Promise<readonly KernelRouteSnapshot[]> {
  return ((await answerAt(socket, `/kernel${query}`)) as KernelAnswer).routes;
}
const states = async (): Promise<string[]> =>
  (await shown('?all')).map(({ prefix, state }) => `${prefix} ${state}`);

describe('ripctl show kernel', () => {
  it('counts the routes of each protocol, and tells of those that are not simply installed, and why', async () => {
    const { output } = await show();
    expect(output.split('\n')).toEqual([
      'table main, metric 20, proto rip',
      '',
      'Protocol  Wanted  Installed  Shadowed  Conflicting  Failed  Stale  Heals  Overruns',
      'rip            4          1         1            1       1      1      0         0',
      'ripng          1          1         0            0       0      0      0         0',
      '',
      'Prefix       Via           Interface  State     Heals',
      '10.1.0.0/16  -             -          stale         0',
      '  of an earlier run: no neighbor has announced it again',
      '10.2.0.0/16  192.168.1.2   eth0       conflict      0',
      '  a route of proto static has this prefix and metric',
      '10.3.0.0/16  192.168.1.2   eth0       shadowed      0',
      '  a route of proto static with metric 5 serves',
      '10.5.0.0/16  192.168.1.50  eth0       failed        0',
      expect.stringMatching(/^ {2}.*Nexthop has invalid gateway/),
    ]);
  });

  it('tells the same in JSON', async () => {
    const answer = JSON.parse((await show('--json')).output) as KernelAnswer;
    expect(answer).toMatchObject({
      place: { table: 254, metric: 20, protocol: 189 },
      protocols: [
        { protocol: 'rip', wanted: 4, installed: 1, shadowed: 1, conflicting: 1, failed: 1, stale: 1 },
        { protocol: 'ripng', wanted: 1, installed: 1 },
      ],
    });
    expect(answer.routes).toHaveLength(4);
    expect(answer.routes[3]).toEqual({
      prefix: '10.5.0.0/16',
      nextHops: [{ gateway: '192.168.1.50', interface: 'eth0', interfaceIndex: expect.any(Number) }],
      state: 'failed',
      reason: expect.stringContaining('Nexthop has invalid gateway'),
      heals: 0,
    });
  });

  it('tells of all, or of one, by its prefix or an address', async () => {
    expect((await show('--all')).output).toMatch(/^10\.4\.0\.0\/16 .* installed /m);
    expect(await states()).toEqual([
      '10.1.0.0/16 stale',
      '10.2.0.0/16 conflict',
      '10.3.0.0/16 shadowed',
      '10.4.0.0/16 installed',
      '10.5.0.0/16 failed',
      '2001:db8:4::/48 installed',
    ]);
    expect(await shown('?prefix=10.4.1.2')).toMatchObject([{ prefix: '10.4.0.0/16', state: 'installed' }]);
    expect(await shown('?prefix=2001:db8:4::/48')).toMatchObject([{ state: 'installed' }]);
    expect(await show('192.0.2.1')).toEqual({
      code: 1,
      output:
        'ripctl: ripd has no route to 192.0.2.1 in the kernel; ripctl show kernel --all lists those it has',
    });
    expect((await show('10.4.0.0/16', '--all')).code).toBe(2);
  });

  it('names who took a route that was put back', async () => {
    await ip('route del 10.4.0.0/16');
    await daemon.waitForLine(/10\.4\.0\.0\/16.*it is back/, WAIT_MS);
    expect((await show('10.4.0.0/16')).output.split('\n')).toEqual([
      'Prefix       Via          Interface  State      Heals',
      '10.4.0.0/16  192.168.1.2  eth0       installed      1',
      expect.stringMatching(/^ {2}last taken by netlink port \d+$/),
    ]);
  });
});

describe('other views', () => {
  const of = async (...what: string[]): Promise<string> =>
    (await ripctl(router, '--socket', socket, 'show', ...what)).output;

  it('count what is in the way, and show it with each route', async () => {
    expect(await of('status')).toContain('1 shadowed, 1 conflicting, 1 failed: see ripctl show kernel');
    expect(await of('routes', '10.2.0.0/16')).toContain('conflict: a route of proto static has this');
    expect(await of('routes', '10.3.0.0/16')).toContain('shadowed: a route of proto static with metric 5');
    expect(await of('routes', '10.5.0.0/16')).toMatch(/failed: .*Nexthop has invalid gateway/);
  });
});

describe('what was in the way', () => {
  it('is not shown any more when it has gone', async () => {
    await ip('route del 10.2.0.0/16 proto static');
    await ip('route del 10.3.0.0/16 metric 5');
    await ip('route del unreachable 192.168.1.50');
    // What was refused is tried again when something changes that may help; else by the clock, ever later.
    await ip('address add 192.168.9.1/24 dev eth0');
    await expect.poll(states, { timeout: WAIT_MS }).toContain('10.2.0.0/16 installed');
    await expect.poll(states, { timeout: WAIT_MS }).toContain('10.5.0.0/16 installed');
    expect(await shown()).toMatchObject([
      { prefix: '10.1.0.0/16', state: 'stale' },
      { prefix: '10.3.0.0/16', state: 'shadowed', reason: 'a route of proto bird with metric 7 serves' },
    ]);
  });
});
