/**
 * `rtnl monitor [OBJECT …]`: tells every change until it is interrupted. Before this file: `program.ts`. After it:
 * `monitor-selection.ts` reads the words, `event.ts` shows, and the library's `Mirror` knows what was there before.
 * Invariant: an interrupt ends it with exit code 0, after a whole line.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Mirror, type MirrorOptions } from '@ripstop/socket';
import type { Context } from '../command.ts';
import { jsonText } from '../json-text.ts';
import { onOneLine, terminalText } from '../terminal-text.ts';
import { shownEvent } from './event.ts';
import { isWanted, type MonitorSelection } from './monitor-selection.ts';

export interface MonitorOptions extends Pick<MirrorOptions, 'namespace' | 'undecodable'> {
  readonly json: boolean;
  readonly oneline: boolean;
  readonly output: Writable;
}

/** @throws NetlinkError, SyscallError */
export async function monitor(
  wanted: MonitorSelection,
  context: Context,
  { json, oneline, output, ...options }: MonitorOptions,
): Promise<void> {
  const ending = new AbortController();
  const { signal } = ending;
  const end = (): void => ending.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    // Links always: they give the others their names.
    const mirror = await Mirror.open([...new Set([...wanted.objects, 'link' as const])], {
      ...options,
      signal,
    });
    try {
      for (const link of mirror.links) context.interfaces.changed(link);
      for await (const change of mirror.changes({ signal })) {
        if (change.event !== 'resync' && change.object === 'link') context.interfaces.changed(change.message);
        if (!isWanted(change, wanted)) continue;
        const { fields, text } = shownEvent(change, context);
        const line = (): string => terminalText(oneline ? onOneLine(text()) : text());
        if (!output.write(json ? jsonText(fields, false) : `${line()}\n`))
          await once(output, 'drain', { signal });
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
