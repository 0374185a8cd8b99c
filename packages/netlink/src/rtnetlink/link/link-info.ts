/**
 * What kind of interface it is and what only that kind has: IFLA_LINKINFO, linux/if_link.h. Before it: a table for each
 * kind in `kinds`. After it: `link.ts`.
 */
import {
  type AnyCodec,
  attributes,
  bytes,
  type Codec,
  cString,
  nested,
  type ValueOf,
  variants,
} from '@ripstop/wire';
import { bridgeAttributes } from './kinds/bridge.ts';
import { bridgePortAttributes } from './kinds/bridge-port.ts';
import { macvlanAttributes } from './kinds/macvlan.ts';
import { tunAttributes } from './kinds/tun.ts';
import { vethAttributes } from './kinds/veth.ts';
import { vlanAttributes } from './kinds/vlan.ts';
import { vrfAttributes, vrfPortAttributes } from './kinds/vrf.ts';
import { vxlanAttributes } from './kinds/vxlan.ts';

/** The kind's name. Linux: takes it with or without a NUL; iproute2 writes none, and neither do we. */
const kindName: Codec<string> = { ...cString, sizeOf: (value) => cString.sizeOf(value) - 1 };

/** IFLA_INFO_*; `data` and `slaveData` are raw. */
const infoTable = {
  kind: [1, kindName],
  data: [2, nested(bytes)],
  statistics: [3, bytes],
  slaveKind: [4, kindName],
  slaveData: [5, nested(bytes)],
} as const;

const bridgePortTable = { slaveData: [5, nested(bridgePortAttributes)] } as const;
const vrfPortTable = { slaveData: [5, nested(vrfPortAttributes)] } as const;

/** The set for one kind. What `slaveData` is depends on the master's kind, which is `slaveKind`. */
function infoOf<Data extends AnyCodec>(data: Data) {
  const table = { ...infoTable, data: [2, data] } as const;
  return variants('slaveKind', attributes('IFLA_INFO', table), {
    bridge: attributes('IFLA_INFO', { ...table, ...bridgePortTable }),
    vrf: attributes('IFLA_INFO', { ...table, ...vrfPortTable }),
  });
}

const byKind = variants('kind', infoOf(nested(bytes)), {
  bridge: infoOf(nested(bridgeAttributes)),
  macvlan: infoOf(nested(macvlanAttributes)),
  macvtap: infoOf(nested(macvlanAttributes)),
  tun: infoOf(nested(tunAttributes)),
  veth: infoOf(nested(vethAttributes)),
  vlan: infoOf(nested(vlanAttributes)),
  vrf: infoOf(nested(vrfAttributes)),
  vxlan: infoOf(nested(vxlanAttributes)),
  // iproute2 names the port's kind so in its requests.
  bridge_slave: attributes('IFLA_INFO', { ...infoTable, ...bridgePortTable }),
});

type ByKind = typeof byKind;
/** Has a name, lest every declaration that holds it write it out: hundreds of kilobytes for the users' compilers. */
export interface LinkInfoCodec extends ByKind {}

/** IFLA_LINKINFO: `data` is typed for the kinds that are named here, and bytes for any other (dummy and ifb have none). */
export const linkInfo: LinkInfoCodec = byKind;

/** What each kind of interface has in `linkInfo.data`. */
export interface LinkData {
  readonly bridge: ValueOf<typeof bridgeAttributes>;
  readonly macvlan: ValueOf<typeof macvlanAttributes>;
  readonly tun: ValueOf<typeof tunAttributes>;
  readonly veth: ValueOf<typeof vethAttributes>;
  readonly vlan: ValueOf<typeof vlanAttributes>;
  readonly vrf: ValueOf<typeof vrfAttributes>;
  readonly vxlan: ValueOf<typeof vxlanAttributes>;
}

/** What an interface has in `linkInfo.slaveData`, by the kind of its master. */
export interface LinkPortData {
  readonly bridge: ValueOf<typeof bridgePortAttributes>;
  readonly vrf: ValueOf<typeof vrfPortAttributes>;
}
