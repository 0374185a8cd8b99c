/** `ripd` as an ordinary user, with the two capabilities that docs/operations.md gives it and nothing else; and with less. */
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { ripng } from '@ripstop/rip';
import type { KernelRouteSnapshot } from '@ripstop/router';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerAt } from '../kit/control-socket.ts';
import { kernelRoutes } from '../kit/kernel.ts';
import { pair } from '../kit/pair.ts';
import { installed } from '../kit/requirements.ts';
import { Speaker } from '../kit/speaker.ts';
import { configure, messages, ripd, startRipd } from './ripd-process.ts';

const WAIT_MS = 30_000;
const USER = 1_000;

const canChangeUser = installed('test/daemon/privilege', {
  name: 'setpriv',
  programs: ['setpriv', 'unshare'],
  package: 'util-linux',
  otherUsers: true,
});

/** The service that docs/operations.md shows. */
const unit = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? '';
const capabilities = setting('AmbientCapabilities').split(' ');

/** Starts a program as a user that has these capabilities and cannot get others. */
function as(user: number, rights: readonly string[]): string[] {
  const names = rights.map((name) => `+${name.replace('CAP_', '').toLowerCase()}`);
  const set = ['-all', ...names].join(',');
  const sets = ['inh-caps', 'ambient-caps', 'bounding-set'].map((name) => `--${name}=${set}`);
  return ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs', ...sets];
}

/** Starts a program where nothing can be written but one directory: what `ProtectSystem=strict` makes. */
function confinedTo(directory: string): string[] {
  const script = 'mount --bind "$0" "$0" && mount -o remount,bind,ro / && exec "$@"';
  return ['unshare', '--mount', 'sh', '-c', script, directory];
}

let lab: NamespaceLab;
let router: LabNode;
/** The only place that belongs to the user. */
let home: string;
let speaker: Speaker;

const ip = (command: string): Promise<string> => router.exec('ip', ...command.split(' '));
const entry = (prefix: string) => ({ prefix, tag: 0, nextHop: undefined, metric: 2 });
const key = { 'key-id': 1, 'crypto-algorithm': 'hmac-sha-1', 'key-string': 'secret' };

function configuration(changes: object = {}): string {
  return configure(lab.directory, 'ripd', {
    control: { socket: join(home, 'run', 'ripd.sock') },
    'state-directory': join(home, 'state'),
    rip: { interfaces: { eth0: {} } },
    ripng: { interfaces: { eth0: {} } },
    ...changes,
  });
}

beforeAll(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  home = join(lab.directory, 'home');
  mkdirSync(home);
  chownSync(home, USER, USER);
  speaker = await Speaker.open(lab.node('neighbor'), 'eth0');
});
afterAll(async () => {
  await speaker?.close();
  await lab?.close();
});

