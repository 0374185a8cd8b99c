/** Which changes are told: the words behind `monitor`. After this file: `monitor.ts`. */
import { type ObjectName, routeTable } from '@ripstop/netlink';
import type { MirrorChange } from '@ripstop/socket';
import { CommandError, type Context, type Grammar } from '../command.ts';
import { takeTable } from '../names.ts';
import { objectNamed, objects } from '../objects.ts';
import { Vocabulary } from '../vocabulary.ts';

export interface MonitorSelection {
  readonly objects: ReadonlySet<ObjectName>;
  /** Of everything but links; undefined: both. */
  readonly family: Context['family'];
  /** Of routes; undefined: all. */
  readonly table: number | undefined;
}

const ALL: ReadonlySet<ObjectName> = new Set(Object.keys(objects) as ObjectName[]);
const NONE: ReadonlySet<ObjectName> = new Set();

const vocabulary = new Vocabulary<MonitorSelection>({
  '[object] OBJECT': (words, _, before) => {
    const word = words.value('object');
    const object = objectNamed(word);
    if (object === undefined) throw new CommandError(`object "${word}" is unknown; see rtnl monitor help`);
    return { objects: new Set([...before.objects, object]) };
  },
  all: () => ({ objects: ALL }),
  'table TABLE|all': (words) => ({ table: words.takeIf('all') ? undefined : takeTable(words) }),
});

/** All objects if none is named. */
export const monitorSelection: Grammar<MonitorSelection> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const start = { objects: NONE, family: context.family, table: undefined };
    const selection = vocabulary.read(words, context, start);
    return selection.objects.size === 0 ? { ...selection, objects: ALL } : selection;
  },
};

export function isWanted(change: MirrorChange, { objects, family, table }: MonitorSelection): boolean {
  if (change.event === 'resync') return true;
  if (!objects.has(change.object)) return false;
  if (change.object === 'link') return true;
  if (family !== undefined && change.message.family !== family) return false;
  return change.object !== 'route' || table === undefined || routeTable(change.message) === table;
}
