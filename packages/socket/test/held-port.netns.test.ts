// A port that is held for a whole namespace: who notices, and who does not.
import { expect, test } from 'vitest';
import { HeldUdpPort } from '../src/udp/held-port.ts';
import { openDescriptors } from './descriptors.ts';
import { ipv4, ipv6 } from './udp-station.ts';

test('is held once in a namespace and family, until it is released; nothing is left open', () => {
  const [here, there] = ipv4.makePair();
  const before = openDescriptors();
  const held = new HeldUdpPort(520, 'ipv4', here);
  expect(() => new HeldUdpPort(520, 'ipv4', here)).toThrow(
    'UDP port 520 of this network namespace is taken by this process',
  );
  const others = [
    new HeldUdpPort(521, 'ipv4', here),
    new HeldUdpPort(520, 'ipv6', here),
    new HeldUdpPort(520, 'ipv4', there),
  ];
  held.release();
  const again = new HeldUdpPort(520, 'ipv4', here);
  for (const each of [...others, again, held]) each.release();
  expect(openDescriptors()).toBe(before);
});

test.each([ipv4, ipv6])(
  '$name: leaves the port to the sockets of other interfaces',
  ({ makePair, open, port }) => {
    const [here] = makePair();
    const held = new HeldUdpPort(port, port === ipv4.port ? 'ipv4' : 'ipv6', here);
    open(here, 'eth0');
    held.release();
  },
);