const prefixes = async (family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<string[]> =>
  (await kernelRoutes(router, 'rip', family)).map(({ prefix }) => prefix);

describe.runIf(canChangeUser)('an ordinary user with the capabilities of the service', () => {
  let daemon: LabProcess;
  const socket = (): string => join(home, 'run', 'ripd.sock');

  beforeAll(async () => {
    const wrapper = [...confinedTo(home), ...as(USER, capabilities)];
    daemon = startRipd(router, ['--config', configuration()], wrapper);
    await daemon.waitForLine(/^ready$/, WAIT_MS);
  });

  it('has no others, and nothing to warn of but the group that is not there', () => {
    expect(capabilities).toEqual(['CAP_NET_ADMIN', 'CAP_NET_BIND_SERVICE']);
    expect(setting('CapabilityBoundingSet').split(' ')).toEqual(capabilities);
    const status = readFileSync(`/proc/${daemon.pid}/status`, 'utf8');
    // Bits 10 and 12, linux/capability.h.
    expect(status).toMatch(/^CapEff:\t0000000000001400$/m);
    expect(status).toMatch(/^CapBnd:\t0000000000001400$/m);
    expect(status).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(messages(daemon, /"level":"(warn|error)"/)).toEqual([
      `control socket: there is no group ripd; only root and user ${USER} can use ${socket()}`,
    ]);
  });

  it('gets the receive buffers that it wants', async () => {
    const sockets = await router.exec('ss', '-Hunlm', 'sport', '=', ':520');
    // Twice what was asked for, whatever net.core.rmem_max says.
    expect(Number(/%eth0:520.*?\brb(\d+)/s.exec(sockets)?.[1])).toBe(8 * 1024 * 1024);
  });

  it('learns and installs routes of both families', async () => {
    speaker.announce([entry('10.1.0.0/16'), entry('10.2.0.0/16')]);
    await lab.node('neighbor').linkLocalAddress('eth0');
    const six = await Speaker.open(lab.node('neighbor'), 'eth0', { protocol: ripng });
    six.announce([entry('2001:db8:1::/48')]);
    await six.close();
    await expect.poll(prefixes, { timeout: WAIT_MS }).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
    await expect.poll(() => prefixes('ipv6'), { timeout: WAIT_MS }).toEqual(['2001:db8:1::/48']);
  });

  it('heals them', async () => {
    await ip('route del 10.1.0.0/16');
    await daemon.waitForLine(/10\.1\.0\.0\/16.*our route was deleted; it is back/, WAIT_MS);
    expect(await prefixes()).toEqual(['10.1.0.0/16', '10.2.0.0/16']);
  });

  it('reloads, and keeps its sequence number where it may write', async () => {
    configuration({ rip: { interfaces: { eth0: { authentication: key } } } });
    daemon.signal('SIGHUP');
    await daemon.waitForLine(/"reloaded"/, WAIT_MS);
    await until('the number is there', WAIT_MS, () => {
      const directory = join(home, 'state');
      return existsSync(directory) && readdirSync(directory).some((name) => name.endsWith('.sequence'));
    });
    expect(messages(daemon, /state-directory/)).toEqual([]);
  });

  it('takes an interface that comes later', async () => {
    await ip('link add eth1 type veth peer name peer1');
    await ip('link set peer1 up');
    configuration({ rip: { interfaces: { 'eth*': {} } } });
    daemon.signal('SIGHUP');
    await ip('address add 192.168.7.1/24 dev eth1');
    await ip('link set eth1 up');
    await daemon.waitForLine(/"eth1".*"RIP runs on the interface"/, WAIT_MS);
  });

  it('stops, and leaves nothing in the kernel', async () => {
    expect(await daemon.stop()).toBe(0);
    expect([...(await prefixes()), ...(await prefixes('ipv6'))]).toEqual([]);
    expect(existsSync(socket())).toBe(false);
  });
});

describe.runIf(canChangeUser)('what an ordinary user lacks is told in a sentence', () => {
  const refusal = async (path: string, rights: readonly string[] = capabilities): Promise<string> => {
    const { code, output } = await ripd(router, ['--config', path], as(USER, rights));
    expect(code).toBe(1);
    return output.split('\n').at(-1) ?? '';
  };
  const remedy = 'run as root, or give it to the process (systemd: AmbientCapabilities=)';

  it('if it is a capability', async () => {
    const [admin = '', bind = ''] = capabilities;
    expect(await refusal(configuration(), [bind])).toBe(
      `ripd: CAP_NET_ADMIN is needed to change the kernel's routes: ${remedy}`,
    );
    expect(await refusal(configuration(), [admin])).toBe(
      `ripd: CAP_NET_BIND_SERVICE is needed for UDP port 520 and 521: ${remedy}`,
    );
    expect(await refusal(configuration({ netns: router.namespace }))).toBe(
      `ripd: CAP_SYS_ADMIN is needed to enter network namespace ${router.namespace}: ${remedy}`,
    );
  });

  it('if it is the place of the control socket', async () => {
    const socket = join(lab.directory, 'ripd.sock');
    const made = `let it write there (systemd: RuntimeDirectory=), or name another place in control.socket`;
    expect(await refusal(configuration({ control: { socket } }))).toBe(
      `ripd: control socket ${socket}: listen EACCES: permission denied ${socket}; ripd is user ${USER}: ${made}`,
    );
    const below = join(lab.directory, 'run', 'ripd.sock');
    expect(await refusal(configuration({ control: { socket: below } }))).toContain(
      `EACCES: permission denied, mkdir '${join(lab.directory, 'run')}'; ripd is user ${USER}: ${made}`,
    );
  });

  it('if the control socket is that of another user', async () => {
    const socket = join(home, 'root.sock');
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(socket, resolve));
    const line = await refusal(configuration({ control: { socket } }));
    await new Promise((resolve) => other.close(resolve));
    expect(line).toBe(`ripd: control socket ${socket}: there is one of another user`);
  });

  it('if it is the state directory, which keeps nobody from routing', async () => {
    const path = configuration({
      'state-directory': join(lab.directory, 'state'),
      rip: { interfaces: { eth0: { authentication: key } } },
    });
    const daemon = startRipd(router, ['--config', path], as(USER, capabilities));
    await daemon.waitForLine(/^ready$/, WAIT_MS);
    expect(messages(daemon, /state-directory/)).toEqual([
      expect.stringMatching(/^authentication's sequence number cannot be kept .*EACCES/),
    ]);
    expect(await daemon.stop()).toBe(0);
  });
});

describe.runIf(canChangeUser)('rights that are lost while ripd runs', () => {
  it('stand in the log and in `show kernel`, in the kernel’s own words; what is there stays', async () => {
    // Linux: who is root no more has no capabilities any more.
    const path = join(lab.directory, 'give-up.mjs');
    writeFileSync(path, `process.on('SIGUSR2', () => process.setuid(${USER}));`);
    const socket = join(home, 'lost.sock');
    const daemon = startRipd(
      router,
      ['--config', configuration({ control: { socket } })],
      ['env', `NODE_OPTIONS=--import=${path}`],
    );
    await daemon.waitForLine(/^ready$/, WAIT_MS);
    speaker.announce([entry('10.1.0.0/16')]);
    await expect.poll(prefixes, { timeout: WAIT_MS }).toEqual(['10.1.0.0/16']);
    daemon.signal('SIGUSR2');
    await until('it is an ordinary user', WAIT_MS, () =>
      /^CapEff:\t0+$/m.test(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')),
    );
    speaker.announce([entry('10.1.0.0/16'), entry('10.2.0.0/16')]);
    await daemon.waitForLine(/10\.2\.0\.0\/16.*EPERM.*the kernel refused the route/, WAIT_MS);
    const { routes } = (await answerAt(socket, '/kernel?all')) as { routes: KernelRouteSnapshot[] };
    expect(routes).toMatchObject([
      { prefix: '10.1.0.0/16', state: 'installed' },
      { prefix: '10.2.0.0/16', state: 'failed', reason: 'RTM_NEWROUTE: EPERM: Operation not permitted' },
    ]);
    expect(await prefixes()).toEqual(['10.1.0.0/16']);
    expect(await daemon.stop()).toBe(0);
    expect(messages(daemon, /10\.1\.0\.0\/16.*EPERM/)).toEqual([
      expect.stringMatching(/^the kernel did not remove the route/),
    ]);
    expect(await prefixes()).toEqual(['10.1.0.0/16']);
  });
});
