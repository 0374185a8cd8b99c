/**
 * Whatever arrives, and whatever happens in which order: nothing is thrown, and what has to stay true stays true
 * (`fuzz/subject`). The inputs follow from a seed; what once broke a law is kept in `fuzz/corpus`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rip } from '../src/index.ts';
import { encodeWholeTableRequest } from '../src/packet/request.ts';
import { type Driver, manyEntries, twoPorts } from './driver.ts';
import { Dice } from './fuzz/dice.ts';
import { happeningsOf } from './fuzz/happening.ts';
import { live, relive } from './fuzz/life.ts';
import { damaged } from './fuzz/packets.ts';
import { read } from './fuzz/reading.ts';

const seed = Number(process.env.RIPSTOP_SEED ?? 2453);
/** Of both fuzzes together. The nightly run has more. */
const inputs = Number(process.env.RIPSTOP_INPUTS ?? 50_000);
/** Happenings of one life. */
const lifetime = 200;

/** Milliseconds: a stop for what would never end, also on a slow machine at night. */
const longest = 60_000 + inputs;

const corpus = new URL('./fuzz/corpus/', import.meta.url);

describe('what once broke a law', () => {
  test.each(readdirSync(corpus))('%s', (name) => {
    relive(happeningsOf(readFileSync(new URL(name, corpus), 'utf8')));
  });
});

test('whatever happens, the router keeps its laws', { timeout: longest }, () => {
  for (let lived = 0, own = seed; lived < inputs / 2; lived += lifetime, own += 1) {
    replayable(own, () => live(own, lifetime));
  }
});

test('whatever the bytes, decoders and authenticators answer', { timeout: longest }, () => {
  const packets = 100;
  for (let done = 0, own = seed; done < inputs / 2; done += packets, own += 1) {
    replayable(own, () => read(own, packets));
  }
});

/** @param own the seed of what is done: enough to do it alone */
function replayable(own: number, what: () => void): void {
  try {
    what();
  } catch (error) {
    const replay = `RIPSTOP_SEED=${own} RIPSTOP_INPUTS=1 npm test -- --project unit packages/rip/test/fuzz.test.ts`;
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\n\nReplay: ${replay}`, { cause: error });
  }
}

/** Routes, neighbors and what the kernel was told, without times and counters. */
function stateOf(driver: Driver): unknown {
  const { routes, neighbors } = driver.snapshot();
  return [
    routes.map(({ prefix, metric, tag, nextHops, offers }) => [prefix, metric, tag, nextHops, offers.length]),
    neighbors.map(({ address, routes: count }) => [address, count]),
    driver.kernel(),
  ];
}

test('what is refused changes nothing, however it is damaged besides', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', manyEntries(200, 2));
  driver.hear('eth1', '10.0.1.2', manyEntries(100, 3));
  driver.advance(6_000);
  const before = stateOf(driver);
  const dice = new Dice(seed);
  const sound = [...rip.encodeResponses(manyEntries(60, 5)), encodeWholeTableRequest(2)];
  // Each way to spoil a packet alone is enough to have it rejected.
  const spoils = [
    { source: '192.0.2.7', port: rip.port, start: [] },
    { source: '10.0.0.1', port: rip.port, start: [] },
    { source: '10.0.0.2', port: 1024, start: [2] },
    { source: '10.0.0.2', port: rip.port, start: [2, 0] },
    { source: '10.0.0.2', port: rip.port, start: [3] },
    { source: '10.0.0.2', port: rip.port, start: [2, 2, 0, 0, 0xff, 0xff] },
  ];
  const count = 3_000;
  for (let sent = 0; sent < count; sent += 1) {
    const bytes = damaged(dice, dice.pick(sound));
    const { source, port, start } = dice.pick(spoils);
    const spoiled = Uint8Array.from([...start, ...bytes.subarray(start.length), ...new Uint8Array(24)]);
    driver.receive('eth0', { source, port, bytes: spoiled });
  }
  expect(stateOf(driver)).toEqual(before);
  const dropped = Object.values(driver.dropped('eth0')).reduce((sum, once) => sum + once, 0);
  expect(dropped).toBe(count);
});
