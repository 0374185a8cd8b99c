/**
 * Authentication between routers: two drivers, each with its own clock, that hand each other what they send. What the
 * authenticator does with a single packet is tested in `authentication/`.
 */
import { describe, expect, test } from 'vitest';
import type { Action, Key, KeyChain, Millis } from '../src/index.ts';
import { chain, key } from './authentication/signing.ts';
import { configured, Driver } from './driver.ts';

const prefix = '10.1.0.0/16';
const minute: Millis = 60_000;

function speaking(authentication: KeyChain | undefined, address: string, sequence = 0): Driver {
  const driver = new Driver(configured({ eth0: { authentication }, eth1: {} }), { sequence });
  driver.up('eth0', `${address}/24`);
  return driver;
}

function pair(...keys: Key[]): [Driver, Driver] {
  return [speaking(chain(...keys), '10.0.0.1'), speaking(chain(...keys), '10.0.0.2')];
}

/** Hands over what was sent since the last time, as bytes without their sender's timing. */
function deliver(from: Driver, to: Driver): void {
  const [source] = from.snapshot().interfaces[0]?.addresses ?? [];
  for (const bytes of packetsOf(from.take())) {
    to.receive('eth0', { source: source?.split('/')[0] ?? '', port: 520, bytes });
  }
}

function packetsOf(actions: readonly Action[]): Uint8Array[] {
  return actions.flatMap((action) =>
    action.type === 'send' && action.interface === 'eth0' ? [action.packet] : [],
  );
}

/** Time passes for both, a second at a time. */
function together(one: Driver, other: Driver, duration: Millis): void {
  for (let passed = 0; passed < duration; passed += 1_000) {
    for (const driver of [one, other]) driver.advance(1_000);
    deliver(one, other);
    deliver(other, one);
  }
}

function announce(driver: Driver): void {
  driver.step({
    type: 'redistribution-changed',
    routes: [{ prefix, source: 'static', metric: 1, tag: 0, nextHop: undefined }],
    withdrawn: [],
  });
}

const sequenceOf = (packet: Uint8Array | undefined): number =>
  packet === undefined ? -1 : new DataView(packet.buffer).getUint32(12);
/** What a packet begins with: family 0xFFFF and its type of authentication. */
const typeOf = (packet: Uint8Array): string => Buffer.from(packet.subarray(4, 8)).toString('hex');

test('2453 §4.1: authenticates requests and answers like updates', () => {
  const [one, other] = pair(key());
  announce(one);
  one.advance(10_000);
  const sent = packetsOf(one.take());
  expect(sent.map((packet) => [packet[0], typeOf(packet)])).toEqual([
    [1, 'ffff0003'],
    [2, 'ffff0003'],
    [2, 'ffff0003'],
  ]);
  // The other one's first packet is a request for the whole table.
  const [request] = packetsOf(other.take());
  one.receive('eth0', { source: '10.0.0.2', port: 40_000, bytes: request?.slice() ?? new Uint8Array() });
  const [answer] = packetsOf(one.take());
  expect(answer && [answer[0], typeOf(answer)]).toEqual([2, 'ffff0003']);
  one.receive('eth0', {
    source: '10.0.0.9',
    port: 40_000,
    bytes: Uint8Array.from([1, 2, 0, 0, ...new Uint8Array(19), 16]),
  });
  expect(one.take().filter((action) => action.type === 'send')).toEqual([]);
  expect(one.dropped('eth0')).toEqual({ 'authentication-missing': 1 });
});

test('2453 §5.2: accepts packets that pass authentication', () => {
  const [one, other] = pair(key());
  announce(one);
  together(one, other, minute);
  expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
});

