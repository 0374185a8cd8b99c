/** RFC 2453 §5.2, RFC 4822 §2.3.2, §3.1, §5.1: authentication as the interfaces of a router have it. */
import { describe, expect, test } from 'vitest';
import { configured, type Driver, datagram, twoPorts } from '../driver.ts';
import { authenticator, bytesOf, chain, day, key, plain, signed, today } from './signing.ts';

const prefix = '10.1.2.0/24';

/** eth0 has key 1 with `secret`, eth1 has key 1 with `other`. */
function guarded(): Driver {
  return twoPorts({
    eth0: { authentication: chain(key()) },
    eth1: { authentication: chain(key({ secret: 'other' })) },
  });
}

test('2453 §4.1: sends no entry of family 0xFFFF without authentication', () => {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { [prefix]: 2 });
  driver.advance(30_000);
  for (const { bytes } of driver.sent()) {
    for (let at = 4; at < bytes.byteLength; at += 20) {
      expect(new DataView(bytes.buffer).getUint16(at)).not.toBe(0xffff);
    }
  }
});

test('2453 §4.1: authenticates requests and answers like updates', () => {
  const driver = guarded();
  const request = bytesOf('01020000 00000000 00000000 00000000 00000000 00000010');
  driver.receive('eth0', datagram(authenticator(key()).authenticate(request, 9, today)));
  driver.advance(30_000);
  const sent = driver.history.flatMap(({ action }) => (action.type === 'send' ? [action.packet] : []));
  expect(new Set(sent.map(([command]) => command))).toEqual(new Set([1, 2]));
  for (const packet of sent) expect(new DataView(packet.buffer).getUint32(4)).toBe(0xffff_0003);
});

test('2453 §5.2: accepts unauthenticated packets where no authentication is configured', () => {
  const driver = twoPorts({ eth0: { receiveVersion: '1-or-2' }, eth1: {} });
  const versionOne = '02 01 0000 0002 0000 ac100000 00000000 00000000 00000002';
  driver.receive('eth0', datagram(plain), datagram(versionOne));
  expect(Object.keys(driver.kernel())).toEqual([prefix, '172.16.0.0/16']);
});

describe('keys', () => {
  test('4822 §2.3.2: finds the key by its identifier and the interface', () => {
    const driver = guarded();
    driver.receive('eth1', datagram(signed(9), '10.0.1.2'));
    expect(driver.route(prefix)).toBeUndefined();
    driver.receive('eth0', datagram(signed(9), '10.0.0.2'));
    expect(driver.gateways(prefix)).toEqual(['10.0.0.2']);
  });

  test('4822 §2.3.2: discards a packet with a key that is unknown here', () => {
    const driver = guarded();
    driver.receive('eth0', datagram(signed(9, { id: 2 })));
    expect(driver.route(prefix)).toBeUndefined();
    expect(driver.dropped('eth0')).toEqual({ 'authentication-key': 1 });
  });

  test('4822 §2.3.2: reports a digest that does not match', () => {
    const driver = guarded();
    driver.receive('eth0', datagram(signed(9, { secret: 'other' })));
    expect(driver.reports('packet-dropped')).toMatchObject([
      {
        interface: 'eth0',
        neighbor: '10.0.0.2',
        reason: 'authentication-failed',
        detail: expect.stringContaining('key 1'),
      },
    ]);
  });

  test('4822 §3.1: lets the administrator delete an active key', () => {
    const two = chain(key(), key({ id: 2, secret: 'second' }));
    const driver = twoPorts({ eth0: { authentication: two }, eth1: {} });
    const authentication = chain(key({ id: 2, secret: 'second' }));
    driver.step({ type: 'reconfigured', configuration: configured({ eth0: { authentication }, eth1: {} }) });
    driver.receive('eth0', datagram(signed(9)));
    expect(driver.dropped('eth0')).toEqual({ 'authentication-key': 1 });
  });

  test('4822 §5.1: reports each key that expires with its interface and identifier', () => {
    const end = Date.UTC(2026, 0, 1, 1);
    const ending = { start: Number.NEGATIVE_INFINITY, end };
    const keys = chain(key(), key({ id: 2, send: ending }), key({ id: 3, send: ending, accept: ending }));
    const driver = twoPorts({ eth0: { authentication: keys }, eth1: {} });
    driver.advance(7_200_000);
    expect(driver.reports('key-ended').map(({ type, chain: _, ...rest }) => rest)).toEqual([
      { interface: 'eth0', key: 2, use: 'send', end },
      { interface: 'eth0', key: 3, use: 'send', end },
      { interface: 'eth0', key: 3, use: 'accept', end },
    ]);
  });

  test('each change of the key is reported', () => {
    const half = { start: Number.NEGATIVE_INFINITY, end: Date.UTC(2026, 0, 1, 1) };
    const two = chain(
      key({ send: half }),
      key({ id: 2, send: { ...half, start: half.end, end: half.end + day } }),
    );
    const driver = twoPorts({ eth0: { authentication: two }, eth1: {} });
    driver.advance(7_200_000);
    expect(driver.reports('key-changed')).toMatchObject([
      { interface: 'eth0', key: 1 },
      { interface: 'eth0', key: 2, before: 1 },
    ]);
  });
});

describe('sequence numbers', () => {
  test('4822 §2.3.2: accepts a sequence number that is equal to the last one', () => {
    const driver = guarded();
    driver.receive('eth0', datagram(signed(9)), datagram(signed(9)));
    expect(driver.dropped('eth0')).toEqual({});
    expect(driver.metric(prefix)).toBe(4);
  });

  test('4822 §2.3.2: reports a sequence number that is out of order', () => {
    const driver = guarded();
    driver.receive('eth0', datagram(signed(9)), datagram(signed(8)));
    expect(driver.reports('packet-dropped')).toMatchObject([
      { interface: 'eth0', neighbor: '10.0.0.2', reason: 'authentication-replayed' },
    ]);
  });
});
