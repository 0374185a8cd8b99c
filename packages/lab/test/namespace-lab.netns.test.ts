import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { NamespaceLab, type Topology, until } from '../src/index.ts';

/** a and b share a link, all three a LAN; c has a network of its own. */
const topology: Topology = {
  nodes: ['a', 'b', 'c'],
  links: [
    [
      { node: 'a', interface: 'to-b', addresses: ['10.0.1.1/24', '2001:db8:1::1/64'] },
      { node: 'b', interface: 'to-a', addresses: ['10.0.1.2/24', '2001:db8:1::2/64'] },
    ],
    ['a', 'b', 'c'].map((node, at) => ({ node, interface: 'lan', addresses: [`10.0.2.${at + 1}/24`] })),
    [{ node: 'c', interface: 'stub', addresses: ['10.0.3.1/24'] }],
  ],
};

/** Headers of IPv6 and of an echo request. */
const ICMPV6_BYTES = 48;

const labs: NamespaceLab[] = [];

async function lay(plan: Topology): Promise<NamespaceLab> {
  const lab = await NamespaceLab.lay(plan);
  labs.push(lab);
  return lab;
}

afterEach(async () => {
  await Promise.all(labs.splice(0).map((lab) => lab.close()));
});

/** Namespaces that labs of a process have. */
function namespacesOf(pid: number): string[] {
  if (!existsSync('/run/netns')) return [];
  return readdirSync('/run/netns').filter((name) => name.startsWith(`riplab-${pid}-`));
}

