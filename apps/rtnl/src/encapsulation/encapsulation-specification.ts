/** The words behind `encap`: `encap ip id 7 dst 10.0.0.9`. Before this file: the words of a route or of a next hop. */
import type { EncapsulationInput } from '@ripstop/netlink';
import { tunnelFlags } from '@ripstop/netlink';
import { type Address, type AddressFamily, parseAddress } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { takeDsField, takeTable } from '../names.ts';
import { type Reader, type Readers, Vocabulary } from '../vocabulary.ts';
import type { Words } from '../words.ts';
import { flavorBits } from './flavor.ts';

type Of<Type> = Extract<EncapsulationInput, { encapsulationType: Type }>['encapsulation'];

/** Takes the type and its words. @throws CommandError */
export function takeEncapsulation(words: Words, context: Context): EncapsulationInput {
  const type = words.oneOf('encap', ['mpls', 'ip', 'ip6', 'seg6', 'seg6local']);
  switch (type) {
    case 'mpls':
      return { encapsulationType: type, encapsulation: mpls(words) };
    case 'ip':
      return { encapsulationType: type, encapsulation: ip.readKnown(words, context, {}) };
    case 'ip6':
      return { encapsulationType: type, encapsulation: ip6.readKnown(words, context, {}) };
    case 'seg6':
      return { encapsulationType: type, encapsulation: { tunnel: segmentRouting(words) } };
    case 'seg6local':
      return { encapsulationType: 'seg6-local', encapsulation: local.readKnown(words, context, {}) };
  }
}

function mpls(words: Words): Of<'mpls'> {
  const word = words.value('encap mpls');
  if (!/^\d+(\/\d+)*$/.test(word)) throw new CommandError(`encap mpls: LABEL/LABEL… expected, got "${word}"`);
  const labels = word.split('/').map(Number);
  return words.takeIf('ttl') ? { labels, ttl: words.number('ttl', 0, 0xff) } : { labels };
}

type Tunnel = Pick<Of<'ip'> & Of<'ip6'>, 'id' | 'destination' | 'source' | 'flags'>;

function tunnelFlag(mask: number): Reader<Tunnel> {
  return (_words, _context, { flags = 0 }) => ({ flags: flags | mask });
}

function tunnel(family: AddressFamily): Readers<Tunnel> {
  return {
    'id NUMBER': (words) => ({ id: words.number64('id') }),
    'dst ADDRESS': (words) => ({ destination: words.address('dst', family) }),
    'src ADDRESS': (words) => ({ source: words.address('src', family) }),
    key: tunnelFlag(tunnelFlags.masks.key),
    csum: tunnelFlag(tunnelFlags.masks.checksum),
    seq: tunnelFlag(tunnelFlags.masks.sequence),
  };
}
const ip = new Vocabulary<Of<'ip'>>({
  ...tunnel('ipv4'),
  'tos TOS': (words) => ({ tos: takeDsField(words) }),
  'ttl NUMBER': (words) => ({ ttl: words.number('ttl', 0, 0xff) }),
});
const ip6 = new Vocabulary<Of<'ip6'>>({
  ...tunnel('ipv6'),
  'tc TOS': (words) => ({ trafficClass: takeDsField(words) }),
  'hoplimit NUMBER': (words) => ({ hopLimit: words.number('hoplimit', 0, 0xff) }),
});

type Header = NonNullable<Of<'seg6-local'>['header']>;

function segmentRouting(words: Words): NonNullable<Of<'seg6'>['tunnel']> {
  if (!words.takeIf('mode')) throw new CommandError('encap seg6: "mode MODE" expected');
  const mode = words.oneOf('mode', ['encap', 'encap.red', 'inline', 'l2encap', 'l2encap.red']);
  return { mode, ...header(words, mode === 'inline') };
}

/** @param isInline the header goes into the packet: its last segment is the destination that the packet has */
function header(words: Words, isInline: boolean): Header {
  if (!words.takeIf('segs')) throw new CommandError('"segs ADDRESS,ADDRESS…" expected');
  const given = words.value('segs').split(',').map(segment);
  const segments = isInline ? [...given, '::'] : given;
  return words.takeIf('hmac') ? { segments, ...hmac(words.number('hmac')) } : { segments };
}

function segment(word: string): Address {
  const address = parseAddress(word);
  if (!address?.includes(':')) throw new CommandError(`segs: an IPv6 address expected, got "${word}"`);
  return address;
}

/** RFC 8754 §2.1.2: the TLV, whose 32 bytes of HMAC the kernel fills in. */
function hmac(keyId: number): Pick<Header, 'flags' | 'options'> {
  const options = new Uint8Array(40);
  options.set([5, 38]);
  new DataView(options.buffer).setUint32(4, keyId);
  return { flags: 0x8, options };
}

type Local = Of<'seg6-local'>;

const actions = [
  'End',
  'End.X',
  'End.T',
  'End.DX2',
  'End.DX6',
  'End.DX4',
  'End.DT6',
  'End.DT4',
  'End.B6',
  'End.B6.Encaps',
  'End.BM',
  'End.S',
  'End.AS',
  'End.AM',
  'End.BPF',
  'End.DT46',
] as const;

const local = new Vocabulary<Local>({
  'action ACTION': (words) => ({ action: words.oneOf('action', actions) }),
  'table TABLE': (words) => ({ table: takeTable(words) }),
  'vrftable TABLE': (words) => ({ vrfTable: takeTable(words) }),
  'nh4 ADDRESS': (words) => ({ gateway4: words.address('nh4', 'ipv4') }),
  'nh6 ADDRESS': (words) => ({ gateway6: words.address('nh6', 'ipv6') }),
  'iif NAME': (words, { interfaces }) => ({ inputInterface: interfaces.indexOf(words.value('iif')) }),
  'oif NAME': (words, { interfaces }) => ({ outputInterface: interfaces.indexOf(words.value('oif')) }),
  count: () => ({ counters: { packets: 0n, bytes: 0n, errors: 0n } }),
  'flavors FLAVOR,FLAVOR…': (words, context) => ({
    flavors: flavorLengths.readKnown(words, context, { operation: takeFlavors(words) }),
  }),
  'srh segs ADDRESS,ADDRESS…': (words, _, { action }) => ({
    header: header(words, action !== 'End.B6.Encaps'),
  }),
});

const flavorLengths = new Vocabulary<NonNullable<Local['flavors']>>({
  'lblen BITS': (words) => ({ locatorBlockBits: words.number('lblen', 0, 0xff) }),
  'nflen BITS': (words) => ({ locatorNodeFunctionBits: words.number('nflen', 0, 0xff) }),
});

/** The bits of `psp,usd`. @throws CommandError */
function takeFlavors(words: Words): number {
  const names = words.value('flavors').split(',');
  return names.reduce((operation, name) => {
    const bit = Object.hasOwn(flavorBits, name) ? flavorBits[name] : undefined;
    if (bit !== undefined) return operation | bit;
    throw new CommandError(`flavors: ${Object.keys(flavorBits).join(', ')} expected, got "${name}"`);
  }, 0);
}
