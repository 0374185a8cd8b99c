/** Every table that a netlink message is made of, found by walking the codecs; and random values for them. */
import {
  type AnyCodec,
  type AttributeTable,
  address,
  type EnumerationCodec,
  type FlagsCodec,
  type Members,
  parseAddress,
  type RepeatedCodec,
  type StructCodec,
} from '@ripstop/wire';
import fc from 'fast-check';
import { arbitraryOf, type Leaves } from '../../wire/test/arbitraries.ts';
import { errorHeader, extendedAcknowledgement } from '../src/acknowledgement.ts';
import { acknowledgementFlags, deleteFlags, getFlags, newFlags } from '../src/message.ts';
import { registry } from '../src/registry.ts';

export interface Tables {
  readonly structs: Map<string, StructCodec<Members>>;
  /** Sets by name; those that appear in several variants have all their attributes. */
  readonly sets: Map<string, Map<string, number>>;
  readonly lists: Map<string, RepeatedCodec<unknown, unknown>>;
  readonly enumerations: Map<string, Map<string, number>>;
  readonly flags: Map<string, Map<string, number>>;
  /** All codecs that hold others, by name and place: what has laws of its own. */
  readonly compounds: Map<string, AnyCodec>;
}

/** Everything that can be reached from the registry, the acknowledgements and the header. */
export function allTables(): Tables {
  const tables: Tables = {
    structs: new Map(),
    sets: new Map(),
    lists: new Map(),
    enumerations: new Map(),
    flags: new Map(),
    compounds: new Map(),
  };
  // The messages of an object have one codec: it stands under the name of the first.
  for (const { name, codec } of registry) collect(codec, name, tables);
  const others = {
    extendedAcknowledgement,
    errorHeader,
    getFlags,
    newFlags,
    deleteFlags,
    acknowledgementFlags,
  };
  for (const [name, codec] of Object.entries(others)) collect(codec, name, tables);
  return tables;
}

function collect(codec: AnyCodec, path: string, tables: Tables): void {
  const parts = partsOf(codec);
  if (parts.length > 0) {
    // `nested` makes a copy; the decoder stays the same.
    if ([...tables.compounds.values()].some(({ decode }) => decode === codec.decode)) return;
    tables.compounds.set(`${codec.name} at ${path}`, codec);
  }
  enter(codec, tables);
  for (const [place, part] of parts) collect(part, path + place, tables);
}

/** What a codec is made of, and where in it each part is; nothing of one that holds no others. */
function partsOf(codec: AnyCodec): [place: string, part: AnyCodec][] {
  const { byName, otherwise, header, attributes, members, table, item } = codec as AnyCodec & {
    readonly byName?: Readonly<Record<string, AnyCodec>>;
    readonly otherwise?: AnyCodec;
    readonly header?: AnyCodec;
    readonly attributes?: AnyCodec;
    readonly members?: Members;
    readonly table?: AttributeTable;
    readonly item?: AnyCodec;
  };
  const parts: [string, AnyCodec][] = [];
  for (const [name, variant] of Object.entries(byName ?? {})) parts.push([`<${name}>`, variant]);
  if (otherwise !== undefined) parts.push(['<>', otherwise]);
  if (header !== undefined) parts.push([' header', header]);
  if (attributes !== undefined) parts.push([' attributes', attributes]);
  for (const [key, member] of Object.entries(members ?? {}))
    if (!('padding' in member)) parts.push([`.${key}`, member]);
  for (const [key, [, attribute]] of Object.entries(table ?? {})) parts.push([`.${key}`, attribute]);
  if (item !== undefined) parts.push(['[]', item]);
  return parts;
}

/** Puts a codec's own numbers into the tables. */
function enter(codec: AnyCodec, tables: Tables): void {
  if ('members' in codec) {
    tables.structs.set(codec.name, codec as unknown as StructCodec<Members>);
  } else if ('table' in codec) {
    const known = entryOf(tables.sets, codec.name);
    for (const [key, [number]] of Object.entries(codec.table as AttributeTable)) known.set(key, number);
  } else if ('item' in codec && 'type' in codec) {
    tables.lists.set(codec.name, codec as unknown as RepeatedCodec<unknown, unknown>);
  } else if ('values' in codec) {
    const known = entryOf(tables.enumerations, codec.name);
    for (const [key, value] of Object.entries((codec as unknown as EnumerationCodec<string>).values))
      known.set(key, value);
  } else if ('masks' in codec) {
    const known = entryOf(tables.flags, codec.name);
    for (const [key, mask] of Object.entries((codec as unknown as FlagsCodec<string>).masks))
      known.set(key, mask);
  }
}

function entryOf(all: Map<string, Map<string, number>>, name: string): Map<string, number> {
  const found = all.get(name) ?? new Map<string, number>();
  all.set(name, found);
  return found;
}

const segmentRoutingHeader = fc.record({
  nextHeader: fc.nat(0xff),
  type: fc.nat(0xff),
  segmentsLeft: fc.nat(0xff),
  flags: fc.nat(0xff),
  tag: fc.nat(0xffff),
  segments: fc.array(
    fc.ipV6().map((text) => parseAddress(text) ?? '::'),
    { minLength: 1, maxLength: 3 },
  ),
  options: fc.uint8Array({ maxLength: 40 }),
});

/** Events of each layout: raw, a station, data, text, a frequency, a mode. */
function wirelessEvents(): fc.Arbitrary<unknown>[] {
  const [flags, data] = [fc.nat(0xffff), fc.uint8Array({ maxLength: 20 })];
  const address = fc
    .uint8Array({ minLength: 6, maxLength: 6 })
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':'));
  const text = fc.string({ unit: 'binary', maxLength: 20 });
  return [
    fc.record({ command: fc.constant(0x8c77), data }),
    fc.record({ command: fc.constantFrom('SIOCGIWAP', 'IWEVREGISTERED'), address }),
    fc.record({ command: fc.constantFrom('SIOCGIWSCAN', 'IWEVGENIE'), flags, data }),
    fc.record({ command: fc.constantFrom('SIOCSIWESSID', 'IWEVCUSTOM'), flags, text }),
    fc.record({ command: fc.constant('SIOCSIWMODE'), mode: fc.nat(7) }),
  ];
}

/** Random values for the codecs that are not made from a table. */
export const leaves: Leaves = {
  lladdr: fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')),
  via: arbitraryOf(address),
  presence: fc.boolean(),
  uint: fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
  IFLA_BRIDGE_SPEC: fc.record(
    {
      mode: fc.nat(0xffff),
      vlans: fc.array(fc.record({ flags: fc.nat(0x7f), id: fc.nat(0xffff) }), { minLength: 1, maxLength: 3 }),
      vlanTunnels: fc.array(fc.record({ vni: fc.nat(), id: fc.nat(0xffff) }), { minLength: 1, maxLength: 3 }),
    },
    { requiredKeys: [] },
  ),
  iw_event: fc.oneof(...wirelessEvents()),
  labels: fc.array(fc.nat(0xf_ffff), { maxLength: 4 }),
  srh: segmentRoutingHeader,
  'seg6 srh': fc
    .tuple(fc.constantFrom('inline', 'encap', 'l2encap'), segmentRoutingHeader)
    .map(([mode, header]) => ({ mode, ...header })),
};
