/** Every program of packages/socket/examples runs in a namespace and prints what it should; nothing of it is only written. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LabNode, type LabProcess, NamespaceLab } from '@ripstop/lab';
import { describe, expect, it, onTestFinished } from 'vitest';

const folder = fileURLToPath(new URL('../packages/socket/examples/', import.meta.url));
const names = readdirSync(folder);

const tested = new Set<string>();
const DEADLINE_MS = 20_000;

/** One router, whose `eth0` (10.0.0.1/24) leads to `peer` (10.0.0.2/24). */
async function lay(): Promise<{ router: LabNode; peer: LabNode }> {
  const lab = await NamespaceLab.lay({
    nodes: ['router', 'peer'],
    links: [
      [
        { node: 'router', interface: 'eth0', addresses: ['10.0.0.1/24'] },
        { node: 'peer', interface: 'eth0', addresses: ['10.0.0.2/24'] },
      ],
    ],
  });
  onTestFinished(() => lab.close());
  return { router: lab.node('router'), peer: lab.node('peer') };
}

function command(name: string, parameters: readonly string[]): string[] {
  tested.add(name);
  return [process.execPath, `${folder}${name}`, ...parameters];
}

/** Runs an example to its end; its lines of standard output. */
async function run(node: LabNode, name: string, ...parameters: string[]): Promise<string[]> {
  return (await node.exec(...command(name, parameters))).trimEnd().split('\n');
}

/** Starts an example that goes on until it is interrupted. */
async function start(node: LabNode, name: string, ready: RegExp): Promise<LabProcess> {
  const program = node.start(command(name, []));
  await program.waitForLine(ready, DEADLINE_MS);
  return program;
}

async function ip(node: LabNode, ...commands: readonly string[]): Promise<void> {
  for (const each of commands) await node.exec('ip', ...each.split(' '));
}

async function interrupt(program: LabProcess): Promise<void> {
  expect(await program.stop('SIGINT'), program.output.join('\n')).toBe(0);
}

describe('the articles’ programs', () => {
  it('list-routes.js lists the routing table', async () => {
    const { router } = await lay();
    await ip(
      router,
      'route add default via 10.0.0.2 metric 50',
      'route add blackhole 10.5.0.0/16 proto static',
      'route add 10.6.0.0/16 proto static nexthop via 10.0.0.2 nexthop via 10.0.0.3',
      'route add 10.7.0.0/16 dev eth0 table 100',
    );
    const lines = await run(router, 'list-routes.js');
    expect(lines.filter((line) => !line.startsWith('fe80'))).toEqual([
      '0.0.0.0/0  10.0.0.2 on eth0  (boot, metric 50)',
      '10.0.0.0/24  directly on eth0  (kernel, metric 0)',
      '10.5.0.0/16  blackhole  (static, metric 0)',
      '10.6.0.0/16  10.0.0.2 on eth0 or 10.0.0.3 on eth0  (static, metric 0)',
    ]);
    expect(await run(router, 'list-routes.js', '100')).toEqual([
      '10.7.0.0/16  directly on eth0  (boot, metric 0)',
    ]);
  });

  it('add-route.js sets a route through a chosen interface, or says why not', async () => {
    const { router } = await lay();
    expect(await run(router, 'add-route.js', '192.168.0.100/32', 'eth0')).toEqual([
      '192.168.0.100/32 goes directly on eth0',
    ]);
    expect(await run(router, 'add-route.js', '172.21.0.0/16', 'eth0', '10.0.0.2')).toEqual([
      '172.21.0.0/16 goes to 10.0.0.2 on eth0',
    ]);
    const shown = await router.exec('ip', 'route', 'show', 'proto', 'static');
    expect(shown.replaceAll(' \n', '\n')).toBe(
      '172.21.0.0/16 via 10.0.0.2 dev eth0\n192.168.0.100 dev eth0 scope link\n',
    );
    await expect(run(router, 'add-route.js', '10.9.0.0/16', 'eth0', '172.16.0.1')).rejects.toThrow(
      /exit code 1\nRTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway$/,
    );
  });

  it('watch-routes.js tells additions, replacements and deletions apart', async () => {
    const { router } = await lay();
    const program = await start(router, 'watch-routes.js', /^watching routes$/);
    await ip(
      router,
      'route add 10.7.0.0/16 via 10.0.0.2',
      'route replace 10.7.0.0/16 via 10.0.0.3 proto static',
      'route delete 10.7.0.0/16',
    );
    await program.waitForLine(/^deleted/, DEADLINE_MS);
    await interrupt(program);
    expect(program.output.filter((line) => line.includes('10.7.0.0/16'))).toEqual([
      'added 10.7.0.0/16 10.0.0.2 in table main by boot',
      'replaced 10.7.0.0/16 10.0.0.3 in table main by static',
      'deleted 10.7.0.0/16 10.0.0.3 in table main by static',
    ]);
  });

  it('network-monitor.js says what changed, and what only looks like the same event twice', async () => {
    const { router, peer } = await lay();
    const program = await start(router, 'network-monitor.js', /^watching 2 links$/);
    await ip(peer, 'link set eth0 down');
    await program.waitForLine(/-running/, DEADLINE_MS);
    await ip(peer, 'link set eth0 up');
    await program.waitForLine(/\+running/, DEADLINE_MS);
    await ip(
      router,
      'link set eth0 mtu 1400',
      'address add 10.1.0.1/16 dev eth0',
      'link add veth1 type veth peer name veth2',
      'link delete veth1',
    );
    await program.waitForLine(/^veth1: deleted/, DEADLINE_MS);
    await interrupt(program);
    expect(program.output).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^eth0: UP, NOT RUNNING \(-running, -lowerUp, operationalState up → .*down/),
        expect.stringMatching(/^eth0: UP, RUNNING \(\+running.*, operationalState .*down → up/),
        'eth0: UP, RUNNING (mtu 1500 → 1400)',
        'eth0: address 10.1.0.1/16 added',
        'route 10.1.0.0/16 added',
        'veth1: new, DOWN, NOT RUNNING',
        'veth1: deleted',
      ]),
    );
  });

  it('set-mtu.js changes the MTU of a link, or says why not', async () => {
    const { router } = await lay();
    expect(await run(router, 'set-mtu.js', 'eth0', '1400')).toEqual(['eth0: MTU 1500 → 1400 (68 to 65535)']);
    expect(await router.exec('ip', 'link', 'show', 'eth0')).toContain('mtu 1400');
    await expect(run(router, 'set-mtu.js', 'eth0', '4')).rejects.toThrow(
      /exit code 1\nRTM_NEWLINK: EINVAL: mtu less than device minimum$/,
    );
  });
});

