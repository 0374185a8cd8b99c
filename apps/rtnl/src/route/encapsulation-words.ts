/** The words behind `encap`: `encap ip id 7 dst 10.0.0.9`. Before this file: the words of a route or of a next hop. */
import type { EncapsulationInput } from '@ripstop/netlink';
import { tunnelFlags } from '@ripstop/netlink';
import { type Address, parseAddress } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import type { Words } from '../words.ts';
import { takeDsField, takeTable } from './named-number.ts';

type Of<Type> = Extract<EncapsulationInput, { encapsulationType: Type }>['encapsulation'];

/** Takes the type and its words. @throws CommandError */
export function takeEncapsulation(words: Words, context: Context): EncapsulationInput {
  const type = words.value('encap');
  switch (type) {
    case 'mpls':
      return { encapsulationType: 'mpls', encapsulation: mpls(words) };
    case 'ip':
      return { encapsulationType: 'ip', encapsulation: taken(words, ip) };
    case 'ip6':
      return { encapsulationType: 'ip6', encapsulation: taken(words, ip6) };
    case 'seg6':
      return { encapsulationType: 'seg6', encapsulation: { tunnel: segmentRouting(words) } };
    case 'seg6local':
      return { encapsulationType: 'seg6-local', encapsulation: segmentRoutingLocal(words, context) };
    default:
      throw new CommandError(`encap: one of mpls, ip, ip6, seg6, seg6local expected, got "${type}"`);
  }
}

type Readers<Value> = Readonly<Record<string, (words: Words, value: Value) => Value>>;

/** What the words say that have a reader, up to the first that has none. */
function taken<Value extends object>(
  words: Words,
  readers: Readers<Value>,
  start: Value = {} as Value,
): Value {
  const byWord = new Map(Object.entries(readers));
  let value = start;
  for (;;) {
    const reader = byWord.get(words.peek ?? '');
    if (reader === undefined) return value;
    words.take();
    value = reader(words, value);
  }
}

function mpls(words: Words): Of<'mpls'> {
  const word = words.value('encap mpls');
  if (!/^\d+(\/\d+)*$/.test(word)) throw new CommandError(`encap mpls: LABEL/LABEL… expected, got "${word}"`);
  const labels = word.split('/').map(Number);
  return words.takeIf('ttl') ? { labels, ttl: words.number('ttl', 0, 0xff) } : { labels };
}

type Tunnel = Of<'ip'> & Of<'ip6'>;

const { key, checksum, sequence } = tunnelFlags.masks;
const tunnel: Readers<Tunnel> = {
  id: (words, value) => ({ ...value, id: BigInt(words.number('id', 0, Number.MAX_SAFE_INTEGER)) }),
  dst: (words, value) => ({ ...value, destination: words.address('dst') }),
  src: (words, value) => ({ ...value, source: words.address('src') }),
  key: (_, value) => ({ ...value, flags: (value.flags ?? 0) | key }),
  csum: (_, value) => ({ ...value, flags: (value.flags ?? 0) | checksum }),
  seq: (_, value) => ({ ...value, flags: (value.flags ?? 0) | sequence }),
};
const ip: Readers<Of<'ip'>> = {
  ...tunnel,
  tos: (words, value) => ({ ...value, tos: takeDsField(words) }),
  ttl: (words, value) => ({ ...value, ttl: words.number('ttl', 0, 0xff) }),
};
const ip6: Readers<Of<'ip6'>> = {
  ...tunnel,
  tc: (words, value) => ({ ...value, trafficClass: takeDsField(words) }),
  hoplimit: (words, value) => ({ ...value, hopLimit: words.number('hoplimit', 0, 0xff) }),
};

type Header = NonNullable<Of<'seg6-local'>['header']>;

function segmentRouting(words: Words): NonNullable<Of<'seg6'>['tunnel']> {
  if (!words.takeIf('mode')) throw new CommandError('encap seg6: "mode MODE" expected');
  const mode = words.value('mode');
  switch (mode) {
    case 'inline':
      return { mode, ...header(words, true) };
    case 'encap':
    case 'encap.red':
    case 'l2encap':
    case 'l2encap.red':
      return { mode, ...header(words, false) };
    default:
      throw new CommandError(
        `mode: encap, encap.red, inline, l2encap or l2encap.red expected, got "${mode}"`,
      );
  }
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
/** SEG6_LOCAL_FLV_OP_*. */
const flavorBits = new Map([
  ['psp', 1],
  ['usp', 2],
  ['usd', 3],
  ['next-csid', 4],
]);

function segmentRoutingLocal(words: Words, { interfaces }: Context): Local {
  const readers: Readers<Local> = {
    action: (_, value) => ({ ...value, action: action(words) }),
    table: (_, value) => ({ ...value, table: takeTable(words) }),
    vrftable: (_, value) => ({ ...value, vrfTable: takeTable(words) }),
    nh4: (_, value) => ({ ...value, gateway4: words.address('nh4') }),
    nh6: (_, value) => ({ ...value, gateway6: words.address('nh6') }),
    iif: (_, value) => ({ ...value, inputInterface: interfaces.indexOf(words.value('iif')) }),
    oif: (_, value) => ({ ...value, outputInterface: interfaces.indexOf(words.value('oif')) }),
    count: (_, value) => ({ ...value, counters: { packets: 0n, bytes: 0n, errors: 0n } }),
    flavors: (_, value) => ({ ...value, flavors: flavors(words) }),
    srh: (_, value) => ({ ...value, header: header(words, value.action !== 'End.B6.Encaps') }),
  };
  return taken(words, readers);
}

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

function action(words: Words): (typeof actions)[number] {
  const word = words.value('action');
  const found = actions.find((name) => name === word);
  if (found === undefined)
    throw new CommandError(`action: one of ${actions.join(', ')} expected, got "${word}"`);
  return found;
}

function flavors(words: Words): NonNullable<Local['flavors']> {
  let operation = 0;
  for (const name of words.value('flavors').split(',')) {
    const bit = flavorBits.get(name);
    if (bit === undefined)
      throw new CommandError(`flavors: psp, usp, usd, next-csid expected, got "${name}"`);
    operation |= 1 << bit;
  }
  return taken<NonNullable<Local['flavors']>>(
    words,
    {
      lblen: (_, value) => ({ ...value, locatorBlockBits: words.number('lblen', 0, 0xff) }),
      nflen: (_, value) => ({ ...value, locatorNodeFunctionBits: words.number('nflen', 0, 0xff) }),
    },
    { operation },
  );
}
