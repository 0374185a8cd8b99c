/**
 * What the benchmarks beside other daemons measure with. Judges are our own decoder and our own client of the kernel, which
 * have judges of their own.
 */
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { messageFlags, type Request, routeTables } from '@ripstop/netlink';
import { decodePacket, rip as ripDecoder, ripng as ripngDecoder } from '@ripstop/rip';
import { openUdpSocket, type UdpDatagram } from '@ripstop/socket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../kit/c-program.ts';
import { pair } from '../../kit/pair.ts';
import { type Protocol, rip, ripng } from '../../kit/protocol.ts';
import { gcc, installed } from '../../kit/requirements.ts';
import { Announcer } from './announcer.ts';
import { FibWatch } from './fib-watch.ts';
import { cpuTime, droppedPackets, interfacesInGroup, peakMemory } from './process-figures.ts';

const WITHIN_MS = 10_000;

const { create, replace } = messageFlags.masks;

describe.runIf(installed('the instruments of the benchmarks', gcc))('an instrument', () => {
  let lab: NamespaceLab;
  let router: LabNode;
  let neighbor: LabNode;

  beforeAll(async () => {
    lab = await NamespaceLab.lay(pair);
    router = lab.node('router');
    neighbor = lab.node('neighbor');
    // It comes with the carrier.
    await ripng.speaker(neighbor, 'eth0');
  });
  afterAll(() => lab?.close());

  function announcer(protocol: Protocol): Announcer {
    return new Announcer(neighbor, 'eth0', protocol, lab.directory);
  }

  /** What the router hears of a protocol while something happens, until there are so many packets. */
  async function heard(
    { port, group }: Protocol,
    count: number,
    cause: () => Promise<unknown>,
  ): Promise<UdpDatagram[]> {
    const all: UdpDatagram[] = [];
    const socket = openUdpSocket({
      interface: { name: 'eth0', index: await router.interfaceIndex('eth0') },
      port,
      group,
      namespace: router.namespace,
      receive: (datagrams) => all.push(...datagrams.map((each) => ({ ...each, bytes: each.bytes.slice() }))),
      failed: (error) => {
        throw error;
      },
    });
    try {
      await cause();
      await until('the packets have come', WITHIN_MS, () => all.length >= count);
      return all;
    } finally {
      await socket.close();
    }
  }

  it.each([
    { protocol: rip, decoder: ripDecoder, sizes: [25, 25, 10], first: '20.0.0.0/24', last: '20.0.59.0/24' },
    { protocol: ripng, decoder: ripngDecoder, sizes: [60], first: '2001:d00::/48', last: '2001:d00:3b::/48' },
  ])('announces full packets of $protocol.name', async ({ protocol, decoder, sizes, first, last }) => {
    const announcement = { routes: 60, metric: 7, gap: 0 };
    const packets = await heard(protocol, sizes.length, async () => {
      expect(await announcer(protocol).announce(announcement)).toMatchObject({ packets: sizes.length });
    });
    const decoded = packets.map(({ bytes }) => decodePacket(decoder, bytes));
    const entries = decoded.map((packet) => {
      expect(packet).toMatchObject({ command: 'response', version: protocol.version, drops: [] });
      return packet.command === 'response' ? packet.entries : [];
    });
    expect(packets.map(({ port }) => port)).toEqual(sizes.map(() => protocol.port));
    expect(entries.map(({ length }) => length)).toEqual(sizes);
    expect(entries[0]?.[0]).toMatchObject({ prefix: first, metric: 7 });
    expect(entries.at(-1)?.at(-1)).toMatchObject({ prefix: last, metric: 7 });
  });

  it('sends paced packets no faster than asked', async () => {
    const { first, last, packets } = await announcer(rip).announce({ routes: 500, metric: 1, gap: 1_000 });
    expect(packets).toBe(20);
    expect(last - first).toBeGreaterThanOrEqual(19e6);
  });

  it('counts the routes that come and leave, and the CPU that it took', async () => {
    const oif = await router.interfaceIndex('eth0');
    const daemon = { routeProtocol: 189, pids: [process.pid] };
    const watch = new FibWatch(router, daemon, 'ipv4', lab.directory);
    const route = (at: number, protocol: number, operation: 'new' | 'delete', flags = 0): Request => ({
      object: 'route',
      operation,
      flags,
      message: {
        family: 'ipv4',
        table: routeTables.main,
        destination: `10.9.${at}.0`,
        destinationLength: 24,
        type: 'unicast',
        protocol,
        outputInterface: oif,
      },
    });
    const [change] = await watch.during(2, () =>
      router.request(
        route(0, 11, 'new', create),
        route(1, 189, 'new', create),
        route(2, 189, 'new', create),
        route(2, 189, 'new', create | replace),
        route(1, 189, 'delete'),
        route(3, 189, 'new', create),
      ),
    );
    expect(change).toMatchObject({ came: 3, left: 1 });
    expect(change.cpu).toBeGreaterThan(0);
    expect(await watch.count()).toBe(2);
  });

  it.each([rip, ripng])('sees who hears $name, and what it has no room for', async (protocol) => {
    const receiver = router.start([compile('bench/peers/receiver', lab.directory), protocol.name, 'eth0']);
    await receiver.waitForLine(/^receiving$/, WITHIN_MS);
    expect(interfacesInGroup(receiver.pid, protocol)).toEqual(['eth0']);
    expect(droppedPackets(receiver.pid, protocol)).toBe(0);
    const before = cpuTime(receiver.pid);
    await announcer(protocol).announce({ routes: 25_000, metric: 1, gap: 0 });
    await until('the receiver has worked', WITHIN_MS, () => cpuTime(receiver.pid) > before);
    expect(peakMemory(receiver.pid)).toBeGreaterThan(100_000);
    receiver.signal('SIGSTOP');
    await announcer(protocol).announce({ routes: 1_000_000, metric: 1, gap: 0 });
    expect(droppedPackets(receiver.pid, protocol)).toBeGreaterThan(0);
    receiver.kill();
    await receiver.exited;
  });
});
