/** Several routers together: do they find the way, and do they notice when it is gone? */
import { describe, expect, test } from 'vitest';
import { configured } from './driver.ts';
import { Wire } from './wire.ts';

const everywhere = configured({ '*': {}, 'stub*': { passive: true } });

function line(...names: string[]): Wire {
  const wire = new Wire();
  for (const [at, name] of names.entries()) wire.add(name, everywhere, at + 1);
  for (const [at, name] of names.slice(1).entries()) wire.link(names[at]!, name);
  wire.stub(names[0]!, 1);
  wire.advance(40_000);
  return wire;
}

function triangle(): Wire {
  const wire = new Wire();
  for (const [at, name] of ['a', 'b', 'c'].entries()) wire.add(name, everywhere, at + 1);
  wire.link('a', 'b');
  wire.link('b', 'c');
  wire.link('a', 'c');
  wire.stub('a', 1);
  wire.advance(40_000);
  return wire;
}

describe('a line', () => {
  test('every router has every prefix, with the number of hops as its metric', () => {
    const wire = line('a', 'b', 'c', 'd', 'e');
    const metrics = ['a', 'b', 'c', 'd', 'e'].map((name) => wire.get(name).metric('10.9.1.0/24'));
    expect(metrics).toEqual([1, 2, 3, 4, 5]);
    expect(wire.get('e').kernel()).toEqual({
      '10.0.0.0/24': ['10.0.3.1'],
      '10.0.1.0/24': ['10.0.3.1'],
      '10.0.2.0/24': ['10.0.3.1'],
      '10.9.1.0/24': ['10.0.3.1'],
    });
  });

  test('a prefix more than 15 hops away cannot be reached', () => {
    const names = Array.from({ length: 17 }, (_, at) => `r${String(at).padStart(2, '0')}`);
    const wire = line(...names);
    wire.advance(60_000);
    expect(wire.get('r14').metric('10.9.1.0/24')).toBe(15);
    expect(wire.get('r15').metric('10.9.1.0/24')).toBeUndefined();
  });

  test('a lone change crosses the line within milliseconds', () => {
    const wire = line('a', 'b', 'c', 'd', 'e');
    wire.stub('a', 2);
    wire.advance(10);
    expect(wire.get('e').metric('10.9.2.0/24')).toBe(5);
  });

  test('a cut is known at the far end within milliseconds', () => {
    const wire = line('a', 'b', 'c', 'd', 'e');
    wire.cut(0);
    wire.advance(10);
    expect(wire.get('e').metric('10.9.1.0/24')).toBe(16);
    expect(wire.get('e').kernel()).not.toHaveProperty('10.9.1.0/24');
  });

  test('what was lost is forgotten by all in the end', () => {
    const wire = line('a', 'b', 'c');
    wire.cut(0);
    wire.advance(200_000);
    expect(wire.get('b').route('10.9.1.0/24')).toBeUndefined();
    expect(wire.get('c').route('10.9.1.0/24')).toBeUndefined();
  });
});

describe('a triangle', () => {
  test('a cut link is replaced by the path around it, at once where it was kept', () => {
    const wire = triangle();
    expect(wire.get('b').kernel()['10.9.1.0/24']).toEqual(['10.0.0.1']);
    wire.cut(0);
    expect(wire.get('b').kernel()['10.9.1.0/24']).toEqual(['10.0.1.2']);
    expect(wire.get('b').metric('10.9.1.0/24')).toBe(3);
  });

  test('a link that fails in silence is replaced after the timeout', () => {
    const wire = triangle();
    wire.break(0);
    wire.advance(250_000);
    expect(wire.get('b').kernel()['10.9.1.0/24']).toEqual(['10.0.1.2']);
  });

  test('counting to infinity comes to an end', () => {
    const wire = triangle();
    // Both links of the router with the stub go at once: b and c have only each other to believe.
    wire.cut(0);
    wire.cut(2);
    wire.advance(120_000);
    for (const name of ['b', 'c']) {
      expect(wire.get(name).metric('10.9.1.0/24') ?? 16).toBe(16);
      expect(wire.get(name).kernel()).not.toHaveProperty('10.9.1.0/24');
    }
  });

  test('2453 §3.4.2: counts to infinity no further than 16', () => {
    const wire = new Wire();
    const open = configured({ '*': { splitHorizon: 'disabled' }, 'stub*': { passive: true } });
    for (const [at, name] of ['a', 'b', 'c'].entries()) wire.add(name, open, at + 1);
    wire.link('a', 'b');
    wire.link('b', 'c');
    wire.stub('a', 1);
    wire.advance(40_000);
    wire.cut(0);
    wire.advance(120_000);
    for (const name of ['b', 'c']) expect(wire.get(name).kernel()).not.toHaveProperty('10.9.1.0/24');
  });
});

test('two routers on one link of a third share its paths', () => {
  const wire = new Wire();
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) wire.add(name, everywhere, at + 1);
  wire.link('a', 'b', 'c');
  wire.link('b', 'd');
  wire.link('c', 'd');
  wire.stub('d', 1);
  wire.advance(40_000);
  expect(wire.get('a').kernel()['10.9.1.0/24']).toEqual(['10.0.0.2', '10.0.0.3']);
  wire.cut(1);
  wire.advance(10);
  expect(wire.get('a').kernel()['10.9.1.0/24']).toEqual(['10.0.0.3']);
});

test('a router that stops is left by its neighbors at once', () => {
  const wire = triangle();
  const a = wire.get('a');
  a.now = wire.now;
  a.step({ type: 'commanded', command: 'stop' });
  wire.advance(100_000);
  expect(wire.get('b').kernel()).not.toHaveProperty('10.9.1.0/24');
});

test('the same seeds give the same actions at the same times, other seeds others', () => {
  const run = (seed: number) => {
    const wire = new Wire();
    for (const name of ['a', 'b', 'c']) wire.add(name, everywhere, seed + name.charCodeAt(0));
    wire.link('a', 'b');
    wire.link('b', 'c');
    wire.link('a', 'c');
    wire.stub('a', 1);
    wire.advance(50_000);
    wire.cut(0);
    wire.advance(300_000);
    return JSON.stringify([...wire.routers.values()].map((driver) => driver.history));
  };
  expect(run(1)).toBe(run(1));
  expect(run(1)).not.toBe(run(2));
});
