/** What can be set and shown, by the kind of a link and by the kind of the master it belongs to. */
import { bridge } from './bridge.ts';
import { bridgePort } from './bridge-port.ts';
import { type LinkKind, linkKind } from './link-option.ts';
import { macvlan } from './macvlan.ts';
import { tun } from './tun.ts';
import { veth } from './veth.ts';
import { vlan } from './vlan.ts';
import { vrf, vrfPort } from './vrf.ts';
import { vxlan } from './vxlan.ts';

const kinds: ReadonlyMap<string, LinkKind> = new Map([
  ['bridge', bridge],
  ['macvlan', macvlan],
  ['macvtap', macvlan],
  ['tun', tun],
  ['veth', veth],
  ['vlan', vlan],
  ['vrf', vrf],
  ['vxlan', vxlan],
]);

const ports: ReadonlyMap<string, LinkKind> = new Map([
  ['bridge', bridgePort],
  ['vrf', vrfPort],
]);

/** A kind that has nothing of its own (dummy, ifb), or that nobody knows here. */
const plain = linkKind([]);

export function kindNamed(name: string): LinkKind {
  return kinds.get(name) ?? plain;
}

/** What the links have that belong to a master of this kind. */
export function portOf(masterKind: string): LinkKind {
  return ports.get(masterKind) ?? plain;
}

/** For help: `type vrf table`. */
export const kindPhrases: readonly string[] = [
  ...[...kinds].map(([name, { words }]) => ['type', name, ...words].join(' ')),
  ...[...ports].map(([name, { words }]) => ['type', `${name}_slave`, ...words].join(' ')),
];