describe('the readers’ questions', () => {
  it('default-gateway.js', async () => {
    const { router } = await lay();
    expect(await run(router, 'default-gateway.js')).toEqual([
      'ipv4: no default gateway',
      'ipv6: no default gateway',
    ]);
    await ip(
      router,
      'route add default via 10.0.0.9 dev eth0 metric 100',
      'route add default via 10.0.0.2 dev eth0 metric 50',
      'route add 198.51.100.0/24 via 10.0.0.9',
    );
    expect(await run(router, 'default-gateway.js', '198.51.100.1')).toEqual([
      'ipv4: 10.0.0.2 on eth0; then 10.0.0.9 on eth0',
      'ipv6: no default gateway',
      '198.51.100.1: 10.0.0.9 on eth0, from 10.0.0.1',
    ]);
  });

  it('ipv6-addresses.js lists the addresses, and waits for a tentative one', async () => {
    const { router, peer } = await lay();
    // Linux: without a carrier nobody can be asked, so that the address stays tentative.
    await ip(peer, 'link set eth0 down');
    await router.exec('sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_dad');
    await ip(router, 'address add 2001:db8::1/64 dev eth0', 'address add 2001:db8::2/64 dev eth0 nodad');
    const program = router.start(command('ipv6-addresses.js', ['eth0']));
    await program.waitForLine(/^2001:db8::1\/64 global: tentative$/, DEADLINE_MS);
    await program.waitForLine(/^2001:db8::2\/64 global: usable$/, DEADLINE_MS);
    expect(program.output).not.toContain('2001:db8::1/64 global: usable');
    await ip(peer, 'link set eth0 up');
    await program.waitForLine(/^2001:db8::1\/64 global: usable$/, DEADLINE_MS);
    expect(await program.exited).toBe(0);
  });

  it('carrier.js tells a pulled cable from a link that is switched off', async () => {
    const { router, peer } = await lay();
    const program = await start(router, 'carrier.js', /^eth0: carrier \(up\)$/);
    await ip(peer, 'link set eth0 down');
    await program.waitForLine(/^eth0: no carrier/, DEADLINE_MS);
    await ip(router, 'link set eth0 down');
    await program.waitForLine(/^eth0: switched off/, DEADLINE_MS);
    await interrupt(program);
    expect(program.output.filter((line) => line.startsWith('eth0'))).toEqual([
      'eth0: carrier (up)',
      // Linux: lower-layer-down where the number of the other end differs from ours.
      expect.stringMatching(/^eth0: no carrier \((lower-layer-)?down\)$/),
      'eth0: switched off (down)',
    ]);
  });

  it('link-kinds.js shows what is in IFLA_LINKINFO', async () => {
    const { router } = await lay();
    await ip(router, 'link add br0 type bridge', 'link set eth0 master br0');
    expect((await run(router, 'link-kinds.js')).sort()).toEqual([
      'br0: bridge, spanning tree off, priority 32768',
      'eth0: veth, port of bridge br0',
      'lo: no kind',
    ]);
  });

  it('flush-routes.js deletes the routes of one protocol and no others', async () => {
    const { router } = await lay();
    await ip(
      router,
      'route add 10.1.0.0/16 via 10.0.0.2 proto static',
      'route add 10.2.0.0/16 via 10.0.0.2 proto static metric 7',
      'route add 10.3.0.0/16 via 10.0.0.2',
    );
    expect(await run(router, 'flush-routes.js', 'static')).toEqual(['2 routes deleted']);
    expect(await router.exec('ip', 'route', 'show', 'proto', 'static')).toBe('');
    expect(await router.exec('ip', 'route', 'show', 'proto', 'boot')).toContain('10.3.0.0/16');
  });

  it('wireless-events.js reads recorded events', async () => {
    const { router } = await lay();
    // struct iw_event of linux/wireless.h as a 64-bit kernel sends it: SIOCGIWAP with an access point, then with zeros.
    const link = '00000100030000004310010000000000' + '0a000300776c616e30000000';
    const event = `${link}1c000b001800158b000000000100`;
    expect(
      await run(
        router,
        'wireless-events.js',
        `${event}0200000000aa0000000000000000`,
        `${event}${'00'.repeat(14)}`,
      ),
    ).toEqual(['wlan0: connected to 02:00:00:00:00:aa', 'wlan0: disconnected']);
  });
});

