/** RFC 2453 §3.9.1: who asks, and what they are told. */
import { expect, test } from 'vitest';
import { datagram, twoPorts } from './driver.ts';

const wholeTable = '01 02 0000 0000 0000 00000000 00000000 00000000 00000010';
const specific = `01 02 0000
  0002 0000 0a010000 ffff0000 00000000 00000000
  0002 0000 0a020000 ffff0000 00000000 00000000`;

function withRoute() {
  const driver = twoPorts();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
  driver.advance(6_000);
  driver.take();
  return driver;
}

test('2453 §3.9.1: applies split horizon to a whole table that it was asked for', () => {
  const driver = withRoute();
  driver.receive('eth0', datagram(wholeTable, '10.0.0.9'));
  expect(driver.sent()).toEqual([
    expect.objectContaining({
      interface: 'eth0',
      destination: '10.0.0.9',
      port: 520,
      metrics: { '10.0.0.0/24': 16, '10.0.1.0/24': 1, '10.1.0.0/16': 16 },
    }),
  ]);
});

test('2453 §3.6: answers a request to the port it came from', () => {
  const driver = withRoute();
  driver.receive('eth1', datagram(wholeTable, '10.0.1.9', 40_000));
  expect(driver.sent()).toEqual([
    expect.objectContaining({
      destination: '10.0.1.9',
      port: 40_000,
      metrics: expect.objectContaining({ '10.1.0.0/16': 3 }),
    }),
  ]);
  expect(driver.snapshot().neighbors.map((neighbor) => neighbor.address)).toEqual(['10.0.0.2']);
});

test('2453 §3.9.1: applies no split horizon to the destinations that it was asked for', () => {
  const driver = withRoute();
  driver.receive('eth0', datagram(specific, '10.0.0.9', 40_000));
  expect(driver.sent()).toEqual([
    expect.objectContaining({
      destination: '10.0.0.9',
      port: 40_000,
      metrics: { '10.1.0.0/16': 3, '10.2.0.0/16': 16 },
    }),
  ]);
});

test('2453 §3.9.1: does not answer a request without entries', () => {
  const driver = withRoute();
  expect(driver.receive('eth0', datagram('01 02 0000', '10.0.0.2'))).toEqual([]);
});

test('2453 §3.9.1: takes that entry for a request for everything only if it is alone', () => {
  const driver = withRoute();
  driver.receive('eth0', datagram(`${wholeTable} 0002 0000 0a010000 ffff0000 00000000 00000000`));
  const [answer] = driver.sent();
  expect(answer?.bytes.byteLength).toBe(44);
  expect(answer?.metrics).toEqual({ '10.1.0.0/16': 3 });
});

test('a request of a later version is answered with version 2', () => {
  const driver = withRoute();
  driver.receive(
    'eth0',
    datagram(wholeTable.replace('01 02', '01 03')),
    datagram(specific.replace('01 02', '01 03')),
  );
  expect(driver.sent().map((packet) => packet.bytes[1])).toEqual([2, 2]);
});

test('an answer does not count as an update of what has changed', () => {
  const driver = withRoute();
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 4 });
  driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 5 });
  driver.take();
  driver.receive('eth1', datagram(wholeTable, '10.0.1.9'));
  expect(driver.sent()).toHaveLength(1);
  expect(driver.route('10.1.0.0/16')?.changed).toBe(true);
  driver.advance(6_000);
  expect(driver.announced('eth1')).toMatchObject([{ metrics: { '10.1.0.0/16': 6 } }]);
});

test('a request from off the subnet is not answered: its sender may be forged', () => {
  const driver = withRoute();
  driver.receive('eth0', datagram(wholeTable, '192.0.2.1', 40_000), datagram(specific, '192.0.2.1', 40_000));
  expect(driver.sent()).toEqual([]);
  expect(driver.dropped('eth0')).toEqual({ 'source-off-subnet': 2 });
});

test('1058 §3.4.1: does not answer a request from port 520 on a passive interface', () => {
  const driver = twoPorts({ eth0: { passive: true }, eth1: {} });
  driver.receive('eth0', datagram(wholeTable), datagram(specific));
  expect(driver.sent()).toEqual([]);
});

test('1058 §3.4.1: answers a request from another port also on a passive interface', () => {
  const driver = twoPorts({ eth0: { passive: true }, eth1: {} });
  driver.receive('eth0', datagram(wholeTable, '10.0.0.9', 40_000), datagram(specific, '10.0.0.9', 40_000));
  expect(driver.sent().map(({ port }) => port)).toEqual([40_000, 40_000]);
});

test('who asks several times in one batch is answered once, about the state after the batch', () => {
  const driver = withRoute();
  const update = '02 02 0000 0002 0000 0a050000 ffff0000 00000000 00000001';
  driver.receive(
    'eth1',
    datagram(wholeTable, '10.0.1.9'),
    datagram(wholeTable, '10.0.1.9'),
    datagram(update, '10.0.1.7'),
  );
  const answers = driver.sent().filter((packet) => packet.destination === '10.0.1.9');
  expect(answers).toHaveLength(1);
  expect(answers[0]?.metrics).toMatchObject({ '10.5.0.0/16': 16 });
});

test('no more than 50 whole tables are sent to askers in a second', () => {
  const driver = withRoute();
  for (let port = 1_000; port < 1_060; port += 1)
    driver.receive('eth0', datagram(wholeTable, '10.0.0.9', port));
  expect(driver.sent()).toHaveLength(50);
  expect(driver.dropped('eth0')).toEqual({ 'too-many-requests': 10 });
  driver.advance(1_000);
  driver.take();
  driver.receive('eth0', datagram(wholeTable, '10.0.0.9', 2_000));
  expect(driver.sent()).toHaveLength(1);
});
