/**
 * Two hosts, and the way between them through three routers. The one in the middle has a second way to the far host:
 *
 *     source – left – middle – right – sink
 *                           \– other –/
 *
 * Hosts have static routes; routers learn. Both families.
 */
import type { NamespaceLab, Topology } from '@ripstop/lab';
import type { RipdConfiguration } from '../kit/ripd.ts';

/** The far host, by its addresses of both families. */
export const sink = ['10.2.0.2', 'fd00:2::2'] as const;
/** Its subnet, which the middle learns. */
export const sinkSubnet = '10.2.0.0/24';
/** Gateways of the middle. */
export const right = '10.0.2.2';
export const other = '10.0.3.2';

export const crossing: Topology = {
  nodes: ['source', 'left', 'middle', 'right', 'other', 'sink'],
  links: [
    [end('source', 'eth0', '1', 2), end('left', 'hosts', '1', 1)],
    [end('middle', 'to-left', '0.1', 1), end('left', 'to-middle', '0.1', 2)],
    [end('middle', 'to-right', '0.2', 1), end('right', 'to-middle', '0.2', 2)],
    [end('middle', 'to-other', '0.3', 1), end('other', 'to-middle', '0.3', 2)],
    [end('right', 'hosts', '2', 1), end('other', 'hosts', '2', 3), end('sink', 'eth0', '2', 2)],
  ],
};

/** Tells the hosts that everything else is behind their routers. */
export async function settleHosts(lab: NamespaceLab): Promise<void> {
  for (const [name, network] of [
    ['source', '1'],
    ['sink', '2'],
  ] as const) {
    const host = lab.node(name);
    await host.exec('ip', 'route', 'add', 'default', 'via', `10.${network}.0.1`);
    await host.exec('ip', 'route', 'add', 'default', 'via', `fd00:${network}::1`);
  }
}

/**
 * A router beside the middle, of both protocols. Its own updates come so seldom that whoever starts anew is not served by them,
 * and its timeout is so long that nothing it has learned is lost while a neighbor is away.
 */
export const neighbor = ofBoth({
  timers: { update: 30, timeout: 180, 'garbage-collection': 120 },
  'triggered-update-delay': [0, 0],
  interfaces: { 'to-middle': {}, hosts: { passive: true } },
});

/** The same for RIP and RIPng. */
export function ofBoth(protocol: object): RipdConfiguration {
  return { rip: protocol, ripng: protocol };
}

/** @param network `0.1`: 10.0.1.0/24 and fd00:0:1::/64; `1`: 10.1.0.0/24 and fd00:1::/64 */
function end(node: string, name: string, network: string, host: number) {
  const ipv4 = network.includes('.') ? `10.${network}.${host}/24` : `10.${network}.0.${host}/24`;
  return {
    node,
    interface: name,
    addresses: [ipv4, `fd00:${network.replace('.', ':')}::${host}/64`],
  };
}
