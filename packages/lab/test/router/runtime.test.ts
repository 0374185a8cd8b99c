import {
  type Datagram,
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  Router,
  rip,
  ripng,
} from '@ripstop/rip';
import { type DatagramSocket, Runtime, systemDigest } from '@ripstop/router';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from './fake-host.ts';
import { foreignRoute } from './observed-kernel.ts';

const settings = {
  family: 'ipv4',
  table: 254,
  metric: 20,
  protocol: 189,
  onExit: 'remove',
  staleTime: 60_000,
} as const;
interface OpenSocket extends DatagramSocket {
  readonly sent: { source: string; destination: string; packet: Uint8Array }[];
  receive(datagrams: readonly Datagram[]): void;
  failed(error: Error): void;
  isClosed: boolean;
}

const random = (): number => 0.5;

let host: FakeHost;
let runtime: Runtime;
let sockets: OpenSocket[];
/** Why no socket can be had. */
let obstacle: Error | undefined;

beforeEach(() => {
  host = new FakeHost();
  sockets = [];
  obstacle = undefined;
  host.datagrams = {
    open(_target, _options, receive, failed) {
      if (obstacle !== undefined) throw obstacle;
      const sent: OpenSocket['sent'] = [];
      const socket: OpenSocket = {
        sent,
        receive,
        failed,
        isClosed: false,
        isWaiting: false,
        send: (packet, { source, destination }) => void sent.push({ packet, source, destination }),
        async close() {
          await Promise.resolve();
          socket.isClosed = true;
        },
      };
      sockets.push(socket);
      return socket;
    },
  };
  const configuration = {
    ...defaultRouterConfiguration,
    interfaces: { 'eth*': defaultInterfaceConfiguration },
  };
  runtime = new Runtime(
    new Router(configuration, { protocol: rip, random, digest: systemDigest, sequence: 0 }),
    settings,
    host,
  );
});

function hear(prefix: string, metric: number): void {
  const datagrams = rip.encodeResponses([{ prefix, metric, tag: 0, nextHop: undefined }]).map((bytes) => ({
    source: '10.0.0.2',
    port: 520,
    bytes,
  }));
  sockets.at(-1)?.receive(datagrams);
}

const interfaceStates = (): unknown[] =>
  runtime.snapshot().router.interfaces.map(({ name, state }) => [name, state]);
const listenFailures = (): unknown[] => host.reports.filter(({ type }) => type === 'listen-failed');

