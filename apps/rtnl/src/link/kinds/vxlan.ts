/** `type vxlan`: what `ip` calls the attributes of a VXLAN, in the order in which it shows them. */
import type { LinkData } from '@ripstop/netlink';
import { type Address, addressFamily } from '@ripstop/wire';
import { hexadecimal } from '../../numerals.ts';
import { type LinkOption, linkKind, marked, option } from './link-option.ts';
import { choice, device, type Notation, number16 } from './notation.ts';

type Data = LinkData['vxlan'];

const VNI_MAX = 0xff_ffff;
const LABEL_MAX = 0xf_ffff;
/** IANA's port for VXLAN with protocol identifiers. */
const GENERIC_PROTOCOL_PORT = 4790;
/** The outer header's DS field is the inner one's. */
const INHERITED_TOS = 1;

const vni: Notation<number> = {
  read: (of, words) => words.number(of, 0, VNI_MAX),
  show: (value) => value,
};

function isMulticast(address: Address): boolean {
  return addressFamily(address) === 'ipv4'
    ? Number(address.split('.')[0]) >> 4 === 0xe
    : address.startsWith('ff');
}

/** Where to: a group or one host, of either family. */
const destination: LinkOption<Data> = {
  words: ['group', 'remote'],
  read(word, words, data) {
    const address = words.address(word, 'any');
    return { ...data, [addressFamily(address) === 'ipv4' ? 'group' : 'group6']: address };
  },
  show({ group, group6 }) {
    const address = group ?? group6;
    if (address === undefined || address === '0.0.0.0' || address === '::') return {};
    const name = isMulticast(address) ? 'group' : 'remote';
    return { [group === undefined ? `${name}6` : name]: address };
  },
  text({ group, group6, remote, remote6 }) {
    if ((group ?? group6) !== undefined) return `group ${group ?? group6}`;
    return (remote ?? remote6) === undefined ? '' : `remote ${remote ?? remote6}`;
  },
};

/** Where from. */
const source: LinkOption<Data> = {
  words: ['local'],
  read(word, words, data) {
    const address = words.address(word, 'any');
    return { ...data, [addressFamily(address) === 'ipv4' ? 'local' : 'local6']: address };
  },
  show: ({ local, local6 }) => ({
    ...(local !== undefined && local !== '0.0.0.0' && { local }),
    ...(local6 !== undefined && local6 !== '::' && { local6 }),
  }),
  text: ({ local, local6 }) => ((local ?? local6) === undefined ? '' : `local ${local ?? local6}`),
};

const sourcePorts: LinkOption<Data> = {
  words: ['srcport', 'port'],
  read(word, words, data) {
    const low = words.number(word, 0, 0xffff);
    return { ...data, sourcePorts: { low, high: words.number(word, low, 0xffff) } };
  },
  show: ({ sourcePorts }) => (sourcePorts === undefined ? {} : { port_range: sourcePorts }),
  text({ port_range: range }) {
    const { low, high } = (range ?? {}) as NonNullable<Partial<Data['sourcePorts']>>;
    return range === undefined ? '' : `srcport ${low} ${high}`;
  },
};

const tos: LinkOption<Data> = {
  words: ['tos', 'dsfield'],
  read: (word, words, data) => ({
    ...data,
    tos: words.takeIf('inherit') ? INHERITED_TOS : words.named(word, 'rt_dsfield', 0xff),
  }),
  show: ({ tos: value = 0 }) => (value === 0 ? {} : { tos: hexadecimal(value) }),
  text({ tos: value }) {
    if (value === undefined) return '';
    return `tos ${value === hexadecimal(INHERITED_TOS) ? 'inherit' : value}`;
  },
};

/** 0: as the route wants it. As in `ip`, `inherit` is the lack of a number. */
const ttl: LinkOption<Data> = {
  words: ['ttl', 'hoplimit'],
  read(word, words, data) {
    if (words.takeIf('inherit')) return { ...data, ttlInherit: true };
    return { ...data, ttl: words.takeIf('auto') ? 0 : words.number(word, 0, 0xff) };
  },
  show: ({ ttl: value, ttlInherit }) => (ttlInherit === true || value === undefined ? {} : { ttl: value }),
  text({ ttl: value }) {
    if (value === undefined) return 'ttl inherit';
    return `ttl ${value === 0 ? 'auto' : value}`;
  },
};

const label: LinkOption<Data> = {
  words: ['flowlabel', 'label'],
  read: (word, words, data) => ({ ...data, label: words.number(word, 0, LABEL_MAX) }),
  show: ({ label: value = 0 }) => (value === 0 ? {} : { label: hexadecimal(value) }),
  text: ({ label: value }) => (value === undefined ? '' : `flowlabel ${value}`),
};

/** A number with a word for 0. */
function unlessNone(none: string): Notation<number> {
  return {
    read: (of, words) => (words.takeIf(none) ? 0 : words.number(of)),
    show: (value) => value,
    text: (value) => (value === 0 ? none : String(value)),
  };
}

/** The highest number of addresses; shown if there is one. */
const limited = option<Data, 'limit'>('limit', unlessNone('unlimited'), 'limit', 'maxaddr', 'maxaddress');
const limit: LinkOption<Data> = {
  ...limited,
  show: (data, context) => (data.limit === 0 ? {} : limited.show(data, context)),
};

/** The usual is not told in words. */
function unlessUsual(usual: LinkOption<Data>, field: string, value: unknown): LinkOption<Data> {
  return { ...usual, text: (fields) => (fields[field] === value ? '' : usual.text(fields)) };
}

/** There, or not there. */
function present(
  attribute: 'groupPolicy' | 'genericProtocol',
  field: string,
  implied: Data = {},
): LinkOption<Data> {
  return {
    words: [field],
    read: (_word, _words, data) => ({ ...implied, ...data, [attribute]: true }),
    show: (data) => (data[attribute] === true ? { [field]: true } : {}),
    text: (fields) => (fields[field] === undefined ? '' : field),
  };
}

export const vxlan = linkKind<Data>([
  marked('collectMetadata', 'external', 'set'),
  marked('vniFilter', 'vnifilter', 'set'),
  option('vni', vni, 'id', 'id', 'vni'),
  destination,
  source,
  option('parentIndex', device, 'link', 'dev'),
  sourcePorts,
  option('destinationPort', number16, 'port', 'dstport'),
  unlessUsual(marked('learning', 'learning', 'always'), 'learning', true),
  marked('proxy', 'proxy', 'set'),
  marked('routeShortCircuit', 'rsc', 'set'),
  marked('l2Miss', 'l2miss', 'set'),
  marked('l3Miss', 'l3miss', 'set'),
  tos,
  ttl,
  unlessUsual(option('dontFragment', choice('unset', 'set', 'inherit'), 'df'), 'df', 'unset'),
  label,
  option('ageing', unlessNone('none'), 'ageing'),
  limit,
  marked('udpChecksum', 'udp_csum', 'always', 'udpcsum'),
  marked('udpZeroChecksum6Send', 'udp_zero_csum6_tx', 'always', 'udp6zerocsumtx'),
  marked('udpZeroChecksum6Receive', 'udp_zero_csum6_rx', 'always', 'udp6zerocsumrx'),
  marked('remoteChecksumSend', 'remcsum_tx', 'set', 'remcsumtx'),
  marked('remoteChecksumReceive', 'remcsum_rx', 'set', 'remcsumrx'),
  present('groupPolicy', 'gbp'),
  present('genericProtocol', 'gpe', { destinationPort: GENERIC_PROTOCOL_PORT }),
]);
