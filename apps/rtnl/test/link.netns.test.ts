// `rtnl link` beside `ip link`: what both show is the same, and what one does the other sees.
import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import {
  compare,
  type Exceptions,
  type Fields,
  ip,
  ipAll,
  ipShows,
  makeNamespace,
  rtnl,
  rtnlEnds,
  rtnlShows,
} from './iproute2.ts';
import { links } from './rich-namespace.ts';

/** Many runs of a program, on a machine that has other things to do. */
const LONG_MS = 240_000;

/** What differs on purpose, and why. */
const exceptions: Exceptions = {
  'linkinfo.info_data.hello_timer': 'runs between the two calls',
  'linkinfo.info_data.gc_timer': 'runs between the two calls',
};

/** A namespace whose interfaces send nothing by themselves. */
function quietNamespace(): string {
  const name = makeNamespace('lnk');
  const quiet = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6';
  execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', quiet]);
  return name;
}

/** Linux: a link's state follows its carrier after a while, and a port's state follows the link's. */
const settledStates = { br0: 'UP', p0: 'UP', p1: 'UP', p3: 'LOWERLAYERDOWN' };

async function settled(namespace: string): Promise<void> {
  await vi.waitFor(
    () => {
      const links = ipShows(namespace, 'link show up');
      const states = links.map(({ ifname, operstate }) => [ifname, operstate]);
      expect(Object.fromEntries(states)).toEqual(settledStates);
      expect(ip(namespace, '-d link show p0')).toContain('state forwarding');
    },
    { timeout: 30_000, interval: 100 },
  );
}

describe('a rich namespace', () => {
  let here = '';
  beforeAll(async () => {
    here = quietNamespace();
    ipAll(here, links(makeNamespace('lnk')));
    ip(here, 'link property add dev p1 altname uplink altname core-1');
    await settled(here);
  }, LONG_MS);

  test('is shown as `ip` shows it', async () => {
    const links = await compare(here, 'link list', 'link show', exceptions);
    expect(links.map(({ ifname }) => ifname)).toEqual(
      expect.arrayContaining(['lo', 'br0', 'vx3', 'stayed0']),
    );
  });

  test.each([
    'dev p1',
    'uplink',
    'up',
    'type bridge',
    'type vxlan',
    'type bridge_slave',
    'master br0',
    'master br0 up',
    'group 5',
  ])('list %s', async (words) => {
    await compare(here, `link list ${words}`, `link show ${words}`, exceptions);
  });

  test('of a kind that the kernel does not know there are none', async () => {
    expect(await rtnlShows(here, 'link list type unheard-of')).toEqual([]);
  });

  test('the order of the fields is that of `ip`', async () => {
    const pathsOf = (value: unknown): unknown =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, inner]) => [key, pathsOf(inner)])
        : undefined;
    expect(pathsOf(await rtnlShows(here, 'link'))).toEqual(pathsOf(ipShows(here, 'link')));
  });

  test('get', async () => {
    expect(await rtnlShows(here, 'link get vx1')).toEqual(ipShows(here, 'link show vx1'));
  });

  test.each(['ifb0', 'p1', 'p3', 'vx0', 'vx1', 'vx2', 'vx3', 'mv0', 'mv1'])('%s in words', async (name) => {
    const inWords = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
    expect(inWords(await rtnl(here, `link show ${name}`))).toEqual(inWords(ip(here, `-d link show ${name}`)));
  });

  test('a bridge’s port in words', async () => {
    const [head, addresses, kind, port, last] = (await rtnl(here, 'link show p0')).split('\n');
    expect(head).toMatch(
      /^5: p0@p1: <BROADCAST,MULTICAST,PROMISC,UP,LOWER_UP> mtu 1400 .* master br0 state UP /,
    );
    expect(addresses).toContain('    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff');
    expect(kind).toBe('    veth');
    expect(port).toMatch(/^ {4}bridge_slave state \w+ priority 5 cost 7 hairpin on .* learning off .* lldp /);
    expect(last).toContain('    addrgenmode eui64 numtxqueues');
  });
});

