/**
 * One change as `rtnl monitor` tells it: an object of a line of JSON, and text. Before this file: `Mirror`, which knows what
 * was there before. After it: `monitor.ts`.
 */
import { type LinkMessage, linkFlags, type Messages, type ObjectName } from '@ripstop/netlink';
import type { MirrorChange, ObjectChange } from '@ripstop/socket';
import type { Context, Fields, Shown } from '../command.ts';
import { objects } from '../objects.ts';
import { differencesOf, differenceText } from './difference.ts';

/** What is shown of a change; the interfaces of `context` are as they are after it. */
export function shownEvent(change: MirrorChange, context: Context): Shown {
  if (change.event === 'resync') return { fields: { ...change }, text: `resync: ${change.reason}` };
  const { event, object, message, before } = change;
  const { fields, text } = show(object, message, context);
  // What no message of the kernel says by itself.
  const unsaid: Fields = change.notification === undefined ? { notified: false } : {};
  const suffix = change.notification === undefined ? ' (seen, not told)' : '';
  if (before === undefined) {
    const [first, ...rest] = text.split('\n');
    return {
      fields: { event, object, ...unsaid, ...fields },
      text: [`${event} ${object} ${first}${suffix}`, ...rest].join('\n'),
    };
  }
  const differences = differencesOf(show(object, before, context).fields, fields);
  // Linux: one action is often told more than once, and a message is sent for fields that nobody is shown.
  const told = differences.map(differenceText).join(', ') || 'nothing that is shown';
  return {
    fields: { event, object, changed: differences.map(({ name }) => name), ...unsaid, ...fields },
    text: `${event} ${object} ${titleOf(change, text)} changed: ${told}${suffix}`,
  };
}

function show<O extends ObjectName>(object: O, message: Messages[O], context: Context): Shown {
  return objects[object].show(message, context);
}

/** Enough to know which object it is. */
function titleOf({ object, message }: ObjectChange, text: string): string {
  return object === 'link' ? linkTitle(message) : (text.split('\n')[0] ?? '').trimEnd();
}

function linkTitle({ index, name, flags }: LinkMessage): string {
  const { up, running } = linkFlags.masks;
  const state = (flags & up) === 0 ? 'DOWN' : (flags & running) === 0 ? 'UP NO-CARRIER' : 'UP RUNNING';
  return `${index}: ${name} ${state}`;
}
