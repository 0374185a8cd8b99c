/** A whole router on the real kernel and the real UDP, with a neighbor that says and hears what a test wants. */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  type InterfaceConfiguration,
  Router,
  rip,
} from '@ripstop/rip';
import { Runtime, systemDigest } from '@ripstop/router';
import { openUdpSocket, type UdpSocket } from '@ripstop/socket';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pair } from '../kit/pair.ts';
import { KernelHost } from './kernel-host.ts';

const settings = {
  family: 'ipv4',
  table: 254,
  metric: 20,
  protocol: 189,
  onExit: 'remove',
  staleTime: 60_000,
} as const;
const SECONDS = 20_000;

let lab: NamespaceLab;
let router: LabNode;
let host: KernelHost;
let runtime: Runtime;
let neighbor: UdpSocket;
/** The sources of what the neighbor has heard. */
let heard: string[];

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  heard = [];
});
afterEach(async () => {
  await runtime?.stop();
  await neighbor?.close();
  host?.close();
  await lab?.close();
});

async function ip(node: LabNode, command: string): Promise<void> {
  await node.exec('ip', ...command.split(' '));
}

async function start(changes: Partial<InterfaceConfiguration>, ttl?: 255): Promise<void> {
  const node = lab.node('neighbor');
  neighbor = openUdpSocket({
    interface: { name: 'eth0', index: await node.interfaceIndex('eth0') },
    port: rip.port,
    group: rip.group,
    ttl,
    namespace: node.namespace,
    receive: (datagrams) => void heard.push(...datagrams.map(({ source }) => source)),
    failed(error) {
      throw error;
    },
  });
  host = new KernelHost(router);
  const eth0 = { ...defaultInterfaceConfiguration, ...changes };
  const configuration = { ...defaultRouterConfiguration, interfaces: { eth0 } };
  const options = { protocol: rip, random: Math.random, digest: systemDigest, sequence: 0 };
  runtime = new Runtime(new Router(configuration, options), settings, host);
  await runtime.start();
}

function announce(source: string, prefix: string): void {
  for (const packet of rip.encodeResponses([{ prefix, metric: 1, tag: 0, nextHop: undefined }]))
    neighbor.send(packet, { source, destination: rip.group, port: rip.port });
}

const routes = async (): Promise<string[]> =>
  (await router.routes({ family: 'ipv4', table: 254, protocol: 'rip' })).map(({ prefix }) => prefix);

const dropped = (): readonly object[] => host.reports.filter(({ type }) => type === 'packet-dropped');

describe('two subnets on one wire', () => {
  beforeEach(async () => {
    await ip(router, 'address add 10.5.0.1/24 dev eth0');
    await ip(lab.node('neighbor'), 'address add 10.5.0.2/24 dev eth0');
  });

  it('are each spoken to from the address in them, by multicast', async () => {
    await start({});
    await until('both sources', SECONDS, () => new Set(heard).size === 2);
    expect(new Set(heard)).toEqual(new Set(['192.168.1.1', '10.5.0.1']));
  });

  it('are each spoken to from the address in them, by broadcast, and nothing is made of the echo', async () => {
    await start({ sendVersion: '1-compatible' });
    await until('both sources', SECONDS, () => new Set(heard).size === 2);
    expect(new Set(heard)).toEqual(new Set(['192.168.1.1', '10.5.0.1']));
    announce('10.5.0.2', '10.9.0.0/16');
    await until('the route', SECONDS, async () => (await routes()).includes('10.9.0.0/16'));
    await until('the echo', SECONDS, () => dropped().length > 0);
    expect(dropped()).toEqual(dropped().map(() => expect.objectContaining({ reason: 'own-packet' })));
  });

  it('are both heard, also when the second comes while the router runs, until it goes', async () => {
    await ip(router, 'address del 10.5.0.1/24 dev eth0');
    await start({});
    announce('10.5.0.2', '10.9.0.0/16');
    await until('the refusal', SECONDS, () => dropped().length > 0);
    expect(dropped()).toMatchObject([{ neighbor: '10.5.0.2', reason: 'source-off-subnet' }]);
    await ip(router, 'address add 10.5.0.1/24 dev eth0');
    await until('a packet from the new address', SECONDS, () => heard.includes('10.5.0.1'));
    announce('10.5.0.2', '10.9.0.0/16');
    await until('the route', SECONDS, async () => (await routes()).includes('10.9.0.0/16'));
  });
});

describe('TTL security', () => {
  it('refuses what has passed a router, and counts it with its sender; a TTL of 255 passes', async () => {
    await start({ ttlSecurity: true });
    announce('192.168.1.2', '10.8.0.0/16');
    await until('the refusal', SECONDS, () => dropped().length > 0);
    expect(dropped()).toMatchObject([{ interface: 'eth0', neighbor: '192.168.1.2', reason: 'ttl-too-low' }]);
    await neighbor.close();
    await runtime.stop();
    host.close();
    await start({ ttlSecurity: true }, 255);
    announce('192.168.1.2', '10.9.0.0/16');
    await until('the route', SECONDS, async () => (await routes()).length > 0);
    expect(await routes()).toEqual(['10.9.0.0/16']);
    expect(dropped()).toEqual([]);
  });
});

describe('a neighbor off the subnet', () => {
  it('is spoken to, heard and routed to over a /32 address', async () => {
    const node = lab.node('neighbor');
    await ip(router, 'address flush dev eth0');
    await ip(router, 'address add 10.255.0.1/32 dev eth0');
    await ip(router, 'route add 192.168.1.2/32 dev eth0');
    await ip(node, 'route add 10.255.0.1/32 dev eth0');
    await start({ validateSource: false, multicast: false, neighbors: ['192.168.1.2'] });
    await until('a packet', SECONDS, () => heard.includes('10.255.0.1'));
    announce('192.168.1.2', '10.9.0.0/16');
    await until('the route', SECONDS, async () => (await routes()).includes('10.9.0.0/16'));
    const listed = await router.exec('ip', 'route', 'show', '10.9.0.0/16');
    expect(listed).toContain('via 192.168.1.2 dev eth0 proto rip metric 20 onlink');
  });

  it('is spoken to and heard over an address with a peer', async () => {
    const node = lab.node('neighbor');
    await ip(router, 'address flush dev eth0');
    await ip(node, 'address flush dev eth0');
    await ip(router, 'address add 10.255.0.1 peer 10.255.0.2/32 dev eth0');
    await ip(node, 'address add 10.255.0.2 peer 10.255.0.1/32 dev eth0');
    await start({});
    await until('a packet', SECONDS, () => heard.includes('10.255.0.1'));
    announce('10.255.0.2', '10.9.0.0/16');
    await until('the route', SECONDS, async () => (await routes()).includes('10.9.0.0/16'));
  });
});