test(
  'the same words make the same links',
  async () => {
    const [byIp, byRtnl] = [quietNamespace(), quietNamespace()];
    const [farOfIp, farOfRtnl] = [makeNamespace('lnk'), makeNamespace('lnk')];
    ipAll(byIp, links(farOfIp));
    for (const words of links(farOfRtnl)) expect(await rtnl(byRtnl, words)).toBe('');
    await settled(byIp);
    await settled(byRtnl);

    const shown = (namespace: string): Fields[] =>
      ipShows(namespace, 'link show').map((link) => {
        const { info_data: data } = (link.linkinfo ?? {}) as { info_data?: Fields };
        for (const running of ['hello_timer', 'gc_timer']) delete data?.[running];
        return link;
      });
    expect(shown(byRtnl)).toEqual(shown(byIp));
    const far = (namespace: string): unknown[] =>
      ipShows(namespace, 'link show').map(({ ifname, address }) => [ifname, address]);
    expect(far(farOfRtnl)).toEqual(far(farOfIp));
  },
  LONG_MS,
);

test('-s shows the counters', async () => {
  const here = quietNamespace();
  ipAll(here, [
    'link add p0 type veth peer name p1',
    'link set p0 up',
    'link set p1 up',
    'address add 10.0.0.1/24 dev p0',
    'neighbor add 10.0.0.2 lladdr 02:00:00:00:00:02 dev p0 nud permanent',
  ]);
  execFileSync('ip', ['netns', 'exec', here, 'bash', '-c', 'echo one > /dev/udp/10.0.0.2/9']);
  const [p1] = await compare(here, '-s link list dev p1', '-s link show dev p1');
  expect(p1).toMatchObject({ stats64: { rx: { bytes: 46, packets: 1 }, tx: { packets: 0 } } });
  await compare(here, '-s link list', '-s link show');
  expect(await rtnl(here, '-s link show p1')).toMatch(/RX: +bytes +packets .*\n +46 +1 /);
});

test('-s -s shows the errors of each kind', async () => {
  const here = quietNamespace();
  ipAll(here, ['link add p0 type veth peer name p1', 'link set p0 up', 'link set p1 up']);
  const [p0] = await compare(here, '-s -s link list dev p0', '-s -s link show dev p0');
  expect(p0).toMatchObject({ stats64: { rx: { crc_errors: 0 }, tx: { carrier_changes: 2 } } });
  await compare(here, '-s -s address list', '-s -s address show');
  const text = await rtnl(here, '-s -s link show p0');
  expect(text).toMatch(/RX errors: +length .*\n.*0.*\n +TX: .*\n.*\n +TX errors: .*carrier_changes\n.* 2$/m);
});

test('further names come and go', async () => {
  const here = quietNamespace();
  ip(here, 'link add a0 type ifb');
  await rtnl(here, 'link property add dev a0 altname uplink altname core-1');
  expect(ipShows(here, 'link show uplink')).toMatchObject([{ ifname: 'a0', altnames: ['uplink', 'core-1'] }]);
  await rtnl(here, 'link property del uplink altname uplink');
  expect(ipShows(here, 'link show a0')).toMatchObject([{ altnames: ['core-1'] }]);
});

test('abbreviated, as ip has it', async () => {
  const here = quietNamespace();
  await rtnl(here, 'l s lo up');
  expect(ipShows(here, 'link show up')).toMatchObject([{ ifname: 'lo' }]);
});

test('the last namespace counts', async () => {
  const [one, other] = [quietNamespace(), quietNamespace()];
  ip(other, 'link add a0 type ifb');
  expect(await rtnl(one, `-n ${other} -br link show a0`)).toMatch(/^a0 +DOWN /);
});

test('replace makes a link, or alters it', async () => {
  const here = quietNamespace();
  await rtnl(here, 'link replace br0 type bridge priority 7');
  const [made] = ipShows(here, 'link show br0');
  await rtnl(here, 'link replace br0 mtu 1400 type bridge priority 8');
  const [altered] = ipShows(here, 'link show br0');
  expect(made).toMatchObject({ mtu: 1500, linkinfo: { info_data: { priority: 7 } } });
  expect(altered).toMatchObject({
    ifindex: made?.ifindex,
    mtu: 1400,
    linkinfo: { info_data: { priority: 8 } },
  });
});

