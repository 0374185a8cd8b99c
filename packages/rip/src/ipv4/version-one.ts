/**
 * What may be said where RIPv1 routers listen: they see no masks, so they get only what they read as it is meant.
 *
 * Before: the entries of a whole update, after split horizon and policy. After: `encode`, in version 1 or, for
 * routers of both versions on one network, in version 2. RFC 2453 §3.7, §4.3; RFC 1058 §3.2, §3.5.
 *
 * Invariant: every entry that comes out is read back with its own length by the rules of `network-class`.
 */
import { ipv4FromNumber, ipv4ToNumber, maskFromLength, prefixAddress, prefixLength } from '@ripstop/wire';
import { type Entry, infinity } from '../packet/packet.ts';
import { classLength, inferredLength, siblingOf } from './network-class.ts';
import type { Ipv4Subnet } from './subnet.ts';

/** A class A, B or C network, by its number. */
type Networks = Map<number, Entry>;

/**
 * Within the network that `outgoing` is a subnet of, the subnets with the same mask and the hosts. Of every other network
 * one entry, with the least metric of its subnets: it is lost when all of them are. Hosts of other networks only while
 * there is no entry that takes in the network around them. The default route. No supernets.
 *
 * Split horizon holds for an entry of a network as for each of its subnets: where all of them were learned, all are
 * left out or poisoned before they come here, and so is the network. A point-to-point link whose subnet is one address
 * (/32) shares no mask with anybody: within its network only hosts and the network as a whole are spoken of. A link
 * with an address from another network than the subnets behind it is a border like any other.
 * @param entries all of an update: what is said of a network depends on each of its subnets
 * @param outgoing that of the address packets leave from
 */
export function classfulEntries(entries: readonly Entry[], outgoing: Ipv4Subnet): Entry[] {
  const here = [outgoing];
  const spoken: Entry[] = [];
  const hosts: Entry[] = [];
  const networks: Networks = new Map();
  for (const entry of entries) {
    const address = ipv4ToNumber(prefixAddress(entry.prefix)) ?? 0;
    const length = prefixLength(entry.prefix);
    if (length === 0 || siblingOf(here, address) !== undefined) {
      if (inferredLength(here, address) === length) spoken.push(entry);
    } else if (length === 32) {
      if (inferredLength(here, address) === length) hosts.push(entry);
    } else if (length >= classLength(address)) addToNetwork(networks, address, entry);
  }
  return [...spoken, ...networks.values(), ...hosts.filter((host) => !isTakenIn(host, networks))];
}

/** The tag is that of the best subnet. No next hop: the ways to the subnets part at this router. */
function addToNetwork(networks: Networks, address: number, entry: Entry): void {
  const number = networkOf(address);
  const prefix = `${ipv4FromNumber(number)}/${classLength(address)}`;
  const known = networks.get(number);
  if (known === undefined && entry.prefix === prefix) networks.set(number, entry);
  else {
    const { tag, metric } = known !== undefined && known.metric <= entry.metric ? known : entry;
    networks.set(number, { prefix, tag, nextHop: undefined, metric });
  }
}

function isTakenIn(host: Entry, networks: Networks): boolean {
  const network = networks.get(networkOf(ipv4ToNumber(prefixAddress(host.prefix)) ?? 0));
  return network !== undefined && network.metric < infinity;
}

function networkOf(address: number): number {
  return (address & maskFromLength(classLength(address))) >>> 0;
}
