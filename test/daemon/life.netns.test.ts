/** `ripd` at work: what `ripctl` shows of it, how it reloads, how it ends, and what it finds when it starts again. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, NamespaceLab } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelRoutes } from '../kit/kernel.ts';
import { pair } from '../kit/pair.ts';
import { Speaker } from '../kit/speaker.ts';
import { configure, readyRipd, ripctl, startRipd } from './ripd-process.ts';

const WAIT_MS = 20_000;

let lab: NamespaceLab;
let router: LabNode;
let neighbor: Speaker;
let socket: string;

beforeEach(async () => {
  lab = await NamespaceLab.lay({
    ...pair,
    links: [...pair.links, [{ node: 'router', interface: 'eth1', addresses: ['192.168.2.1/24'] }]],
  });
  router = lab.node('router');
  neighbor = await Speaker.open(lab.node('neighbor'), 'eth0');
  socket = join(lab.directory, 'ripd.sock');
});
afterEach(async () => {
  await neighbor?.close();
  await lab?.close();
});

function configuration(changes: object = {}): string {
  return configure(lab.directory, 'ripd', {
    control: { socket },
    rip: { interfaces: { eth0: {} } },
    ...changes,
  });
}

async function start(changes: object = {}): Promise<LabProcess> {
  return await readyRipd(router, '--config', configuration(changes));
}

function announce(...prefixes: string[]): void {
  neighbor.announce(prefixes.map((prefix) => ({ prefix, tag: 0, nextHop: undefined, metric: 2 })));
}

const prefixes = async (): Promise<string[]> =>
  (await kernelRoutes(router, 'rip')).map(({ prefix }) => prefix);
const installed = async (...expected: string[]): Promise<void> =>
  await expect.poll(prefixes, { timeout: WAIT_MS }).toEqual(expected);
const show = (...what: string[]): Promise<{ code: number; output: string }> =>
  ripctl(router, '--socket', socket, 'show', ...what);
const ip = (command: string): Promise<string> => router.exec('ip', ...command.split(' '));

describe('ripctl', () => {
  it('shows the daemon, its interfaces, its neighbors and its routes', async () => {
    const daemon = await start();
    announce('10.9.0.0/16');
    await installed('10.9.0.0/16');
    expect((await show('status')).output).toMatch(new RegExp(`process ${daemon.pid}, up .*s$`, 'm'));
    expect((await show('interfaces')).output).toMatch(
      /^eth0 +up +192\.168\.1\.1\/24 +1 +poison-reverse +- +1 /m,
    );
    expect((await show('neighbors')).output).toMatch(/^192\.168\.1\.2 +eth0 +up +2 +\d+\.\ds +1 +1 +0 +0$/m);
    const { code, output } = await show('routes');
    expect(code).toBe(0);
    expect(output.split('\n')).toEqual([
      expect.stringMatching(/^Prefix +Metric +Via +Interface /),
      expect.stringMatching(/^10\.9\.0\.0\/16 +3 +192\.168\.1\.2 +eth0 .* installed/),
      expect.stringMatching(/^192\.168\.1\.0\/24 +1 +connected +eth0 /),
    ]);
  });

  it('shows one route, by its prefix or by an address, in JSON too', async () => {
    await start();
    announce('10.9.0.0/16');
    await installed('10.9.0.0/16');
    for (const what of ['10.9.0.0/16', '10.9.1.2']) {
      const { output } = await ripctl(router, 'show', 'routes', what, '--json', '--socket', socket);
      expect(JSON.parse(output)).toMatchObject([
        { prefix: '10.9.0.0/16', metric: 3, kernel: { state: 'installed' } },
      ]);
    }
    expect(await show('routes', '172.16.0.0/12')).toMatchObject({
      code: 1,
      output: expect.stringContaining('no route'),
    });
  });

  it('shows why a neighbor is refused, and with which key packets are signed', async () => {
    const key = { 'key-id': 1, 'crypto-algorithm': 'hmac-sha-1', 'key-string': 'hunter2' };
    const daemon = await start({ rip: { interfaces: { eth0: { authentication: key } } } });
    announce('10.9.0.0/16');
    await daemon.waitForLine(/192\.168\.1\.2.*packet dropped: carries no authentication/, WAIT_MS);
    const { output } = await show('neighbors');
    expect(output.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^192\.168\.1\.2 +eth0 +refused /),
      expect.stringMatching(/^ {2}\d+\.\ds ago authentication-missing: \S/),
    ]);
    expect((await show('interfaces')).output).toMatch(/^eth0 .* inline: key 1, hmac-sha-1 /m);
    expect(await prefixes()).toEqual([]);
    expect(daemon.output.join('\n')).not.toContain('hunter2');
  });

  it('drains once, and says what became of it', async () => {
    await start();
    const drain = (): Promise<{ code: number; output: string }> =>
      ripctl(router, '--socket', socket, 'drain');
    expect(await drain()).toMatchObject({ code: 0, output: expect.stringMatching(/^draining: /) });
    expect(await drain()).toMatchObject({ code: 0, output: expect.stringMatching(/^already draining: /) });
  });

  it('says what to do when no daemon is there, and when it does not understand: exit codes 3 and 2', async () => {
    const { code, output } = await show('status');
    expect(code).toBe(3);
    expect(output).toBe(`ripctl: no ripd answers at ${socket}; start ripd, or name its socket with --socket`);
    expect((await show('nonsense')).code).toBe(2);
    expect((await ripctl(router)).code).toBe(2);
  });
});

describe('routes of others', () => {
  it('stand above ours: ripctl and the log say so, and SIGTERM leaves them', async () => {
    await ip('route add 10.9.0.0/16 via 192.168.1.9 proto static metric 20');
    const daemon = await start();
    announce('10.8.0.0/16', '10.9.0.0/16');
    await installed('10.8.0.0/16');
    const { output } = await show('routes', '10.9.0.0/16');
    expect(output).toContain('conflict: a route of proto static has this prefix and metric');
    await daemon.waitForLine(/10\.9\.0\.0\/16.*static/, WAIT_MS);
    expect(daemon.output.join('\n')).not.toContain('our route is in the kernel now');
    expect(await daemon.stop()).toBe(0);
    expect(await prefixes()).toEqual([]);
    expect(await ip('route show 10.9.0.0/16')).toContain('proto static metric 20');
  });

  it('that go make room for ours, and the log says that it is there', async () => {
    await ip('route add 10.9.0.0/16 via 192.168.1.9 proto static metric 20');
    const daemon = await start();
    announce('10.9.0.0/16');
    await daemon.waitForLine(/10\.9\.0\.0\/16.*ours waits until it is gone/, WAIT_MS);
    await ip('route del 10.9.0.0/16 proto static');
    await daemon.waitForLine(/10\.9\.0\.0\/16.*our route is in the kernel now/, WAIT_MS);
    await installed('10.9.0.0/16');
  });

  it('that take ours away are named in the log, and ours is back', async () => {
    const daemon = await start();
    announce('10.9.0.0/16');
    await installed('10.9.0.0/16');
    await ip('route del 10.9.0.0/16');
    await daemon.waitForLine(/10\.9\.0\.0\/16.*netlink port \d+.*our route was deleted; it is back/, WAIT_MS);
    await installed('10.9.0.0/16');
    await ip('route replace 10.9.0.0/16 via 192.168.1.9 proto static metric 20');
    await daemon.waitForLine(/10\.9\.0\.0\/16.*proto static.*our route was altered; it is back/, WAIT_MS);
    expect(await ip('route get 10.9.0.1')).toContain('via 192.168.1.2');
    expect((await show('status')).output).toContain('2 put back');
  });
});

describe('an orderly stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s leaves no route, no socket, and exits 0 in time',
    async (signal) => {
      const daemon = await start();
      announce(...Array.from({ length: 500 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`));
      await expect.poll(prefixes, { timeout: WAIT_MS }).toHaveLength(500);
      expect(await daemon.stop(signal)).toBe(0);
      expect(await prefixes()).toEqual([]);
      expect(existsSync(socket)).toBe(false);
    },
  );

  it('keeps the routes if it is told to', async () => {
    const daemon = await start({ kernel: { 'on-exit': 'keep' } });
    announce('10.9.0.0/16');
    await installed('10.9.0.0/16');
    expect(await daemon.stop()).toBe(0);
    expect(await prefixes()).toEqual(['10.9.0.0/16']);
  });
});

describe('after a crash', () => {
  it('the routes stay, those announced again are kept without a gap, the others go after the stale time', async () => {
    const first = await start();
    announce('10.8.0.0/16', '10.9.0.0/16');
    await installed('10.8.0.0/16', '10.9.0.0/16');
    expect(await first.stop('SIGKILL')).toBe(128 + 9);
    expect(await prefixes()).toHaveLength(2);
    const monitor = router.start(['ip', 'monitor', 'route']);
    const second = await start({ kernel: { 'stale-time': 3 } });
    announce('10.9.0.0/16');
    await second.waitForLine(/routes of an earlier run that nobody announces/, WAIT_MS);
    await installed('10.9.0.0/16');
    await expect.poll(() => monitor.output.length, { timeout: WAIT_MS }).toBeGreaterThan(0);
    expect(monitor.output).toEqual([expect.stringMatching(/^Deleted 10\.8\.0\.0\/16 /)]);
  });
});

describe('a log that nobody reads', () => {
  it('keeps ripd neither from routing nor from stopping', async () => {
    const pipe = join(lab.directory, 'stderr');
    await router.exec('mkfifo', pipe);
    // Someone has the pipe open and never reads: it is full after 64 KiB.
    const deaf = 'sleep 600 <"$0" & exec "$@" 2>"$0"';
    const parameters = ['--config', configuration({ log: { level: 'debug', format: 'json' } })];
    const daemon = startRipd(router, parameters, ['sh', '-c', deaf, pipe]);
    await expect.poll(async () => (await show('status')).code, { timeout: WAIT_MS }).toBe(0);
    announce(...Array.from({ length: 3_000 }, (_, at) => `10.${at >> 8}.${at & 255}.0/24`));
    await expect.poll(prefixes, { timeout: WAIT_MS }).toHaveLength(3_000);
    expect((await show('status')).code).toBe(0);
    expect(await daemon.stop()).toBe(0);
    expect(await prefixes()).toEqual([]);
  });
});

describe('SIGHUP', () => {
  const interfaces = async (): Promise<string[]> => {
    const { output } = await ripctl(router, '--socket', socket, '--json', 'show', 'interfaces');
    return (JSON.parse(output) as { name: string }[]).map(({ name }) => name);
  };

  it('takes the new file', async () => {
    const daemon = await start();
    expect(await interfaces()).toEqual(['eth0']);
    configuration({ rip: { interfaces: { 'eth*': {} } } });
    daemon.signal('SIGHUP');
    await expect.poll(interfaces, { timeout: WAIT_MS }).toEqual(['eth0', 'eth1']);
  });

  it.each([
    ['a value out of bounds', JSON.stringify({ rip: { interfaces: { eth1: { cost: 99 } } } }), /cost is 99/],
    ['an alias without an anchor', 'log: *nowhere', /stands for nothing/],
    ['no YAML', 'rip: [', /expected YAML/],
    [
      'a secret without a blank before it',
      'rip: { interfaces: { eth1: { key-string:hunter2 } } }',
      /unknown key .{0,2}key-string…/,
    ],
  ])('changes nothing if the new file has %s, and says why', async (_, text, why) => {
    const daemon = await start();
    writeFileSync(join(lab.directory, 'ripd.yaml'), text);
    daemon.signal('SIGHUP');
    await daemon.waitForLine(new RegExp(`nothing changed.*${why.source}`), WAIT_MS);
    expect(await interfaces()).toEqual(['eth0']);
    expect(daemon.output.join('\n')).not.toContain('hunter2');
    expect(await daemon.stop()).toBe(0);
  });
});
