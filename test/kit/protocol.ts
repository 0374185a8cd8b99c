/**
 * RIP and RIPng, for suites that run with both: what differs between them for somebody who watches. Written down here once
 * more, because this is a judge. RFC 2453 §3.1, §4.5; RFC 2080 §2.1, §2.5.
 */
import { type LabNode, type Topology, until } from '@ripstop/lab';
import { type Address, type AddressFamily, parseAddress } from '@ripstop/wire';

const ADDRESS_MS = 30_000;

export interface Protocol {
  readonly name: 'rip' | 'ripng';
  readonly family: AddressFamily;
  readonly version: number;
  readonly port: number;
  readonly group: Address;
  /** TTL or hop limit of what is for all on the link. */
  readonly ttl: number;
  /** Bytes of the largest IP packet where the MTU is 1500. */
  readonly lengthMax: number;
  /** What an entry has as its next hop if it is the sender. */
  readonly senderNextHop: Address;
  /** Protocol that FRR's zebra writes into the kernel's routes; a number has no name. */
  readonly frrRoutes: 'rip' | 190;
  /** An address, prefix or subnet of a plan that is written in IPv4, in this family: `10.1.2.3/24` is `fd00:1:2::3/64`. */
  in(text: string): string;
  /** The address that a node speaks from on an interface. Waits until it has one. */
  speaker(node: LabNode, interfaceName: string): Promise<Address>;
}

export const rip: Protocol = {
  name: 'rip',
  family: 'ipv4',
  version: 2,
  port: 520,
  group: '224.0.0.9',
  ttl: 1,
  lengthMax: 532,
  senderNextHop: '0.0.0.0',
  frrRoutes: 'rip',
  in: (text) => text,
  speaker: (node, name) => addressOf(node, name, 'ipv4', 'global'),
};

export const ripng: Protocol = {
  name: 'ripng',
  family: 'ipv6',
  version: 1,
  port: 521,
  group: 'ff02::9',
  ttl: 255,
  lengthMax: 1500,
  senderNextHop: '::',
  frrRoutes: 190,
  in(text) {
    if (text === '0.0.0.0/0') return '::/0';
    const [, area, network, host, length = ''] = /^10\.(\d+)\.(\d+)\.(\d+)(\/24)?$/.exec(text) ?? [];
    const address = parseAddress(`fd00:${area}:${network}::${host}`);
    if (address === undefined) throw new Error(`${text} is not of the plan`);
    return address + length.replace('24', '64');
  },
  speaker: (node, name) => addressOf(node, name, 'ipv6', 'link'),
};

export const protocols: readonly Protocol[] = [rip, ripng];

/** A topology whose plan is written in IPv4, in the protocol's family. */
export function planIn(protocol: Protocol, { nodes, links }: Topology): Topology {
  return {
    nodes,
    links: links.map((ends) =>
      ends.map((end) => ({ ...end, addresses: end.addresses.map((address) => protocol.in(address)) })),
    ),
  };
}

async function addressOf(
  node: LabNode,
  name: string,
  family: AddressFamily,
  scope: 'global' | 'link',
): Promise<Address> {
  const interfaceIndex = await node.interfaceIndex(name);
  return await until(`${node.name} has an address on ${name}`, ADDRESS_MS, async () => {
    const addresses = await node.kernel.addresses.list({ family, interfaceIndex });
    return addresses.find((address) => address.scope === scope)?.address;
  });
}
