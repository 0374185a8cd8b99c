/**
 * What the real kernel refuses is not announced: a router whose neighbor is there, but not, for the kernel, the neighbor's
 * subnet. Split horizon is off, so that the neighbor hears what it said.
 */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import {
  decodePacket,
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  Router,
  rip,
} from '@ripstop/rip';
import { Runtime, systemDigest } from '@ripstop/router';
import { openUdpSocket, type UdpSocket } from '@ripstop/socket';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pair } from '../kit/pair.ts';
import { KernelHost } from './kernel-host.ts';

const SECONDS = 20_000;
const prefix = '10.9.0.0/16';
const place = { family: 'ipv4', table: 254, metric: 20, protocol: 189 } as const;
const subnetRoute = '192.168.1.0/24 dev eth0 proto kernel scope link src 192.168.1.1';

let lab: NamespaceLab;
let router: LabNode;
let host: KernelHost;
let runtime: Runtime;
let neighbor: UdpSocket;
/** Metrics of the prefix, as the neighbor has heard them. */
let heard: number[];

beforeEach(async () => {
  lab = await NamespaceLab.lay(pair);
  router = lab.node('router');
  heard = [];
  const node = lab.node('neighbor');
  neighbor = openUdpSocket({
    interface: { name: 'eth0', index: await node.interfaceIndex('eth0') },
    port: rip.port,
    group: rip.group,
    namespace: node.namespace,
    receive(datagrams) {
      for (const { bytes } of datagrams) {
        const packet = decodePacket(rip, bytes);
        if (packet.command !== 'response') continue;
        heard.push(...packet.entries.filter((entry) => entry.prefix === prefix).map(({ metric }) => metric));
      }
    },
    failed(error) {
      throw error;
    },
  });
  host = new KernelHost(router);
  const eth0 = { ...defaultInterfaceConfiguration, splitHorizon: 'disabled' } as const;
  const configuration = { ...defaultRouterConfiguration, interfaces: { eth0 } };
  const core = new Router(
    { ...configuration, triggeredUpdateDelay: [0, 0] },
    { protocol: rip, random: Math.random, digest: systemDigest, sequence: 0 },
  );
  runtime = new Runtime(core, { ...place, onExit: 'remove', staleTime: 60_000 }, host);
  await runtime.start();
});
afterEach(async () => {
  await runtime?.stop();
  await neighbor?.close();
  host?.close();
  await lab?.close();
});

async function ip(command: string): Promise<void> {
  await router.exec('ip', ...command.split(' '));
}

function announce(): void {
  for (const packet of rip.encodeResponses([{ prefix, metric: 1, tag: 0, nextHop: undefined }]))
    neighbor.send(packet, { source: '192.168.1.2', destination: rip.group, port: rip.port });
}

it('a route is poisoned when its gateway cannot be reached, and announced when it can be again', async () => {
  await ip(`route del ${subnetRoute}`);
  await ip('route add 192.168.1.2/32 dev eth0');
  await ip('route add 224.0.0.0/4 dev eth0');
  announce();
  await until('the announcement', SECONDS, () => heard.at(-1) === 2);
  await ip('route del 192.168.1.2/32 dev eth0');
  await ip(`route del ${prefix} proto rip`);
  await until('the poison', SECONDS, () => heard.at(-1) === 16);
  expect(runtime.kernelRoutes()).toMatchObject([
    {
      prefix,
      state: 'failed',
      reason: 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
    },
  ]);
  await ip(`route add ${subnetRoute}`);
  await until('the announcement again', SECONDS, () => heard.at(-1) === 2);
  expect(runtime.kernelRoutes()).toMatchObject([{ state: 'installed' }]);
});
