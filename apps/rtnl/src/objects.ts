/** Every OBJECT of the command line and what can be done with it. */
import type { ObjectName } from '@ripstop/netlink';
import { abbreviated } from './abbreviation.ts';
import { addressCommands } from './address/address.ts';
import type { Command, CommandName, ObjectCommands } from './command.ts';
import { linkCommands } from './link/link.ts';
import { neighborCommands } from './neighbor/neighbor.ts';
import { nexthopCommands } from './nexthop/nexthop.ts';
import { routeCommands } from './route/route.ts';
import { ruleCommands } from './rule/rule.ts';

/** In the order in which an abbreviation is tried, as `ip` does: `r` is a route, `n` a neighbor. */
export const objects: { readonly [O in ObjectName]: ObjectCommands<O> } = {
  address: addressCommands,
  link: linkCommands,
  neighbor: neighborCommands,
  route: routeCommands,
  rule: ruleCommands,
  nexthop: nexthopCommands,
};

/** The object that the word is, or abbreviates. */
export function objectNamed(word: string): ObjectName | undefined {
  const names = (Object.keys(objects) as ObjectName[]).map((name) => [name, name] as const);
  return abbreviated(word, [...names, ['neighbour', 'neighbor']]);
}

/** Spellings of the commands, beside our names for them. */
const spellings: Readonly<Record<CommandName, readonly string[]>> = {
  list: ['list', 'show', 'lst'],
  add: ['add'],
  replace: ['replace'],
  prepend: ['prepend'],
  append: ['append'],
  set: ['set', 'change', 'chg'],
  delete: ['delete'],
  get: ['get'],
  flush: ['flush'],
  property: ['property'],
};

/** The command of the object that the word is, or abbreviates. */
export function commandNamed(object: ObjectName, word: string): Command | undefined {
  const commands = Object.entries(objects[object].commands) as [CommandName, Command][];
  return abbreviated(
    word,
    commands.flatMap(([name, command]) => spellings[name].map((spelling) => [spelling, command] as const)),
  );
}
