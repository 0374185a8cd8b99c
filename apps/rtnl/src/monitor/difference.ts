/**
 * What has changed in what is shown of an object, in the vocabulary of what is shown. The library's own `differences`
 * names the fields of messages; a reader of `rtnl` sees others. Before this file: the fields of two moments.
 */
import type { Fields } from '../fields.ts';
import { jsonText } from '../json-text.ts';

/** One field that differs. `before` or `after` is undefined where it is not there. */
export interface Difference {
  /** `mtu`, `linkinfo.info_data.ageing_time`. */
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Counters and clocks, which differ whenever anything else is told, and what is of the message instead of the object. */
const PASSING: ReadonlySet<string> = new Set([
  'event',
  ...['stats64', 'stats', 'used', 'confirmed', 'updated', 'refcnt', 'probes', 'age', 'users'],
  ...['hello_timer', 'tcn_timer', 'topology_change_timer', 'gc_timer'],
  ...['message_age_timer', 'forward_delay_timer', 'hold_timer', 'unbalanced_time'],
]);
/** Seconds that are left: that they have become fewer is no change. */
const LIFETIMES: ReadonlySet<string> = new Set(['valid_life_time', 'preferred_life_time', 'expires']);

/** The fields that differ. A list is one field. */
export function differencesOf(before: Fields, after: Fields, path = ''): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [one, other] = [before[name], after[name]];
    if (PASSING.has(name) || (LIFETIMES.has(name) && hasRunDown(one, other))) return [];
    if (isFields(one) && isFields(other)) return differencesOf(one, other, `${path}${name}.`);
    const isSame =
      one !== undefined && other !== undefined && jsonText(one, false) === jsonText(other, false);
    return isSame ? [] : [{ name: path + name, before: one, after: other }];
  });
}

function hasRunDown(before: unknown, after: unknown): boolean {
  return typeof before === 'number' && typeof after === 'number' && after <= before;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `mtu 1500→1400`, `flags +UP -NO-CARRIER`, `+alias uplink`, `-tentative`; of what is long only the name. */
export function differenceText({ name, before, after }: Difference): string {
  if (isWords(before) && isWords(after)) {
    const gone = before.filter((word) => !after.includes(word)).map((word) => `-${word}`);
    const come = after.filter((word) => !before.includes(word)).map((word) => `+${word}`);
    return [name, ...come, ...gone].join(' ');
  }
  if (before === undefined) return `+${named(name, after)}`;
  if (after === undefined) return `-${named(name, before)}`;
  return isShort(before) && isShort(after) ? `${name} ${before ?? 'none'}→${after ?? 'none'}` : name;
}

/** A field that is `true` or `null` says all by its name. */
function named(name: string, value: unknown): string {
  if (isWords(value)) return [name, ...value].join(' ');
  return value === true || value === null || !isShort(value) ? name : `${name} ${value}`;
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isShort(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}
