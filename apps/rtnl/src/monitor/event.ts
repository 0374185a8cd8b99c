/**
 * One change as `rtnl monitor` tells it: an object of a line of JSON, and text. Before this file: `Mirror`, which knows
 * what was there before. After it: `monitor.ts`.
 */
import { type LinkMessage, linkFlags, type Messages, type ObjectName } from '@ripstop/netlink';
import type { MirrorChange, ObjectChange } from '@ripstop/socket';
import type { Context, Shown } from '../command.ts';
import { objects } from '../objects.ts';
import { type Difference, differencesOf, differenceText } from './difference.ts';

/** What is shown of a change; the interfaces of `context` are as they are after it. */
export function shownEvent(change: MirrorChange, context: Context): Shown {
  return change.event === 'resync' ? shownResync(change.reason) : shownChange(change, context);
}

function shownResync(reason: string): Shown {
  return {
    fields: { event: 'resync', reason },
    text: () => `resync: ${reason}; what follows leads to what there is now`,
  };
}

function shownChange(change: ObjectChange, context: Context): Shown {
  const { event, object, message, before, notification } = change;
  const { fields, text } = show(object, message, context);
  // Of a link, `ip` calls `event` why Linux told: FEATURE CHANGE, NOTIFY PEERS.
  const { event: cause, ...known } = fields;
  const differences = before && differencesOf(show(object, before, context).fields, fields);
  return {
    fields: {
      event,
      object,
      ...(differences && { changed: differences.map(({ name }) => name) }),
      ...(cause !== undefined && { cause }),
      ...(notification === undefined && { notified: false }),
      ...known,
    },
    text() {
      const [first = '', ...others] = text().trimEnd().split('\n');
      const title = object === 'link' ? linkTitle(message) : first;
      const line = [
        event,
        object,
        ...(differences === undefined ? [first] : [title, 'changed:', differencesText(differences, cause)]),
        // Linux: some changes are not told, such as routes that go with their interface. The mirror sees them in a list.
        ...(notification === undefined ? ['(seen, not told)'] : []),
      ].join(' ');
      return [line, ...(differences === undefined ? others : [])].join('\n');
    },
  };
}

/** Linux: one action is often told more than once, and a message is sent for fields that nobody is shown. */
function differencesText(differences: readonly Difference[], cause: unknown): string {
  const text = differences.map(differenceText).join(', ') || 'nothing that is shown';
  return cause === undefined ? text : `${text} (${cause})`;
}

function show<O extends ObjectName>(object: O, message: Messages[O], context: Context): Shown {
  return objects[object].show(message, context);
}

/** Which link it is, and what state it is in. */
function linkTitle({ index, name, flags }: LinkMessage): string {
  const { up, running } = linkFlags.masks;
  const state = (flags & up) === 0 ? 'DOWN' : (flags & running) === 0 ? 'UP NO-CARRIER' : 'UP RUNNING';
  return `${index}: ${name} ${state}`;
}
