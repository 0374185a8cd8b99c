import { type Datagram, type Protocol, rip, ripng } from '@ripstop/rip';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Departure, worldDatagrams } from '../../src/world/datagrams.ts';
import { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';
import { RouterPort } from '../../src/world/port.ts';
import { Random } from '../../src/world/random.ts';
import { goodConditions, Segment } from '../../src/world/segment.ts';
import { Timeline } from '../../src/world/timeline.ts';

let timeline: Timeline;
let segment: Segment;
let departures: Departure[];

beforeEach(() => {
  timeline = new Timeline();
  segment = new Segment('lan', goodConditions, timeline, new Random(1));
  departures = [];
});

/** A machine on the segment with the addresses 10.0.0.N/24 and fe80::N, and what its sockets hear. */
function machine(number: number, protocol: Protocol = rip) {
  const kernel = new FakeKernel({ later: (what) => void timeline.soon(what) });
  const addresses = [
    { address: `10.0.0.${number}`, prefixLength: 24 },
    { address: `fe80::${number}`, prefixLength: 64 },
  ];
  const address = addresses[protocol === rip ? 0 : 1]?.address ?? '';
  const hardwareAddress = '02:00:00:00:00:01';
  const port = new RouterPort(
    { router: `r${number}`, interface: 'eth0', addresses, hardwareAddress },
    segment,
    kernel,
  );
  segment.ports.push(port);
  // Duplicate address detection ends.
  arrive();
  const datagrams = worldDatagrams(protocol, new Map([['eth0', port]]), timeline, (departure) =>
    departures.push(departure),
  );
  const batches: (readonly Datagram[])[] = [];
  const open = (name = 'eth0', ttl?: 255) =>
    datagrams.open(
      { name, index: 2, mtu: 1500, loopback: false, addresses: [] },
      { ttl },
      (batch) => batches.push(batch),
      () => undefined,
    );
  return { address, open, batches, port };
}

function arrive(): void {
  while (timeline.next < Number.POSITIVE_INFINITY) timeline.step();
}

const packet = Uint8Array.of(1, 2, 3);
const toGroup = { destination: '224.0.0.9', port: 520 };

describe('a socket of the world', () => {
  it('hears what others send to the group, with their address', () => {
    const [one, two] = [machine(1), machine(2)];
    two.open();
    one.open().send(packet, { source: one.address, ...toGroup });
    arrive();
    expect(two.batches).toEqual([[{ source: '10.0.0.1', port: 520, bytes: packet }]]);
    expect(one.batches).toEqual([]);
    expect(departures).toHaveLength(1);
  });

  it.each(['255.255.255.255', '10.0.0.255', '10.0.0.2'])('hears what is sent to %s', (destination) => {
    const [one, two] = [machine(1), machine(2)];
    two.open();
    one.open().send(packet, { source: one.address, destination, port: 520 });
    arrive();
    expect(two.batches).toHaveLength(1);
  });

  it('does not hear what is for another port, another host or another subnet', () => {
    const [one, two] = [machine(1), machine(2)];
    two.open();
    const socket = one.open();
    socket.send(packet, { source: one.address, destination: '10.0.0.2', port: 40_000 });
    socket.send(packet, { source: one.address, destination: '10.0.0.3', port: 520 });
    socket.send(packet, { source: one.address, destination: '10.0.1.255', port: 520 });
    arrive();
    expect(two.batches).toEqual([]);
  });

  it('hands on together what comes together', () => {
    const [one, two] = [machine(1), machine(2)];
    two.open();
    const socket = one.open();
    for (let number = 0; number < 3; number += 1) socket.send(packet, { source: one.address, ...toGroup });
    arrive();
    expect(two.batches.map((batch) => batch.length)).toEqual([3]);
  });

  it('that wants TTL 255 gets one byte of what has less, and all of what has it', () => {
    const [one, two, three] = [machine(1), machine(2), machine(3)];
    two.open('eth0', 255);
    one.open().send(packet, { source: one.address, ...toGroup });
    three.open('eth0', 255).send(packet, { source: three.address, ...toGroup });
    arrive();
    expect(two.batches.flat()).toEqual([
      { source: '10.0.0.1', port: 520, bytes: Uint8Array.of(1), farAway: true },
      { source: '10.0.0.3', port: 520, bytes: packet },
    ]);
  });

  it('of RIPng hears the group of IPv6, and nothing of RIP beside it', () => {
    const [one, two] = [machine(1, ripng), machine(2, ripng)];
    two.open();
    machine(3)
      .open()
      .send(packet, { source: '10.0.0.3', ...toGroup });
    one.open().send(packet, { source: one.address, destination: 'ff02::9', port: 521 });
    arrive();
    expect(two.batches).toEqual([[{ source: 'fe80::1', port: 521, multicast: true, bytes: packet }]]);
  });

  it('of RIPng gets one byte of what is for the group and comes from afar, and all of what is for it alone', () => {
    const [one, two] = [machine(1, ripng), machine(2, ripng)];
    two.open();
    const common = { source: one.address, port: 521, ttl: 254, bytes: packet };
    segment.transmit(one.port, { ...common, destination: 'ff02::9' });
    segment.transmit(one.port, { ...common, destination: two.address });
    segment.transmit(one.port, { ...common, destination: 'ff02::9', ttl: 255 });
    arrive();
    expect(two.batches.flat()).toEqual([
      { source: 'fe80::1', port: 521, multicast: true, bytes: Uint8Array.of(1), farAway: true },
      { source: 'fe80::1', port: 521, multicast: false, bytes: packet },
      { source: 'fe80::1', port: 521, multicast: true, bytes: packet },
    ]);
  });

  it('of RIPng sends everything with hop limit 255', () => {
    const [one, two] = [machine(1, ripng), machine(2, ripng)];
    two.open('eth0', 255);
    one.open().send(packet, { source: one.address, destination: two.address, port: 521 });
    arrive();
    expect(two.batches.flat()).toEqual([{ source: 'fe80::1', port: 521, multicast: false, bytes: packet }]);
  });

  it('is the only one of its protocol and its interface until it is closed; then it is deaf and dumb', async () => {
    const [one, two] = [machine(1), machine(2)];
    const first = two.open();
    expect(() => two.open()).toThrow(/in use/);
    await first.close();
    two.open();
    first.send(packet, { source: two.address, ...toGroup });
    expect(departures).toEqual([]);
    one.open().send(packet, { source: one.address, ...toGroup });
    arrive();
    expect(two.batches).toHaveLength(1);
  });

  it('cannot be had on an interface without a segment', () => {
    expect(() => machine(1).open('eth9')).toThrow(/no segment/);
  });
});