describe('what the library adds', () => {
  it('batch.js gives an outcome for each request', async () => {
    const { router } = await lay();
    expect(await run(router, 'batch.js', 'eth0')).toEqual([
      '198.51.100.0/24: added',
      '203.0.113.0/24: added',
      '198.51.100.0/24: RTM_NEWROUTE: EEXIST: File exists',
      '203.0.113.1/24: RTM_NEWROUTE: EINVAL: Invalid prefix for given prefix length',
    ]);
  });

  it('kernel-errors.js shows the kernel’s words and the attribute', async () => {
    const { router } = await lay();
    const output = (await run(router, 'kernel-errors.js')).join('\n');
    expect(output).toMatch(/^a gateway that nobody reaches: ENETUNREACH .*Nexthop has invalid gateway/s);
    expect(output).toMatch(/^a name that is too long: ERANGE .*attribute: 'name'/ms);
    expect(output).toMatch(/^a link that is not there: ENODEV .*'RTM_GETLINK'/ms);
    expect(output).toMatch(/^a route that is not there: ESRCH/m);
  });

  it('another-namespace.js takes a name, a path and a process', async () => {
    const { router, peer } = await lay();
    await ip(peer, 'link add br0 type bridge');
    const sleeper = peer.start(['sleep', '1000']);
    for (const reference of [peer.namespace, `/run/netns/${peer.namespace}`, String(sleeper.pid)]) {
      expect(await run(router, 'another-namespace.js', reference)).toEqual([
        'here: lo eth0',
        'there: lo eth0 br0',
      ]);
    }
  });

  it('stream-routes.js counts the routes of each protocol', async () => {
    const { router } = await lay();
    await ip(router, 'route add 10.1.0.0/16 via 10.0.0.2 proto static', 'route add 10.2.0.0/16 via 10.0.0.2');
    expect((await run(router, 'stream-routes.js')).sort()).toEqual([
      'boot: 1 routes',
      expect.stringMatching(/^kernel: \d+ routes$/),
      'static: 1 routes',
    ]);
  });

  it('mirror.js tells every change with what is different, and what Linux does not tell', async () => {
    const { router } = await lay();
    await ip(router, 'route add 10.7.0.0/16 via 10.0.0.2');
    const program = await start(router, 'mirror.js', /^2 links, \d+ addresses, \d+ routes$/);
    await ip(router, 'link set eth0 mtu 1400');
    await program.waitForLine(/^change link eth0 .*mtu/, DEADLINE_MS);
    await ip(router, 'link set eth0 down');
    await program.waitForLine(/^change link eth0 .*flags/, DEADLINE_MS);
    await program.waitForLine(/^delete route 10\.7\.0\.0\/16$/, DEADLINE_MS);
    await interrupt(program);
  });

  it('two-sockets.js talks by port and by group', async () => {
    const { router } = await lay();
    expect(await run(router, 'two-sockets.js')).toEqual([
      'Alice to Bob: hello',
      'Bob to Alice: hello, Alice',
      'Alice to all of group mask 16: is anybody there?',
    ]);
  });

  it('generic-netlink.js lists the families', async () => {
    const { router } = await lay();
    const lines = await run(router, 'generic-netlink.js');
    expect(lines).toContain('nlctrl is 16');
    expect(lines.every((line) => /^\S+ is \d+$/.test(line))).toBe(true);
  });
});

describe('the examples', () => {
  it('are all run by these tests', () => {
    expect([...tested].sort()).toEqual([...names].sort());
  });

  it.each(names)('%s says how to run it', (name) => {
    expect(readFileSync(`${folder}${name}`, 'utf8')).toContain(`Run: node packages/socket/examples/${name}`);
  });
});
