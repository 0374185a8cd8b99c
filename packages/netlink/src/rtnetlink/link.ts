/**
 * Interfaces: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK (linux/rtnetlink.h, linux/if_link.h).
 *
 * Linux: a message of family `bridge` is about a bridge's port, not about an interface. RTM_DELLINK of that family says
 * that an interface has left its bridge; the interface is still there. It comes in the same multicast group.
 */
import { attributes, headed, type InputOf, nested, type ValueOf, variants } from '@ripstop/wire';
import { bridgeSpecification } from './link/bridge-vlans.ts';
import { bridgePortAttributes } from './link/kinds/bridge-port.ts';
import { interfaceTable, linkHeader, linkTable } from './link/link-attributes.ts';
import { type LinkData, linkInfo } from './link/link-info.ts';

const linkInfoTable = { linkInfo: [18, nested(linkInfo)] } as const;

const interfaceLink = headed(linkHeader, attributes('IFLA', { ...interfaceTable, ...linkInfoTable }));

/** `protocolInfo` is what the interface has as a port. */
const bridgePortTable = {
  ...linkTable,
  protocolInfo: [12, nested(bridgePortAttributes)],
  families: [26, nested(bridgeSpecification)],
} as const;
const bridgePortLink = headed(linkHeader, attributes('IFLA', { ...bridgePortTable, ...linkInfoTable }));

const otherLink = headed(linkHeader, attributes('IFLA', { ...linkTable, ...linkInfoTable }));

/** Payload of the RTM_*LINK messages. In messages of other families `protocolInfo` and `families` stay bytes. */
export const linkMessage = variants('family', otherLink, {
  unspecified: interfaceLink,
  ipv6: interfaceLink,
  bridge: bridgePortLink,
});

export type LinkMessage = ValueOf<typeof linkMessage>;
export type LinkInput = InputOf<typeof linkMessage>;

/** What a link of this kind has of its own; undefined if it is of another: `linkDataOf(link, 'vrf')?.table`. */
export function linkDataOf<Kind extends keyof LinkData>(
  { linkInfo }: LinkMessage,
  kind: Kind,
): LinkData[Kind] | undefined {
  // The compiler cannot tell that another kind's name is not this one.
  return linkInfo?.kind === kind ? (linkInfo.data as LinkData[Kind] | undefined) : undefined;
}

/** Which links to list. */
export interface LinkFilter {
  /** Of IFLA_INFO_KIND: `bridge`, `veth`. */
  readonly kind?: string | undefined;
  /** Index of the bridge, bond or VRF that they belong to. */
  readonly master?: number | undefined;
}

/** The request that lists what a filter selects. */
export function linkQuery({ kind, master }: LinkFilter): LinkInput {
  return { master, linkInfo: kind === undefined ? undefined : { kind } };
}