test.each([
  [
    '2453 §5.2: discards unauthenticated packets where authentication is configured',
    undefined,
    chain(key()),
    'missing',
  ],
  [
    '2453 §5.2: discards authenticated packets where no authentication is configured',
    chain(key()),
    undefined,
    'unexpected',
  ],
  [
    '4822 §2.3.2: discards a packet whose digest does not match',
    chain(key({ secret: 'else' })),
    chain(key()),
    'failed',
  ],
  [
    '4822 §2.3.2: discards a packet with a key that is unknown here',
    chain(key({ id: 3 })),
    chain(key()),
    'key',
  ],
  [
    '2453 §5.2: discards packets with a wrong password',
    chain(key({ algorithm: 'clear-text', secret: 'else' })),
    chain(key({ algorithm: 'clear-text' })),
    'failed',
  ],
] as const)('%s', (_clause, sent, accepted, reason) => {
  const one = speaking(sent, '10.0.0.1');
  const other = speaking(accepted, '10.0.0.2');
  announce(one);
  together(one, other, minute);
  expect(other.kernel()).toEqual({});
  const name = `authentication-${reason}`;
  expect(Object.keys(other.dropped('eth0'))).toEqual([name]);
  expect(other.snapshot().neighbors).toMatchObject([{ address: '10.0.0.1', state: 'refused' }]);
});

test('4822 §2.3.2: reports a key that is unknown here, with those that are known', () => {
  const one = speaking(chain(key({ id: 3 })), '10.0.0.1');
  const other = speaking(chain(key({ id: 1 }), key({ id: 2 })), '10.0.0.2');
  deliver(one, other);
  expect(other.reports('packet-dropped')[0]?.detail).toBe('key 3 unknown here; have 1, 2');
});

test('2453 §5.2: accepts unauthenticated packets where no authentication is configured', () => {
  const [one, other] = [speaking(undefined, '10.0.0.1'), speaking(undefined, '10.0.0.2')];
  announce(one);
  together(one, other, minute);
  expect(other.metric(prefix)).toBe(2);
});

describe('keys', () => {
  const start = Date.UTC(2026, 0, 1);
  const old = key({
    id: 1,
    send: { start: start - minute, end: start + 5 * minute },
    accept: { start: start - minute, end: start + 7 * minute },
  });
  const next = key({
    id: 2,
    algorithm: 'md5',
    secret: 'next',
    send: { start: start + 5 * minute, end: start + 20 * minute },
    accept: { start: start + 3 * minute, end: start + 20 * minute },
  });

  test('4822 §3.2: changes from key to key without refusing a packet', () => {
    const [one, other] = pair(old, next);
    // Ninety seconds apart: less than the keys overlap.
    other.wall += 90_000;
    announce(one);
    together(one, other, 10 * minute);
    expect(one.reports('packet-dropped')).toEqual([]);
    expect(other.reports('packet-dropped')).toEqual([]);
    expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
    expect(one.reports('key-changed').map((report) => [report.before, report.key])).toEqual([
      [undefined, 1],
      [1, 2],
    ]);
  });

  test('4822 §5.1: goes on with the last key that has expired', () => {
    const [one, other] = pair(old);
    announce(one);
    together(one, other, 15 * minute);
    expect(other.reports('packet-dropped')).toEqual([]);
    expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
  });

  test('4822 §5.1: never sends without authentication because its keys have expired', () => {
    const driver = speaking(chain(old), '10.0.0.1');
    driver.advance(60 * minute);
    const types = packetsOf(driver.take()).map(typeOf);
    expect(types.length).toBeGreaterThan(100);
    expect(new Set(types)).toEqual(new Set(['ffff0003']));
    const plain = Uint8Array.from([
      2, 2, 0, 0, 0, 2, 0, 0, 10, 1, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
    ]);
    driver.receive('eth0', { source: '10.0.0.2', port: 520, bytes: plain });
    expect(driver.kernel()).toEqual({});
  });

  test('4822 §5.1: reports that the last key of an interface expires', () => {
    const driver = speaking(chain(old), '10.0.0.1');
    driver.advance(10 * minute);
    expect(driver.reports('key-expiring')).toMatchObject([
      { interface: 'eth0', chain: 'core', key: 1, end: start + 5 * minute, expired: false },
      { interface: 'eth0', chain: 'core', key: 1, end: start + 5 * minute, expired: true },
    ]);
    const [soon] = driver.history.filter(
      ({ action }) => action.type === 'report' && action.report.type === 'key-expiring',
    );
    expect(soon?.at).toBeLessThan(5 * minute);
  });

  test('4822 §3.1: lets the administrator delete an active key', () => {
    const [one, other] = pair(key({ id: 1 }), key({ id: 2, secret: 'next' }));
    announce(one);
    together(one, other, minute);
    for (const driver of [one, other]) {
      const authentication = chain(key({ id: 2, secret: 'next' }));
      driver.step({
        type: 'reconfigured',
        configuration: configured({ eth0: { authentication }, eth1: {} }),
      });
    }
    expect(one.reports('key-changed').at(-1)).toMatchObject({ before: 1, key: 2 });
    together(one, other, 4 * minute);
    expect(other.reports('packet-dropped')).toEqual([]);
    expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
  });
});

