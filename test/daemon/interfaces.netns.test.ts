/** Interfaces that `ripd` cannot speak on, or not yet: the others do not wait for them, and it says what is in the way. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RipdRouter } from '../kit/ripd.ts';
import { occupy } from './occupant.ts';
import { messages } from './ripd-process.ts';

/** Duplicate address detection takes a second or two, and a port is asked for again after a few. */
const WAIT_MS = 20_000;
const names = ['eth0', 'eth1', 'eth2'] as const;

let lab: NamespaceLab;
let left: LabNode;
let right: LabNode;

/** Two routers with three links between them. */
beforeEach(async () => {
  lab = await NamespaceLab.lay({
    nodes: ['left', 'right'],
    links: names.map((name, at) => [
      { node: 'left', interface: name, addresses: [`192.168.${at}.1/24`] },
      { node: 'right', interface: name, addresses: [`192.168.${at}.2/24`] },
    ]),
    duplicateAddressDetection: true,
  });
  left = lab.node('left');
  right = lab.node('right');
  for (const name of names) await left.linkLocalAddress(name);
});
afterEach(async () => {
  await lab?.close();
});

const instance = { interfaces: { 'eth*': {} } };
const start = (configuration: object): Promise<RipdRouter> =>
  RipdRouter.start(left, lab.directory, { ...configuration });

/** The states of the interfaces, those of RIP first. */
const states = async (router: RipdRouter): Promise<string[]> =>
  (await router.show('interfaces')).map(({ name, protocol, state }) => `${protocol} ${name} ${state}`);
const everywhere = (protocol: 'rip' | 'ripng'): string[] => names.map((name) => `${protocol} ${name} up`);

interface Status {
  readonly protocols: readonly {
    readonly idle: readonly { readonly interface: string; readonly reason: string }[];
  }[];
}
const idle = async (router: RipdRouter): Promise<string[]> =>
  ((await router.show('status')) as Status).protocols.flatMap((protocol) =>
    protocol.idle.map(({ interface: name, reason }) => `${name}: ${reason}`),
  );
const untilIdle = (router: RipdRouter, ...expected: unknown[]): Promise<void> =>
  expect.poll(() => idle(router), { timeout: WAIT_MS }).toEqual(expected);

describe('a port that another program has', () => {
  it('on one interface keeps neither the other ones nor `ready`, and is taken when it is free', async () => {
    const address = `${await left.linkLocalAddress('eth1')}%eth1`;
    const occupant = await occupy(left, 'udp6', 521, address);
    const router = await start({ rip: instance, ripng: instance });
    expect(await states(router)).toEqual([
      ...everywhere('rip'),
      'ripng eth0 up',
      'ripng eth1 listen-failed',
      'ripng eth2 up',
    ]);
    expect(messages(router.daemon, /taken/)).toEqual([
      expect.stringContaining(
        `RIPng does not run everywhere: UDP port 521 on eth1 is taken by process ${occupant.pid} (node)`,
      ),
    ]);
    occupant.kill();
    await expect
      .poll(() => states(router), { timeout: WAIT_MS })
      .toEqual([...everywhere('rip'), ...everywhere('ripng')]);
    expect(messages(router.daemon, /"eth1".*"RIPng runs on the interface"/)).toHaveLength(1);
  });

  it('on all of them is one line, and one reason', async () => {
    const occupant = await occupy(left, 'udp6', 521);
    const router = await start({ rip: instance, ripng: instance });
    const reason = `UDP port 521 on eth0, eth1, eth2 is taken by process ${occupant.pid} (node) (bind: EADDRINUSE)`;
    expect(messages(router.daemon, /taken/)).toEqual([`RIPng does not run: ${reason}; it is tried again`]);
    expect(await router.show('status')).toMatchObject({ protocols: [{}, { state: 'failed', reason }] });
  });
});

describe('an address that another host has', () => {
  it('is told once, and where RIPng has no other one', async () => {
    const ip = (node: LabNode, command: string): Promise<string> => node.exec('ip', ...command.split(' '));
    await ip(right, 'address add fe80::1/64 dev eth1 nodad');
    await ip(left, 'address flush dev eth1 scope link');
    await ip(left, 'address add fe80::1/64 dev eth1');
    const router = await start({ ripng: instance });
    const line =
      'fe80::1 is used by another host on the link (duplicate address detection failed): RIPng does not speak from it';
    await router.daemon.waitForLine(/duplicate address detection failed/, WAIT_MS);
    await untilIdle(router, 'eth1: other hosts on the link use fe80::1');
    // With a global address it has subnets to announce, and still no address to speak from.
    await ip(left, 'address add 2001:db8::1/64 dev eth1 nodad');
    await expect.poll(() => states(router), { timeout: WAIT_MS }).toContain('ripng eth1 no-address');
    const eth1 = (await router.show('interfaces')).find(({ name }) => name === 'eth1');
    expect(eth1?.reason).toBe('other hosts on the link use fe80::1');
    expect(messages(router.daemon, /duplicate/)).toEqual([line]);
  });

  it('is nobody’s business on an interface without RIPng', async () => {
    await right.exec('ip', 'address', 'add', 'fe80::1/64', 'dev', 'eth1', 'nodad');
    const router = await start({ ripng: { interfaces: { eth0: {} } } });
    await left.exec('ip', 'address', 'add', 'fe80::1/64', 'dev', 'eth1');
    const flags = (): Promise<string> => left.exec('ip', '-6', 'address', 'show', 'dev', 'eth1');
    await expect.poll(flags, { timeout: WAIT_MS }).toContain('dadfailed');
    await router.reload({ ripng: { interfaces: { eth0: {} } } });
    expect(messages(router.daemon, /duplicate/)).toEqual([]);
  });
});

describe('an interface of no use', () => {
  it('to RIPng stands in the status with the reason, until it serves', async () => {
    const set = (command: string): Promise<string> => left.exec('sh', '-c', command);
    const router = await start({ ripng: instance });
    await untilIdle(router);
    await set('echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6');
    await set('ip link set eth1 mtu 1000');
    await set('ip link set eth2 down');
    await untilIdle(
      router,
      'eth0: IPv6 is disabled: net.ipv6.conf.eth0.disable_ipv6 is 1',
      'eth1: its MTU is 1000, and IPv6 needs 1280',
      'eth2: it is down',
    );
    expect(messages(router.daemon, /has stopped on the interface/)).toEqual([
      'RIPng has stopped on the interface: it has no link-local address any more',
      'RIPng has stopped on the interface: it has no link-local address any more',
      'RIPng has stopped on the interface: the link is down or gone',
    ]);
    await set('echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6');
    await set('ip link set eth1 mtu 1500');
    await set('ip link set eth2 up');
    await untilIdle(router);
    await expect.poll(() => states(router), { timeout: WAIT_MS }).toEqual(everywhere('ripng'));
  });

  it('to RIP stands there, too', async () => {
    const router = await start({ rip: instance });
    await left.exec('ip', 'address', 'flush', 'dev', 'eth0', 'scope', 'global');
    await right.exec('ip', 'link', 'set', 'eth1', 'down');
    await untilIdle(router, 'eth0: it has no IPv4 address', 'eth1: it has no carrier');
  });
});
