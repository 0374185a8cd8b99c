/**
 * `rtnl monitor [OBJECT …]`: tells every change until it is interrupted. Before this file: `rtnl.ts`. After it: `event.ts`
 * shows, and the library's `Mirror` knows what was there before.
 * Invariant: it ends with exit code 0 when it is interrupted.
 */
import { once } from 'node:events';
import type { ObjectName } from '@ripstop/netlink';
import { Mirror, type MirrorChange, type NamespaceReference } from '@ripstop/socket';
import { CommandError, type Context } from '../command.ts';
import { objects } from '../objects.ts';
import type { Words } from '../words.ts';
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
  const wanted = objectsOf(words);
  const ending = new AbortController();
  const { signal } = ending;
  const end = (): void => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // Links always: they give the others their names.
    const mirror = await Mirror.open([...new Set<ObjectName>([...wanted, 'link'])], { namespace, signal });
    try {
      for (const link of mirror.links) context.interfaces.changed(link);
      for await (const change of mirror.changes({ signal })) {
        if (change.event !== 'resync' && change.object === 'link') context.interfaces.changed(change.message);
        if (!isWanted(change, wanted, context)) continue;
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

/** All of them without words. @throws CommandError */
function objectsOf(words: Words): ReadonlySet<ObjectName> {
  const names = Object.keys(objects) as ObjectName[];
  const wanted = new Set<ObjectName>();
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const name = names.find((each) => each.startsWith(word === 'neighbour' ? 'neighbor' : word));
    if (word !== 'all' && name === undefined) throw new CommandError(`monitor: object "${word}" is unknown`);
    for (const each of name === undefined ? names : [name]) wanted.add(each);
  }
  return wanted.size === 0 ? new Set(names) : wanted;
}

/** `-4` and `-6` are about everything but links. */
function isWanted(change: MirrorChange, wanted: ReadonlySet<ObjectName>, { family }: Context): boolean {
  if (change.event === 'resync') return true;
  if (!wanted.has(change.object)) return false;
  return family === undefined || change.object === 'link' || change.message.family === family;
}
