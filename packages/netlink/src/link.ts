/**
 * Interfaces: RTM_NEWLINK, RTM_DELLINK, RTM_GETLINK, RTM_SETLINK (linux/rtnetlink.h, linux/if_link.h).
 *
 * Linux: a message of family `bridge` is about a bridge's port, not about an interface. RTM_DELLINK of that family says
 * that an interface has left its bridge; the interface is still there. It comes in the same multicast group.
 */
import { attributes, headed, type InputOf, nested, type ValueOf, variants } from '@ripstop/wire';
import { linkFamilyAttributes, linkHeader, linkIpv6Attributes, linkTable } from './link-attributes.ts';
import { linkInfo } from './link-info.ts';

const rawTable = { ...linkTable, linkInfo: [18, nested(linkInfo)] } as const;

/** IFLA_* of an interface: `protocolInfo` and `families` are typed. */
const linkAttributes = attributes('IFLA', {
  ...rawTable,
  protocolInfo: [12, nested(linkIpv6Attributes)],
  families: [26, nested(linkFamilyAttributes)],
});

const interfaceLink = headed(linkHeader, linkAttributes);

/** Payload of the RTM_*LINK messages. In messages of other families `protocolInfo` and `families` stay bytes. */
export const linkMessage = variants('family', headed(linkHeader, attributes('IFLA', rawTable)), {
  unspecified: interfaceLink,
  ipv6: interfaceLink,
});

export type LinkMessage = ValueOf<typeof linkMessage>;
export type LinkInput = InputOf<typeof linkMessage>;

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