function exists(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** A process with a lab of its own, of which nobody takes care; it throws when its standard input ends. */
async function startAbandonedLab() {
  const module = new URL('../dist/index.js', import.meta.url);
  const script = `
    import { NamespaceLab } from ${JSON.stringify(module.href)};
    const node = (await NamespaceLab.lay({ nodes: ['a'], links: [] })).node('a');
    console.log(node.start(['sleep', '60']).pid);
    process.stdin.resume().on('end', () => { throw new Error('abandoned') });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [line] = await once(child.stdout, 'data');
  return { child, pid: Number(line) };
}

describe('NamespaceLab', () => {
  it('lays veth pairs, bridges and stubs, with addresses, up and with carrier', async () => {
    const lab = await lay(topology);
    const links = await lab.node('c').kernel.links.list();
    // Linux: the carrier counts at once, the operational state follows when the kernel has time.
    const carriers = Object.fromEntries(links.map(({ name, carrier }) => [name, carrier]));
    expect(carriers).toMatchObject({ lo: 1, lan: 1, stub: 1 });
    const connected = await lab.node('a').routes({ family: 'ipv4' });
    expect(connected).toEqual([
      { prefix: '10.0.1.0/24', protocol: 'kernel', priority: 0, nextHops: [{ interface: 'to-b' }] },
      { prefix: '10.0.2.0/24', protocol: 'kernel', priority: 0, nextHops: [{ interface: 'lan' }] },
    ]);
  });

  it('carries packets over pairs and bridges, IPv4 and IPv6, and forwards them', async () => {
    const lab = await lay(topology);
    const a = lab.node('a');
    await a.exec('ip', 'route', 'add', '10.0.3.0/24', 'via', '10.0.2.3');
    for (const address of ['10.0.1.2', '10.0.2.2', '10.0.2.3', '10.0.3.1', '2001:db8:1::2']) {
      expect(await a.exec('ping', '-c', '1', '-W', '5', address)).toContain('1 received');
    }
    // From b to c's own network by way of a.
    await lab.node('b').exec('ip', 'route', 'add', '10.0.3.0/24', 'via', '10.0.1.1');
    await lab.node('c').exec('ip', 'route', 'add', '10.0.1.0/24', 'via', '10.0.2.1');
    expect(await lab.node('b').exec('ping', '-c', '1', '-W', '5', '-I', '10.0.1.2', '10.0.3.1')).toContain(
      'ttl=63',
    );
  });

  it('gives interfaces without addresses a link-local one, and every interface its MTU', async () => {
    const lab = await lay({
      nodes: ['a', 'b', 'c'],
      links: [
        ['a', 'b'].map((node) => ({ node, interface: 'small', addresses: [], mtu: 1280 })),
        ['a', 'b', 'c'].map((node) => ({ node, interface: 'jumbo', addresses: [], mtu: 9000 })),
      ],
    });
    const a = lab.node('a');
    for (const [name, mtu] of [
      ['small', 1280],
      ['jumbo', 9000],
    ] as const) {
      const address = await lab.node('b').linkLocalAddress(name);
      const sized = ['-M', 'do', '-s', `${mtu - ICMPV6_BYTES}`];
      expect(await a.exec('ping', '-c', '1', '-W', '5', ...sized, `${address}%${name}`)).toContain(
        '1 received',
      );
    }
    await expect(a.linkLocalAddress('nowhere')).rejects.toThrow('a has no interface nowhere');
  });

  it.each([
    [false, '0'],
    [true, '1'],
  ])('detects duplicate IPv6 addresses only where that is wanted: %s', async (isWanted, setting) => {
    const lab = await lay({ ...topology, duplicateAddressDetection: isWanted });
    const a = lab.node('a');
    expect((await a.exec('cat', '/proc/sys/net/ipv6/conf/to-b/accept_dad')).trim()).toBe(setting);
    expect(await a.linkLocalAddress('to-b')).toMatch(/^fe80::/);
  });

  it('cuts a link: the other end loses carrier, and gets it back', async () => {
    const lab = await lay(topology);
    const hasCarrier = async (): Promise<boolean> =>
      (await lab.node('b').kernel.links.list()).some((link) => link.name === 'to-a' && link.carrier === 1);
    await lab.node('a').setLink('to-b', 'down');
    await until('b loses carrier', 5_000, async () => !(await hasCarrier()));
    await lab.node('a').setLink('to-b', 'up');
    await until('b has carrier', 5_000, hasCarrier);
  });

  it('runs programs in the namespace, and says what went wrong with them', async () => {
    const a = (await lay(topology)).node('a');
    expect(await a.exec('ip', '-br', 'address', 'show', 'to-b')).toContain('10.0.1.1/24');
    await expect(a.exec('ip', 'link', 'show', 'nowhere')).rejects.toThrow('"nowhere" does not exist');
    await expect(a.exec('no-such-program')).rejects.toThrow('spawn no-such-program');
    const shell = a.start(['sh', '-c', 'echo to out; echo to err >&2; exit 3']);
    expect(await shell.exited).toBe(3);
    expect([...shell.output].sort()).toEqual(['to err', 'to out']);
    await expect(shell.waitForLine(/never/, 5_000)).rejects.toThrow('ended before');
  });

  it('stops a program with a signal, or kills it when it does not listen', async () => {
    const a = (await lay(topology)).node('a');
    const polite = a.start(['sh', '-c', 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done']);
    const deaf = a.start(['sh', '-c', 'trap "" TERM; echo up; sleep 60']);
    await Promise.all([polite.waitForLine(/up/, 5_000), deaf.waitForLine(/up/, 5_000)]);
    expect(await polite.stop()).toBe(7);
    expect(await deaf.stop('SIGTERM', 100)).toBe(128 + 9);
  });

  it('leaves nothing: no namespace, no program, no file', async () => {
    const lab = await lay(topology);
    const { pid } = lab.node('a').start(['sleep', '60']);
    expect(namespacesOf(process.pid)).toHaveLength(4); // one for the bridges
    await lab.close();
    await lab.close();
    expect([namespacesOf(process.pid), exists(pid), existsSync(lab.directory)]).toEqual([[], false, false]);
  });

  it('leaves nothing when laying fails half-way', async () => {
    // Multicast addresses are well-formed, but the kernel does not take them.
    const links = [...topology.links, [{ node: 'b', interface: 'bad', addresses: ['ff02::1/64'] }]];
    await expect(lay({ ...topology, links })).rejects.toThrow(/RTM_NEWADDR/);
    expect(namespacesOf(process.pid)).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'exception'] as const)(
    'leaves nothing when its process ends by %s',
    async (end) => {
      const { child, pid } = await startAbandonedLab();
      expect([namespacesOf(child.pid ?? 0).length, exists(pid)]).toEqual([1, true]);
      if (end === 'exception') child.stdin.end();
      else child.kill(end);
      const [code, signal] = await once(child, 'exit');
      expect(end === 'exception' ? code : signal).toBe(end === 'exception' ? 1 : end);
      await until('its program is gone', 5_000, () => !exists(pid));
      expect(namespacesOf(child.pid ?? 0)).toEqual([]);
    },
  );

  it('keeps labs side by side apart', async () => {
    const [one, other] = await Promise.all([lay(topology), lay(topology)]);
    await one.close();
    expect(await other.node('a').exec('ping', '-c', '1', '-W', '5', '10.0.1.2')).toContain('1 received');
  });
});
