/**
 * Which routes: the words behind `route list` and `route flush`, as `ip` has them. What the kernel can filter by goes to
 * the kernel; the rest is left out here. Before this file: `route.ts`.
 */
import {
  type RouteFilter,
  type RouteMessage,
  routeProtocol,
  routeScope,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { CommandError, type Grammar } from '../command.ts';
import {
  takeDsField,
  takeProtocol,
  takeRealms,
  takeScope,
  takeTable,
  takeVrf,
  typeNumber,
} from '../names.ts';
import { familyOf, holds, holdsAddress, isHost, type NamedPrefix, takePrefix } from '../prefix.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { type Reader, Vocabulary } from '../vocabulary.ts';

/** Table `unspecified`: all. */
export interface RouteSelection extends Selection<RouteFilter, RouteMessage> {
  /** Fields that all of them have alike, because they were asked for. */
  readonly hidden: ReadonlySet<string>;
}

function hiding({ hidden }: RouteSelection, field: string): ReadonlySet<string> {
  return new Set([...hidden, field]);
}

/** What the kernel has learned of single destinations, such as the MTU on the way. */
const learned = { filter: { cached: true } } as const;

const vocabulary = new Vocabulary<RouteSelection>(
  {
    '[to] [root|match|exact] PREFIX': within('to', ({ destination, destinationLength }) => ({
      address: destination,
      length: destinationLength,
    })),
    'from [root|match|exact] PREFIX': within('from', ({ source, sourceLength }) => ({
      address: source,
      length: sourceLength,
    })),
    'table TABLE|all|cache': (words) => {
      if (words.takeIf('cache')) return learned;
      return { filter: { table: words.takeIf('all') ? routeTables.unspecified : takeTable(words) } };
    },
    'cached|cloned|cache': () => learned,
    'vrf NAME': (words, context) => ({
      filter: { table: takeVrf(words, context) },
      where: ({ type }) => type !== 'local' && type !== 'broadcast',
    }),
    'dev|oif NAME': (words, { interfaces }, before) => {
      const wanted = interfaces.indexOf(words.value('dev'));
      return {
        filter: { outputInterface: wanted },
        // Linux: also lets multipath routes through that have a way over this interface.
        where: ({ outputInterface }) => outputInterface === wanted,
        hidden: hiding(before, 'dev'),
      };
    },
    'iif NAME': (words, { interfaces }, before) => {
      const wanted = interfaces.indexOf(words.value('iif'));
      return {
        where: ({ inputInterface }) => inputInterface === wanted,
        hidden: hiding(before, 'iif'),
      };
    },
    'via [inet|inet6] PREFIX': (words, _, before) => {
      const prefix = takePrefix('via', words, words.family());
      return {
        where: ({ gateway, via }) => holdsAddress(prefix, gateway ?? via),
        ...(isHost(prefix) && { hidden: hiding(before, 'gateway') }),
      };
    },
    'src PREFIX': (words, _, before) => {
      const prefix = takePrefix('src', words);
      return {
        filter: { family: before.filter.family ?? familyOf(prefix) },
        where: ({ preferredSource }) => holdsAddress(prefix, preferredSource),
        ...(isHost(prefix) && { hidden: hiding(before, 'prefsrc') }),
      };
    },
    'metric|priority|preference NUMBER': (words, _, before) => {
      const wanted = words.number('metric');
      return { where: ({ priority = 0 }) => priority === wanted, hidden: hiding(before, 'metric') };
    },
    'protocol|proto PROTOCOL|all': (words, _, before) => {
      if (words.takeIf('all')) return {};
      const wanted = takeProtocol(words);
      return {
        // Linux: in the kernel's filter, 0 stands for all.
        filter: { protocol: wanted || undefined },
        where: ({ protocol }) => routeProtocol.numberOf(protocol) === wanted,
        hidden: hiding(before, 'protocol'),
      };
    },
    'scope SCOPE|all': (words, _, before) => {
      if (words.takeIf('all')) return {};
      const wanted = takeScope(words);
      return {
        where: ({ scope }) => routeScope.numberOf(scope) === wanted,
        hidden: hiding(before, 'scope'),
      };
    },
    'type TYPE': (words) => {
      const word = words.value('type');
      const wanted = typeNumber(word);
      if (wanted === undefined) throw new CommandError(`type: a route's type expected, got "${word}"`);
      return { filter: { type: wanted }, where: ({ type }) => routeType.numberOf(type) === wanted };
    },
    'tos|dsfield TOS': (words, _, before) => {
      const wanted = takeDsField(words);
      return { where: ({ tos }) => tos === wanted, hidden: hiding(before, 'tos') };
    },
    'realms|realm REALM/REALM': (words, _, before) => {
      const mask = realmsMask(words.peek);
      const wanted = takeRealms(words);
      return {
        where: ({ flow = 0 }) => ((flow ^ wanted) & mask) === 0,
        // As `ip`: what may differ is shown.
        ...(mask === BOTH_REALMS && { hidden: hiding(before, 'flow') }),
      };
    },
    'mark NUMBER': (words) => {
      const wanted = words.number('mark');
      return { where: ({ mark = 0 }) => mark === wanted };
    },
  },
  narrowed<RouteSelection>(),
);

const BOTH_REALMS = -1;
const ORIGIN = 0xffff_0000;
const DESTINATION = 0xffff;

/** The bits that count: `5` leaves open where packets come from, `3/` where they go to. */
function realmsMask(word = ''): number {
  if (word.endsWith('/')) return ORIGIN;
  return word.includes('/') ? BOTH_REALMS : DESTINATION;
}

/** `root P`: P and what is in it; `match P`: P and what it is in; `exact P`, or P by itself. */
function within(of: string, prefixOfRoute: (route: RouteMessage) => NamedPrefix): Reader<RouteSelection> {
  return (words, _, { filter }) => {
    const [isRoot, isMatch] = [words.takeIf('root'), words.takeIf('match')];
    if (!isRoot && !isMatch) words.takeIf('exact');
    const wanted = takePrefix(of, words);
    return {
      filter: { family: filter.family ?? familyOf(wanted) },
      where(route) {
        const prefix = prefixOfRoute(route);
        const isOfFamily = wanted.address === undefined || addressFamily(wanted.address) === route.family;
        return isOfFamily && (isMatch || holds(wanted, prefix)) && (isRoot || holds(prefix, wanted));
      },
    };
  };
}

/** The table is `main` if none is named. */
export const routeSelection: Grammar<RouteSelection> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const selection = vocabulary.read(words, context, {
      filter: { family: context.family, table: routeTables.main },
      where: everything,
      hidden: new Set(),
    });
    const { filter } = selection;
    if (filter.table === routeTables.unspecified)
      return { ...selection, filter: { ...filter, table: undefined } };
    // As `ip`: of a single table, the routes of IPv4 if nothing names a family.
    return {
      ...selection,
      filter: { ...filter, family: filter.family ?? 'ipv4' },
      hidden: hiding(selection, 'table'),
    };
  },
};
