/**
 * Numbers by the names that iproute2 has for them, and the other way round. Before this file: `words.ts` and the decoded
 * message. After it: every object's words and fields. Files of names: ip-route(8), “FILES”.
 */
import { linkDataOf, type RouteMessage, routeProtocol, routeScope, routeType } from '@ripstop/netlink';
import { nameOfNumber, numberOfName } from '@ripstop/socket';
import { CommandError, type Context } from './command.ts';
import { wholeNumber } from './numerals.ts';
import type { Words } from './words.ts';

export function tableName(table: number): string {
  return nameOfNumber('rt_tables', table) ?? String(table);
}

export function protocolName(protocol: RouteMessage['protocol']): string {
  const number = routeProtocol.numberOf(protocol);
  return nameOfNumber('rt_protos', number) ?? String(number);
}

export function scopeName(scope: RouteMessage['scope']): string {
  const number = routeScope.numberOf(scope);
  return nameOfNumber('rt_scopes', number) ?? String(number);
}

export function groupName(group: number): string {
  return nameOfNumber('group', group) ?? String(group);
}

/** Types have no file: their names are the same everywhere. */
export function typeName(type: RouteMessage['type']): string {
  return type === 'unspecified' ? 'none' : String(type);
}

export function dsFieldName(tos: number): string {
  return nameOfNumber('rt_dsfield', tos) ?? `0x${tos.toString(16).padStart(2, '0')}`;
}

function realmName(realm: number): string {
  return nameOfNumber('rt_realms', realm) ?? String(realm);
}

/** The upper 16 bits are the realm that packets come from, the lower ones that which they go to. */
export function realmNames(realms: number): { readonly from: string | undefined; readonly to: string } {
  const from = realms >>> 16;
  return { from: from === 0 ? undefined : realmName(from), to: realmName(realms & 0xffff) };
}

/** Takes a table. @throws CommandError */
export function takeTable(words: Words): number {
  return words.named('table', 'rt_tables', 0xffff_ffff);
}

/** Takes a VRF and gives its table. @throws CommandError */
export function takeVrf(words: Words, { interfaces }: Context): number {
  const name = words.value('vrf');
  const link = interfaces.get(interfaces.indexOf(name));
  const table = link === undefined ? undefined : linkDataOf(link, 'vrf')?.table;
  if (table === undefined) throw new CommandError(`vrf: "${name}" is no VRF`);
  return table;
}

/** Takes a protocol: who made something. @throws CommandError */
export function takeProtocol(words: Words): number {
  return words.named('protocol', 'rt_protos', 0xff);
}

/** Takes a scope. @throws CommandError */
export function takeScope(words: Words): number {
  return words.named('scope', 'rt_scopes', 0xff);
}

/** Takes a group of interfaces. @throws CommandError */
export function takeGroup(of: string, words: Words): number {
  return words.named(of, 'group', 0xffff_ffff);
}

const types: ReadonlyMap<string, number> = new Map([
  ...Object.entries(routeType.values),
  ['brd', routeType.values.broadcast],
]);

/** The number of a type's name; undefined if nothing is called so. */
export function typeNumber(name = ''): number | undefined {
  return types.get(name);
}

/** Takes a value of the DS field: a name, or a number that is hexadecimal with or without 0x. @throws CommandError */
export function takeDsField(words: Words): number {
  const word = words.value('tos');
  const number =
    numberOfName('rt_dsfield', word) ??
    (/^(0x)?[\da-f]{1,2}$/i.test(word) ? Number.parseInt(word, 16) : undefined);
  if (number === undefined)
    throw new CommandError(`tos: a name or two hexadecimal digits expected, got "${word}"`);
  return number;
}

/** Takes `FROM/TO`, `FROM/` or `TO`, each a name or a number, or one number for both. @throws CommandError */
export function takeRealms(words: Words): number {
  const word = words.value('realms');
  const [first = Number.NaN, second, ...others] = word
    .split('/')
    .map((part, at) =>
      part === '' && at > 0 ? 0 : (numberOfName('rt_realms', part) ?? wholeNumber(part) ?? Number.NaN),
    );
  const realms = second === undefined ? first : first * 0x1_0000 + second;
  if (others.length === 0 && realms <= 0xffff_ffff) return realms;
  throw new CommandError(`realms: REALM or REALM/REALM expected, got "${word}"`);
}
