/** Every table that a netlink message is made of, found by walking the codecs; and random values for them. */
import {
  type AnyCodec,
  type AttributesCodec,
  type AttributeTable,
  address,
  type EnumerationCodec,
  type FlagsCodec,
  type Members,
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
  readonly enumerations: Map<string, EnumerationCodec<string>>;
  readonly flags: Map<string, Map<string, number>>;
  /** All codecs that hold others: what has laws of its own. */
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
  for (const { name, codec } of registry) {
    tables.compounds.set(name, codec);
    collect(codec, tables);
  }
  for (const codec of [
    extendedAcknowledgement,
    errorHeader,
    getFlags,
    newFlags,
    deleteFlags,
    acknowledgementFlags,
  ]) {
    collect(codec, tables);
  }
  return tables;
}

function collect(codec: AnyCodec, tables: Tables): void {
  if ('byName' in codec) {
    const { otherwise, byName } = codec as unknown as {
      otherwise: AnyCodec;
      byName: Record<string, AnyCodec>;
    };
    for (const variant of [otherwise, ...Object.values(byName)]) collect(variant, tables);
    return;
  }
  if ('attributes' in codec && 'header' in codec) {
    collect(codec.header as AnyCodec, tables);
    collect(codec.attributes as AnyCodec, tables);
  } else if ('header' in codec) {
    collect(codec.header as AnyCodec, tables);
  } else if ('members' in codec) {
    const found = codec as unknown as StructCodec<Members>;
    tables.structs.set(found.name, found);
    tables.compounds.set(found.name, codec);
    for (const member of Object.values(found.members)) if (!('padding' in member)) collect(member, tables);
  } else if ('table' in codec) {
    const found = codec as unknown as AttributesCodec<AttributeTable>;
    const known = entryOf(tables.sets, found.name);
    tables.compounds.set(`${found.name} (${Object.keys(found.table).length} attributes)`, codec);
    for (const [key, [number, attribute]] of Object.entries(found.table)) {
      known.set(key, number);
      collect(attribute, tables);
    }
  } else if ('item' in codec) {
    tables.compounds.set(codec.name, codec);
    if ('type' in codec) tables.lists.set(codec.name, codec as unknown as RepeatedCodec<unknown, unknown>);
    collect(codec.item as AnyCodec, tables);
  } else if ('values' in codec) {
    tables.enumerations.set(codec.name, codec as unknown as EnumerationCodec<string>);
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

/** Random values for the codecs that are not made from a table. */
export const leaves: Leaves = {
  lladdr: fc
    .uint8Array({ maxLength: 20 })
    .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')),
  via: arbitraryOf(address),
};