describe('the runtime', () => {
  it('listens on every usable interface when start resolves, and asks the neighbors', async () => {
    await runtime.start();
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
    expect(sockets[0]?.sent[0]).toMatchObject({ destination: '224.0.0.9' });
  });

  it('carries a route from a datagram into the kernel, and out again when it is withdrawn', async () => {
    await runtime.start();
    hear('10.9.0.0/16', 3);
    await host.settle();
    expect(host.kernel.routeList).toMatchObject([
      { destination: '10.9.0.0', gateway: '10.0.0.2', protocol: 'rip' },
    ]);
    expect(runtime.snapshot().router.routes.find(({ prefix }) => prefix === '10.9.0.0/16')).toMatchObject({
      metric: 4,
      kernel: { state: 'installed' },
    });
    hear('10.9.0.0/16', 16);
    await host.settle();
    expect(host.kernel.routeList).toEqual([]);
  });

  it('wakes the router at its deadlines', async () => {
    await runtime.start();
    const before = sockets[0]?.sent.length ?? 0;
    await host.advance(100_000);
    expect((sockets[0]?.sent.length ?? 0) - before).toBeGreaterThanOrEqual(3);
  });

  it('follows an interface that goes down and comes back', async () => {
    await runtime.start();
    hear('10.9.0.0/16', 3);
    await host.settle();
    host.kernel.fake.setUp('eth0', false);
    await host.settle();
    expect(interfaceStates()).toEqual([]);
    expect(sockets[0]?.isClosed).toBe(true);
    host.kernel.fake.setUp('eth0', true);
    await host.advance(1_000);
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
    expect(host.kernel.routeList).toEqual([]);
    expect(host.reports.filter(({ type }) => type.startsWith('route-install'))).toEqual([]);
  });

  it('takes an interface that is told of while it lists', async () => {
    host.kernel.fake.deleteLink('eth0');
    const { list } = host.kernel.addresses;
    host.kernel.addresses.list = async () => {
      const before = await list();
      host.kernel.fake.addLink('eth0');
      host.kernel.fake.addAddress('eth0', '10.0.0.1', 26);
      return before;
    };
    await runtime.start();
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
  });

  it('lists links and addresses again after lost notifications, also when that fails at first', async () => {
    await runtime.start();
    host.kernel.unheard(() => {
      host.kernel.fake.deleteLink('eth0');
      host.kernel.fake.addLink('eth0');
      host.kernel.fake.addAddress('eth0', '10.0.0.1', 26);
    });
    host.kernel.failure = Object.assign(new Error('it broke'), { code: 'EIO' });
    host.kernel.overrun();
    await host.advance(3_000);
    expect(runtime.snapshot().router.interfaces).toMatchObject([{ index: 3 }]);
    expect(host.reports.filter(({ type }) => type === 'kernel-failed')).toHaveLength(1);
  });

  it('lists links and addresses again when notifications were lost while it started', async () => {
    host.kernel.fake.deleteAddress('eth0', '10.0.0.1', 26);
    const { list } = host.kernel.addresses;
    host.kernel.addresses.list = async () => {
      host.kernel.addresses.list = list;
      const before = await list();
      host.kernel.unheard(() => host.kernel.fake.addAddress('eth0', '10.0.0.1', 26));
      host.kernel.overrun();
      return before;
    };
    await runtime.start();
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
  });

  it('reports once, not for every attempt, that links cannot be listed', async () => {
    await runtime.start();
    const error = Object.assign(new Error('it broke'), { code: 'EIO' });
    host.kernel.links.list = () => Promise.reject(error);
    host.kernel.overrun();
    await host.advance(10_000);
    expect(host.reports.filter(({ type }) => type === 'kernel-failed')).toHaveLength(1);
  });

  it('reports once why it cannot listen, and listens when it can', async () => {
    obstacle = new Error('UDP port 520 on eth0 is taken by process 7 (bird)');
    await runtime.start();
    await host.advance(20_000);
    expect(listenFailures()).toEqual([
      { type: 'listen-failed', interface: 'eth0', reason: obstacle.message },
    ]);
    expect(interfaceStates()).toEqual([['eth0', 'listen-failed']]);
    obstacle = undefined;
    await host.advance(20_000);
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
  });

  it('that is kept from listening by another program leaves the routes that it found', async () => {
    host.kernel.someone(foreignRoute('new', '10.7.0.0/16', '10.0.0.9', 'rip'));
    obstacle = new Error('UDP port 520 on eth0 is taken by process 7 (ripd)');
    await runtime.start();
    await host.advance(600_000);
    await runtime.stop();
    expect(host.kernel.routeList).toMatchObject([{ destination: '10.7.0.0', gateway: '10.0.0.9' }]);
  });

  it('that can listen at last removes what it found and nobody announces', async () => {
    host.kernel.someone(foreignRoute('new', '10.7.0.0/16', '10.0.0.9', 'rip'));
    obstacle = new Error('UDP port 520 on eth0 is taken by process 7 (ripd)');
    await runtime.start();
    await host.advance(settings.staleTime);
    obstacle = undefined;
    await host.advance(settings.staleTime);
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
    expect(host.kernel.routeList).toHaveLength(1);
    await host.advance(settings.staleTime);
    expect(host.kernel.routeList).toEqual([]);
  });

  it('opens a socket that broke again', async () => {
    await runtime.start();
    sockets[0]?.failed(new Error('ENODEV'));
    await host.advance(20_000);
    expect(sockets).toHaveLength(2);
    expect(interfaceStates()).toEqual([['eth0', 'up']]);
  });

  it('does not start without the kernel', async () => {
    host.kernel.failure = Object.assign(new Error('no permission'), { code: 'EPERM' });
    await expect(runtime.start()).rejects.toThrow('no permission');
    expect(sockets).toEqual([]);
  });

  it('says farewell with metric 16 before it closes, and leaves no route', async () => {
    await runtime.start();
    hear('10.9.0.0/16', 3);
    await host.settle();
    const [socket] = sockets;
    const before = socket?.sent.length ?? 0;
    await runtime.stop();
    const farewell = socket?.sent.slice(before) ?? [];
    expect(farewell).toHaveLength(1);
    expect(farewell[0]?.packet.at(-1)).toBe(16);
    expect(socket?.isClosed).toBe(true);
    expect(host.kernel.routeList).toEqual([]);
    const sent = socket?.sent.length;
    host.kernel.fake.setUp('eth0', false);
    await host.advance(600_000);
    expect(socket?.sent).toHaveLength(sent ?? 0);
  });

  it('that keeps its routes at the end says no farewell', async () => {
    await runtime.start();
    hear('10.9.0.0/16', 3);
    await host.settle();
    const [socket] = sockets;
    const sent = socket?.sent.length ?? 0;
    await runtime.stop('keep');
    expect(socket).toMatchObject({ sent: { length: sent }, isClosed: true });
    expect(host.kernel.routeList).toMatchObject([{ destination: '10.9.0.0' }]);
  });

  it('removes the routes that it found, if it could have heard of them again', async () => {
    host.kernel.someone(foreignRoute('new', '10.7.0.0/16', '10.0.0.9', 'rip'));
    await runtime.start();
    await runtime.stop();
    expect(host.kernel.routeList).toEqual([]);
  });

  it('that is abandoned says nothing, and leaves the kernel as it is', async () => {
    await runtime.start();
    hear('10.9.0.0/16', 3);
    await host.settle();
    const [socket] = sockets;
    const sent = socket?.sent.length ?? 0;
    runtime.abandon();
    await host.advance(600_000);
    expect(socket?.sent).toHaveLength(sent);
    expect(socket?.isClosed).toBe(true);
    expect(host.kernel.routeList).toHaveLength(1);
  });

  it('of RIPng speaks from its link-local address, and has its routes in the kernel', async () => {
    host.kernel.fake.addAddress('eth0', 'fe80::1', 64);
    const configuration = {
      ...defaultRouterConfiguration,
      interfaces: { 'eth*': defaultRipngInterfaceConfiguration },
    };
    const router = new Router(configuration, { protocol: ripng, random, digest: systemDigest, sequence: 0 });
    runtime = new Runtime(router, { ...settings, family: 'ipv6' }, host);
    await runtime.start();
    expect(sockets[0]?.sent[0]).toMatchObject({ source: 'fe80::1', destination: 'ff02::9' });
    const [packet] = ripng.encodeResponses([
      { prefix: '2001:db8::/32', metric: 3, tag: 0, nextHop: undefined },
    ]);
    sockets[0]?.receive([{ source: 'fe80::2', port: 521, bytes: packet ?? new Uint8Array() }]);
    await host.settle();
    expect(host.kernel.routeList).toMatchObject([
      { destination: '2001:db8::', gateway: 'fe80::2', outputInterface: 2, protocol: 'rip' },
    ]);
    await runtime.stop();
    expect(host.kernel.routeList).toEqual([]);
  });

  it('is not told of what belongs to the other address family', async () => {
    await runtime.start();
    host.kernel.late = [];
    host.kernel.fake.addAddress('eth0', '2001:db8::1', 64);
    await host.settle();
    expect(host.kernel.late).toEqual([]);
  });

  it('may speak elsewhere after a new configuration', async () => {
    await runtime.start();
    runtime.reconfigure({ ...defaultRouterConfiguration, interfaces: {} });
    await host.settle();
    expect(interfaceStates()).toEqual([]);
    expect(sockets[0]?.isClosed).toBe(true);
  });
});