test('a whole group is altered, and deleted', async () => {
  const here = quietNamespace();
  ipAll(here, ['link add a0 type ifb', 'link add a1 type ifb', 'link add b0 type ifb']);
  for (const name of ['a0', 'a1']) await rtnl(here, `link set ${name} group 7`);
  await rtnl(here, 'link set group 7 mtu 1300');
  expect(ipShows(here, 'link show').map(({ ifname, mtu }) => [ifname, mtu])).toEqual([
    ['lo', 65536],
    ['a0', 1300],
    ['a1', 1300],
    ['b0', 1500],
  ]);
  await rtnl(here, 'link del group 7');
  expect(ipShows(here, 'link show').map(({ ifname }) => ifname)).toEqual(['lo', 'b0']);
});

test('what somebody has called an interface does nothing to the terminal', async () => {
  const here = quietNamespace();
  ip(here, 'link add \u001b[31mred type ifb');
  expect(await rtnl(here, 'link show type ifb')).toMatch(/^2: \?\[31mred: </);
  expect(await rtnlShows(here, 'link show type ifb')).toMatchObject([{ ifname: '\u001b[31mred' }]);
});

test('names that mean something else elsewhere: words, options, members of objects, indexes', async () => {
  const here = quietNamespace();
  for (const name of ['constructor', '__proto__', 'if7']) {
    await rtnl(here, `link add ${name} type ifb`);
    expect(await rtnlShows(here, `link show ${name}`)).toMatchObject([{ ifname: name }]);
  }
  await rtnl(here, 'link add name up type ifb');
  expect(await rtnlShows(here, 'link show dev up')).toMatchObject([{ ifname: 'up' }]);
  await rtnl(here, 'link add -- name -4 type ifb');
  expect(await rtnlShows(here, 'link show -- -4')).toMatchObject([{ ifname: '-4' }]);
});

test('an interface by its index', async () => {
  const here = quietNamespace();
  ip(here, 'link add a0 index 9 type ifb');
  expect(await rtnlShows(here, 'link show if9')).toMatchObject([{ ifname: 'a0' }]);
});

describe('mistakes', () => {
  let here = '';
  beforeAll(() => {
    here = quietNamespace();
  });

  test.each([
    ['link add x0', 'which type of link? "type KIND" expected'],
    ['link add x0 type vxlan id 5 sideways', '"sideways" is not understood for this type of link'],
    ['link add x0 type vxlan id 16777216', 'id: a number from 0 to 16777215 expected, got "16777216"'],
    ['link add x0 type bridge stp_state', 'stp_state: a value is missing'],
    ['link add x0 type veth peer name x1 netns nowhere', 'netns: there is no network namespace "nowhere"'],
    ['link add x0 x1 type ifb', '"x1" is not understood here'],
    ['link set up', 'which link? "dev NAME" or "group GROUP" expected'],
    ['link set lo promisc perhaps', 'promisc: on or off expected, got "perhaps"'],
    ['link set lo address 02:zz', /lladdr: "02:zz" is not a hardware address/],
    ['link set nothing0 up', 'Cannot find device "nothing0"'],
    ['link del nothing0', 'Cannot find device "nothing0"'],
    ['link show if4711', 'Cannot find device "if4711"'],
    ['link show --table 5', '--table: this command has nothing to do with a table'],
    ['link property add lo', 'which property? "altname NAME" expected'],
    ['link property add altname x', 'which link? "dev NAME" expected'],
    ['link property', 'property: a value is missing'],
    ['link property del lo altname x', 'RTM_DELLINKPROP: ENOENT: No such file or directory'],
    ['link get', 'which link? "dev NAME" or "group GROUP" expected'],
    ['link add x0 type ifb peer name x1', '"peer" is not understood for this type of link'],
    // The kernel's own words.
    ['link add link lo x0 type vlan id 5', /Unknown device type/],
    ['link add lo type ifb', /EEXIST/],
    ['link add x0 mtu 10 type veth', /EINVAL/],
  ])('%s', async (words, message) => {
    const { code, output, errors } = await rtnlEnds(here, words);
    expect([code, output, errors.trim().split('\n').length]).toEqual([2, '', 1]);
    if (typeof message === 'string') expect(errors).toBe(`rtnl: ${message}\n`);
    else expect(errors).toMatch(message);
  });
});
