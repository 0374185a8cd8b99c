/** A link as `ip -j -d link` shows it: names, values and order of iproute2. Before this file: the decoded message. After it: `link-text.ts`. */
import { type LinkMessage, linkFlags } from '@ripstop/netlink';
import { addressFromBytes } from '@ripstop/wire';
import type { Context } from '../command.ts';
import { definedOnly, type Fields, namesOfBits } from '../fields.ts';
import { groupName } from '../names.ts';
import { kindNamed, portOf } from './kinds/link-kinds.ts';
import { statisticsFields } from './link-statistics.ts';
import { linkTypeName, tunnelTypes } from './link-type.ts';

/** Attributes whose values are shown as they are; these come before what depends on the kind of link. */
const limits = {
  promiscuity: 'promiscuity',
  allmulti: 'allMulticastCount',
  min_mtu: 'minMtu',
  max_mtu: 'maxMtu',
} as const;

/** And these behind it. */
const capacities = {
  num_tx_queues: 'txQueues',
  num_rx_queues: 'rxQueues',
  gso_max_size: 'gsoMaxSize',
  gso_max_segs: 'gsoMaxSegments',
  tso_max_size: 'tsoMaxSize',
  tso_max_segs: 'tsoMaxSegments',
  gro_max_size: 'groMaxSize',
} as const;

/** Why the kernel tells of a link that has not changed. */
const events: Readonly<Record<string, string>> = {
  none: 'NONE',
  reboot: 'REBOOT',
  features: 'FEATURE CHANGE',
  'bonding-failover': 'BONDING FAILOVER',
  'notify-peers': 'NOTIFY PEERS',
  'igmp-resend': 'RESEND IGMP',
  'bonding-options': 'BONDING OPTION',
};

export function linkFields(link: LinkMessage, context: Context): Fields {
  const { address, permanentAddress } = link;
  return definedOnly({
    ifindex: link.index,
    ...parentFields(link, context),
    ifname: link.name ?? context.interfaces.nameOf(link.index),
    flags: flagNames(link, context),
    mtu: link.mtu,
    qdisc: link.qdisc,
    master: link.master === undefined ? undefined : context.interfaces.nameOf(link.master),
    ...operationalFields(link),
    group: link.group === undefined ? undefined : groupName(link.group),
    txqlen: link.txQueueLength === 0 ? undefined : link.txQueueLength,
    event: link.event === undefined ? undefined : (events[link.event] ?? link.event),
    link_type: linkTypeName(link.type),
    address: hardwareAddress(link.type, address),
    link_pointtopoint:
      link.broadcast !== undefined && (link.flags & linkFlags.masks.pointToPoint) !== 0 ? true : undefined,
    broadcast: hardwareAddress(link.type, link.broadcast),
    permaddr: permanentAddress === address ? undefined : hardwareAddress(link.type, permanentAddress),
    link_netnsid: link.parentNetNamespaceId,
    proto_down: link.protocolDown === 1 ? true : undefined,
    ...attributesOf(link, limits),
    linkinfo: kindFields(link, context),
    inet6_addr_gen_mode: addressGeneration(link),
    ...attributesOf(link, capacities),
    phys_port_name: link.physicalPortName,
    parentbus: link.parentDeviceBus,
    parentdev: link.parentDeviceName,
    ifalias: link.alias,
    stats64: context.statistics > 0 ? statisticsFields(link, context.statistics > 1) : undefined,
    altnames: link.alternativeNames,
  });
}

function attributesOf(link: LinkMessage, names: Readonly<Record<string, keyof LinkMessage>>): Fields {
  return Object.fromEntries(Object.entries(names).map(([field, attribute]) => [field, link[attribute]]));
}

/** The interface that it lies on, or its peer. In another namespace it has only a number. */
function parentFields({ parentIndex, parentNetNamespaceId }: LinkMessage, { interfaces }: Context): Fields {
  if (parentIndex === undefined) return {};
  if (parentIndex === 0) return { link: null };
  return parentNetNamespaceId === undefined
    ? { link: interfaces.nameOf(parentIndex) }
    : { link_index: parentIndex };
}

