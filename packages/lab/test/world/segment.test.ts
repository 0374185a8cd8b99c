import { beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/world/random.ts';
import { type Conditions, goodConditions, type Packet, type Port, Segment } from '../../src/world/segment.ts';
import { Timeline } from '../../src/world/timeline.ts';

class TestPort implements Port {
  readonly interface = 'eth0';
  isUp = true;
  readonly carriers: boolean[] = [];
  readonly received: Packet[] = [];
  readonly router: string;
  readonly address: string;

  constructor(router: string, address: string) {
    this.router = router;
    this.address = address;
  }

  has(address: string): boolean {
    return address === this.address;
  }

  isMeant(destination: string): boolean {
    return destination === '224.0.0.9' || this.has(destination);
  }

  setCarrier(carrier: boolean): void {
    this.carriers.push(carrier);
  }

  setMtu(): void {
    // Nothing of it depends on the size of packets.
  }

  receive(packet: Packet): void {
    this.received.push(packet);
  }
}

let timeline: Timeline;
let segment: Segment;
let a: TestPort;
let b: TestPort;
let c: TestPort;

beforeEach(() => lay({}));

function lay(conditions: Partial<Conditions>): void {
  timeline = new Timeline();
  segment = new Segment('lan', { ...goodConditions, ...conditions }, timeline, new Random(1));
  a = new TestPort('a', '10.0.0.1');
  b = new TestPort('b', '10.0.0.2');
  c = new TestPort('c', '10.0.0.3');
  segment.ports.push(a, b, c);
}

/** @param number becomes the packet's only byte */
function send(from: TestPort, destination = '224.0.0.9', number = 0): void {
  segment.transmit(from, {
    source: from.address,
    destination,
    port: 520,
    ttl: 1,
    bytes: Uint8Array.of(number),
  });
}

function arrive(): void {
  while (timeline.next < Number.POSITIVE_INFINITY) timeline.step();
}

const counts = (): number[] => [a, b, c].map(({ received }) => received.length);
const numbers = (port: TestPort): number[] => port.received.map(({ bytes }) => bytes[0] ?? -1);

describe('a segment', () => {
  it('carries what is for the group to all others, and what is for one to that one', () => {
    send(a);
    arrive();
    expect(counts()).toEqual([0, 1, 1]);
    send(b, '10.0.0.3');
    send(b, '10.0.0.77');
    arrive();
    expect(counts()).toEqual([0, 1, 2]);
  });

  it('takes its time', () => {
    lay({ delay: 7 });
    send(a);
    expect(timeline.next).toBe(7);
  });

  it('loses about as many as it is told to', () => {
    lay({ loss: 0.3 });
    for (let number = 0; number < 1_000; number += 1) send(a, '10.0.0.2');
    arrive();
    expect(b.received.length).toBeGreaterThan(600);
    expect(b.received.length).toBeLessThan(800);
  });

  it('keeps the order in spite of jitter', () => {
    lay({ delay: 1, jitter: 500 });
    for (let number = 0; number < 100; number += 1) send(a, '10.0.0.2', number);
    arrive();
    expect(numbers(b)).toEqual(Array.from({ length: 100 }, (_, number) => number));
  });

  it('lets some be overtaken, if it is told to', () => {
    lay({ reordering: 0.2 });
    for (let number = 0; number < 100; number += 1) send(a, '10.0.0.2', number);
    arrive();
    expect(numbers(b)).not.toEqual(numbers(b).toSorted((x, y) => x - y));
    expect(b.received).toHaveLength(100);
  });

  it('carries some twice, if it is told to', () => {
    lay({ duplication: 0.5 });
    for (let number = 0; number < 100; number += 1) send(a, '10.0.0.2', number);
    arrive();
    expect(b.received.length).toBeGreaterThan(120);
  });

  it('takes the carrier from all, and what is under way with it', () => {
    send(a);
    segment.cut();
    arrive();
    expect(counts()).toEqual([0, 0, 0]);
    expect([a, b, c].map(({ carriers }) => carriers)).toEqual([[false], [false], [false]]);
    segment.mend();
    send(a);
    arrive();
    expect(counts()).toEqual([0, 1, 1]);
    expect(a.carriers).toEqual([false, true]);
  });

  it('takes the carrier from one, and leaves it to the others', () => {
    segment.cut([b]);
    send(a);
    send(b);
    arrive();
    expect(counts()).toEqual([0, 0, 1]);
    expect(c.carriers).toEqual([]);
  });

  it('swallows everything, and tells nobody', () => {
    segment.silence();
    send(a);
    arrive();
    expect(counts()).toEqual([0, 0, 0]);
    expect(a.carriers).toEqual([]);
  });

  it('falls apart into parts that hear only themselves', () => {
    segment.split([a]);
    send(a);
    send(b);
    arrive();
    expect(counts()).toEqual([0, 0, 1]);
  });

  it('carries nothing to or from an interface that is down', () => {
    b.isUp = false;
    send(a);
    send(b);
    arrive();
    expect(counts()).toEqual([0, 0, 1]);
  });

  it('is as it was, when it is mended', () => {
    segment.impair({ loss: 1 });
    segment.mend();
    send(a);
    arrive();
    expect(counts()).toEqual([0, 1, 1]);
  });
});
