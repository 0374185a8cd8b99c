/**
 * `rtnl monitor [OBJECT …]`: tells every change until it is interrupted. Before this file: `rtnl.ts`. After it:
 * `event.ts` shows, and the library's `Mirror` knows what was there before.
 * Invariant: an interrupt ends it with exit code 0, after a whole line.
 */
import { once } from 'node:events';
import { type ObjectName, routeTable } from '@ripstop/netlink';
import { Mirror, type MirrorChange, type NamespaceReference } from '@ripstop/socket';
import type { DecodeError } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { objects } from '../objects.ts';
import { takeTable } from '../route/named-number.ts';
import { Words } from '../words.ts';
import { shownEvent } from './event.ts';

export interface MonitorOptions {
  readonly json: boolean;
  readonly namespace: NamespaceReference | undefined;
}

/** @throws CommandError, NetlinkError, SyscallError */
export async function monitor(
  words: Words,
  context: Context,
  { json, namespace }: MonitorOptions,
): Promise<void> {
  const wanted = selection(words, context);
  const ending = new AbortController();
  const { signal } = ending;
  const end = (): void => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // Links always: they give the others their names.
    const watched = new Set<ObjectName>([...wanted.objects, 'link']);
    const mirror = await Mirror.open([...watched], { namespace, signal, undecodable });
    try {
      for (const link of mirror.links) context.interfaces.changed(link);
      for await (const change of mirror.changes({ signal })) {
        if (change.event !== 'resync' && change.object === 'link') context.interfaces.changed(change.message);
        if (!isWanted(change, wanted)) continue;
        const { fields, text } = shownEvent(change, context);
        if (!process.stdout.write(`${json ? JSON.stringify(fields) : text}\n`))
          await once(process.stdout, 'drain', { signal });
      }
    } finally {
      mirror.close();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}

function undecodable(error: DecodeError): void {
  process.stderr.write(`rtnl: a message could not be read: ${error.message}\n`);
}

/** What is told. */
interface Selection {
  readonly objects: ReadonlySet<ObjectName>;
  /** Of everything but links; undefined: both. */
  readonly family: Context['family'];
  /** Of routes; undefined: all. */
  readonly table: number | undefined;
}

/** @throws CommandError */
function selection(words: Words, { family, table }: Context): Selection {
  const isOneTable = table !== undefined && table !== 'all';
  return {
    objects: namedObjects(words),
    family,
    table: isOneTable ? takeTable(new Words([table])) : undefined,
  };
}

/** All of them without words. @throws CommandError */
function namedObjects(words: Words): ReadonlySet<ObjectName> {
  const names = Object.keys(objects) as ObjectName[];
  const named = new Set<ObjectName>();
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const abbreviation = word === 'neighbour' ? 'neighbor' : word;
    const name = names.find((each) => each.startsWith(abbreviation));
    if (word !== 'all' && name === undefined) throw new CommandError(`monitor: object "${word}" is unknown`);
    for (const each of name === undefined ? names : [name]) named.add(each);
  }
  return named.size === 0 ? new Set(names) : named;
}

function isWanted(change: MirrorChange, wanted: Selection): boolean {
  if (change.event === 'resync') return true;
  if (!wanted.objects.has(change.object)) return false;
  if (change.object === 'link') return true;
  if (wanted.family !== undefined && change.message.family !== wanted.family) return false;
  return (
    change.object !== 'route' || wanted.table === undefined || routeTable(change.message) === wanted.table
  );
}