const { masks } = linkFlags;
/** In the order of iproute2, which leaves out `running` and tells of its lack. */
const shownFlags = {
  LOOPBACK: masks.loopback,
  BROADCAST: masks.broadcast,
  POINTOPOINT: masks.pointToPoint,
  MULTICAST: masks.multicast,
  NOARP: masks.noArp,
  ALLMULTI: masks.allMulticast,
  PROMISC: masks.promiscuous,
  MASTER: masks.master,
  SLAVE: masks.slave,
  DEBUG: masks.debug,
  DYNAMIC: masks.dynamic,
  AUTOMEDIA: masks.autoMedia,
  PORTSEL: masks.portSelection,
  NOTRAILERS: masks.noTrailers,
  UP: masks.up,
  LOWER_UP: masks.lowerUp,
  DORMANT: masks.dormant,
  ECHO: masks.echo,
};
const knownFlags = Object.values(shownFlags).reduce((bits, mask) => bits | mask, masks.running);

function flagNames(link: LinkMessage, { interfaces }: Context): string[] {
  const { flags, parentIndex, parentNetNamespaceId } = link;
  const noCarrier = (flags & masks.up) !== 0 && (flags & masks.running) === 0;
  const rest = (flags & ~knownFlags) >>> 0;
  const isHere = parentIndex !== undefined && parentIndex !== 0 && parentNetNamespaceId === undefined;
  // M-DOWN: the interface that it lies on, or its peer, is not up.
  const parentDown = isHere && ((interfaces.get(parentIndex)?.flags ?? 0) & masks.up) === 0;
  return [
    ...(noCarrier ? ['NO-CARRIER'] : []),
    ...namesOfBits(flags, shownFlags),
    ...(rest === 0 ? [] : [rest.toString(16)]),
    ...(parentDown ? ['M-DOWN'] : []),
  ];
}

/** States and modes that have no name keep their number, under another name of the field. */
function operationalFields({ operationalState, linkMode }: LinkMessage): Fields {
  const inCapitals = (name: string): string => name.replaceAll('-', '').toUpperCase();
  return {
    ...(typeof operationalState === 'number'
      ? { operstate_index: operationalState }
      : { operstate: operationalState && inCapitals(operationalState) }),
    ...(typeof linkMode === 'number'
      ? { linkmode_index: linkMode }
      : { linkmode: linkMode && inCapitals(linkMode) }),
  };
}

/** Linux: in a tunnel, the addresses of its ends are those of the interface. */
function hardwareAddress(type: number, address: string | undefined): string | undefined {
  if (address === undefined || !tunnelTypes.has(type)) return address;
  const bytes = Uint8Array.from(address.split(':'), (pair) => Number.parseInt(pair, 16));
  return bytes.length === 4 || bytes.length === 16 ? addressFromBytes(bytes) : address;
}

function addressGeneration({ families }: LinkMessage): string | undefined {
  if (families === undefined || !('ipv6' in families)) return undefined;
  const mode = families.ipv6?.addressGeneration;
  if (typeof mode === 'number') return `0x${mode.toString(16).padStart(2, '0')}`;
  return mode === 'stable-privacy' ? 'stable_secret' : mode;
}

/** What only this kind of link has, and what it has as a part of its master. */
function kindFields({ linkInfo }: LinkMessage, context: Context): Fields | undefined {
  if (linkInfo === undefined) return undefined;
  const { kind, data, slaveKind, slaveData } = linkInfo;
  const shown = kind === undefined || data === undefined ? {} : kindNamed(kind).show(data, context);
  const shownPort =
    slaveKind === undefined || slaveData === undefined ? {} : portOf(slaveKind).show(slaveData, context);
  return definedOnly({
    info_kind: kind,
    info_data: Object.keys(shown).length === 0 ? undefined : shown,
    info_slave_kind: slaveKind,
    info_slave_data: Object.keys(shownPort).length === 0 ? undefined : shownPort,
  });
}