describe('sequence numbers', () => {
  /** What the last `reserve-sequence` said: a host would have it on its disk. */
  function reserved(driver: Driver): number {
    const reservations = driver.history.flatMap(({ action }) =>
      action.type === 'reserve-sequence' ? [action.sequence] : [],
    );
    return reservations.at(-1) ?? 0;
  }

  test('what they are reserved for leaves only afterwards', () => {
    const driver = speaking(chain(key()), '10.0.0.1');
    driver.advance(5 * minute);
    let most = 0;
    for (const { action } of driver.history) {
      if (action.type === 'reserve-sequence') most = action.sequence;
      if (action.type === 'send') expect(sequenceOf(action.packet)).toBeLessThanOrEqual(most);
    }
    expect(most).toBeGreaterThan(0);
  });

  test('4822 §2.2: lets no clock that jumps back lower its sequence numbers', () => {
    const [one, other] = pair(key());
    announce(one);
    together(one, other, minute);
    one.wall = 0;
    together(one, other, 5 * minute);
    expect(other.reports('packet-dropped')).toEqual([]);
    expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
  });

  test('4822 §2.2: continues above the sequence numbers of the run before', () => {
    const [one, other] = pair(key());
    announce(one);
    together(one, other, 5 * minute);
    // The same router after a restart, without a battery clock: 1970.
    const again = speaking(chain(key()), '10.0.0.1', reserved(one));
    again.wall = 0;
    announce(again);
    again.take();
    together(again, other, 2 * minute);
    expect(other.reports('packet-dropped')).toEqual([]);
    expect(other.reports('route-changed').filter(({ metric }) => metric === 16)).toEqual([]);
  });

  test('4822 §2.3.2: discards a lower sequence number while the neighbor has routes', () => {
    const [one, other] = pair(key());
    announce(one);
    together(one, other, minute);
    // Restarted with nothing remembered and a clock that is two minutes behind.
    const again = speaking(chain(key()), '10.0.0.1');
    again.wall = one.wall - 2 * minute;
    announce(again);
    together(again, other, minute);
    expect(other.dropped('eth0')['authentication-replayed']).toBeGreaterThan(0);
    expect(other.reports('packet-dropped')[0]?.detail).toMatch(
      /sequence \d+ of key 1 came, expected at least \d+/,
    );
    // Its clock catches up.
    together(again, other, 4 * minute);
    expect(other.kernel()).toEqual({ [prefix]: ['10.0.0.1'] });
    const count = other.reports('packet-dropped').length;
    together(again, other, minute);
    expect(other.reports('packet-dropped')).toHaveLength(count);
  });

  test('the last packet of a dead neighbor, sent again and again, does not bring its routes back', () => {
    const [one, other] = pair(key());
    announce(one);
    together(one, other, minute);
    const [last] = packetsOf(one.history.map(({ action }) => action)).slice(-1);
    if (last === undefined) throw new Error('nothing was sent');
    for (let passed = 0; passed < 20 * minute; passed += 5_000) {
      other.advance(5_000);
      other.receive('eth0', { source: '10.0.0.1', port: 520, bytes: last });
      if (passed > 4 * minute) expect(other.kernel()).toEqual({});
    }
  });

  test('a packet that was captured is refused later, and changes nothing', () => {
    const [one, other] = pair(key());
    announce(one);
    one.advance(30_000);
    const captured = packetsOf(one.history.map(({ action }) => action)).map((packet) => packet.slice());
    together(one, other, minute);
    one.step({ type: 'redistribution-changed', routes: [], withdrawn: [prefix] });
    together(one, other, 10_000);
    expect(other.kernel()).toEqual({});
    for (const bytes of captured) other.receive('eth0', { source: '10.0.0.1', port: 520, bytes });
    expect(other.kernel()).toEqual({});
    expect(other.dropped('eth0')).toEqual({ 'authentication-replayed': captured.length });
  });
});
