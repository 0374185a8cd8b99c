/** A link in words, in the manner of `ip -d link`. Before this file: `link-fields.ts`, which it is made of. */
import type { Fields } from '../fields.ts';
import { kindNamed, portOf } from './kinds/link-kinds.ts';
import { statisticsText } from './link-statistics.ts';

/** Fields of the first line, of the one with the addresses and of the last one, and what they are called there. */
const firstLine = {
  mtu: 'mtu',
  qdisc: 'qdisc',
  master: 'master',
  operstate: 'state',
  operstate_index: 'state',
  linkmode: 'mode',
  linkmode_index: 'mode',
  group: 'group',
  txqlen: 'qlen',
  event: 'event',
};
const addressLine = {
  permaddr: 'permaddr',
  link_netnsid: 'link-netnsid',
  promiscuity: 'promiscuity',
  allmulti: 'allmulti',
  min_mtu: 'minmtu',
  max_mtu: 'maxmtu',
};
const lastLine = {
  inet6_addr_gen_mode: 'addrgenmode',
  num_tx_queues: 'numtxqueues',
  num_rx_queues: 'numrxqueues',
  gso_max_size: 'gso_max_size',
  gso_max_segs: 'gso_max_segs',
  tso_max_size: 'tso_max_size',
  tso_max_segs: 'tso_max_segs',
  gro_max_size: 'gro_max_size',
  phys_port_name: 'portname',
  parentbus: 'parentbus',
  parentdev: 'parentdev',
};

/** Several lines, without a newline at the end. */
export function linkText(fields: Fields): string {
  const { ifindex, flags, link_type, address, broadcast, link_pointtopoint, proto_down } = fields;
  const farEnd = link_pointtopoint === true ? 'peer' : 'brd';
  const alternativeNames = (fields.altnames ?? []) as readonly string[];
  return [
    joined(
      `${ifindex}: ${linkTitle(fields)}:`,
      `<${(flags as string[]).join(',')}>`,
      words(fields, firstLine),
    ),
    joined(
      `    link/${link_type}`,
      address,
      broadcast === undefined ? undefined : `${farEnd} ${broadcast}`,
      proto_down === true ? 'protodown on' : undefined,
      words(fields, addressLine),
    ),
    ...kindLines((fields.linkinfo ?? {}) as Fields),
    `    ${words(fields, lastLine)}`,
    ...(fields.ifalias === undefined ? [] : [`    alias ${fields.ifalias}`]),
    ...(fields.stats64 === undefined ? [] : [statisticsText(fields.stats64 as Fields)]),
    ...alternativeNames.map((name) => `    altname ${name}`),
  ].join('\n');
}

/** `eth0@eth1`: a link and the one that it lies on, or its peer. */
export function linkTitle({ ifname, link, link_index }: Fields): string {
  if (link_index !== undefined) return `${ifname}@if${link_index}`;
  if (link === undefined) return String(ifname);
  return `${ifname}@${link ?? 'NONE'}`;
}

function kindLines(info: Fields): string[] {
  const { info_kind: kind, info_data: data, info_slave_kind: master, info_slave_data: portData } = info;
  const own = (data ?? {}) as Fields;
  const asPort = (portData ?? {}) as Fields;
  return [
    ...(kind === undefined ? [] : [joined(`    ${kind}`, kindNamed(String(kind)).text(own))]),
    ...(master === undefined ? [] : [joined(`    ${master}_slave`, portOf(String(master)).text(asPort))]),
  ];
}

/** `mtu 1500 qdisc noqueue`: of the fields that there are. */
function words(fields: Fields, names: Readonly<Record<string, string>>): string {
  const there = Object.entries(names).filter(([field]) => fields[field] !== undefined);
  return there.map(([field, word]) => `${word} ${fields[field]}`).join(' ');
}

function joined(...parts: readonly unknown[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}
