/**
 * Which routes: the words behind `route list` and `route flush`, as `ip` has them. What the kernel can filter by goes to
 * the kernel; the rest is left out here. Before this file: `route.ts`.
 */
import {
  type RouteFilter,
  type RouteMessage,
  routeFlags,
  routeProtocol,
  routeScope,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import { type AddressFamily, addressBits, addressFamily } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { Words } from '../words.ts';
import {
  takeDsField,
  takeProtocol,
  takeRealms,
  takeScope,
  takeTable,
  takeVrf,
  typeNumber,
} from './named-number.ts';
import { familyOf, holds, type NamedPrefix, takePrefix } from './prefix-words.ts';

/** What is selected: what the filter lets through and of which all conditions are true. */
export interface RouteSelection {
  readonly filter: RouteFilter;
  readonly conditions: readonly ((route: RouteMessage) => boolean)[];
  /** Fields that all of them have alike. */
  readonly hidden: ReadonlySet<string>;
}

interface Draft {
  /** 0: all. */
  table: number;
  /** As the first address shows it. */
  family: AddressFamily | undefined;
  filter: RouteFilter;
  readonly conditions: ((route: RouteMessage) => boolean)[];
  readonly hidden: Set<string>;
}

type Reader = (words: Words, draft: Draft, context: Context) => void;

const table: Reader = (words, draft) => {
  draft.table = words.takeIf('all') ? routeTables.unspecified : takeTable(words);
};
const tos: Reader = (words, { conditions, hidden }) => {
  const wanted = takeDsField(words);
  conditions.push((route) => route.tos === wanted);
  hidden.add('tos');
};
const protocol: Reader = (words, draft) => {
  if (words.takeIf('all')) return;
  const wanted = takeProtocol(words);
  // Linux: in the kernel's filter, 0 stands for all.
  draft.filter = { ...draft.filter, protocol: wanted || undefined };
  draft.conditions.push((route) => routeProtocol.numberOf(route.protocol) === wanted);
  draft.hidden.add('protocol');
};
const outputInterface: Reader = (words, draft, { interfaces }) => {
  const wanted = interfaces.indexOf(words.value('dev'));
  draft.filter = { ...draft.filter, outputInterface: wanted };
  // Linux: also lets multipath routes through that have a way over this interface.
  draft.conditions.push((route) => route.outputInterface === wanted);
  draft.hidden.add('dev');
};
const metric: Reader = (words, { conditions, hidden }) => {
  const wanted = words.number('metric');
  conditions.push((route) => (route.priority ?? 0) === wanted);
  hidden.add('metric');
};

const destination = prefixReader('to', ({ destination, destinationLength }) => {
  return { address: destination, length: destinationLength };
});

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    table,
    vrf(words, draft, context) {
      draft.table = takeVrf(words, context);
      draft.conditions.push(({ type }) => type !== 'local' && type !== 'broadcast');
    },
    tos,
    dsfield: tos,
    proto: protocol,
    protocol,
    scope(words, { conditions, hidden }) {
      if (words.takeIf('all')) return;
      const wanted = takeScope(words);
      conditions.push((route) => routeScope.numberOf(route.scope) === wanted);
      hidden.add('scope');
    },
    type(words, draft) {
      const word = words.value('type');
      const wanted = typeNumber(word);
      if (wanted === undefined) throw new CommandError(`type: a route's type expected, got "${word}"`);
      draft.filter = { ...draft.filter, type: wanted };
      draft.conditions.push((route) => routeType.numberOf(route.type) === wanted);
    },
    dev: outputInterface,
    oif: outputInterface,
    iif(words, { conditions, hidden }, { interfaces }) {
      const wanted = interfaces.indexOf(words.value('iif'));
      conditions.push((route) => route.inputInterface === wanted);
      hidden.add('iif');
    },
    mark(words, { conditions }) {
      const wanted = words.number('mark');
      conditions.push((route) => (route.mark ?? 0) === wanted);
    },
    metric,
    priority: metric,
    preference: metric,
    via(words, draft) {
      words.takeIf('inet', 'inet6');
      const prefix = takePrefix('via', words);
      draft.conditions.push(({ gateway, via }) => holdsAddress(prefix, gateway ?? via));
      if (isHost(prefix)) draft.hidden.add('gateway');
    },
    src(words, draft) {
      const prefix = takePrefix('src', words);
      draft.family ??= familyOf(prefix);
      draft.conditions.push(({ preferredSource }) => holdsAddress(prefix, preferredSource));
      if (isHost(prefix)) draft.hidden.add('prefsrc');
    },
    realms(words, { conditions, hidden }) {
      const wanted = takeRealms(words);
      conditions.push(({ flow = 0 }) => flow === wanted);
      hidden.add('flow');
    },
    from: prefixReader('from', ({ source, sourceLength }) => ({ address: source, length: sourceLength })),
    to: destination,
  }),
);

/** `root P`: P and what is in it; `match P`: P and what it is in; `exact P`, or P by itself. */
function prefixReader(of: string, prefixOfRoute: (route: RouteMessage) => NamedPrefix): Reader {
  return (words, draft) => {
    const [isRoot, isMatch] = [words.takeIf('root'), words.takeIf('match')];
    if (!isRoot && !isMatch) words.takeIf('exact');
    const wanted = takePrefix(of, words);
    draft.family ??= familyOf(wanted);
    draft.conditions.push((route) => {
      const prefix = prefixOfRoute(route);
      const isOfFamily = wanted.address === undefined || addressFamily(wanted.address) === route.family;
      return isOfFamily && (isMatch || holds(wanted, prefix)) && (isRoot || holds(prefix, wanted));
    });
  };
}

function holdsAddress(prefix: NamedPrefix, address: string | undefined): boolean {
  return address !== undefined && holds(prefix, { address, length: addressBits(addressFamily(address)) });
}

function isHost({ address, length }: NamedPrefix): boolean {
  return address !== undefined && length === addressBits(addressFamily(address));
}

/** Takes all words; one that is no selector is a destination. The table is `main` if none is named. @throws CommandError */
export function routeSelection(words: Words, context: Context): RouteSelection {
  const draft: Draft = {
    table: routeTables.main,
    family: context.family,
    filter: {},
    // Linux: what it has learned of single destinations is not a part of the table.
    conditions: [({ flags }) => (flags & routeFlags.masks.cloned) === 0],
    hidden: new Set(),
  };
  if (context.table !== undefined) table(new Words([context.table]), draft, context);
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    if (reader !== undefined) words.take();
    (reader ?? destination)(words, draft, context);
  }
  if (draft.table !== routeTables.unspecified) draft.hidden.add('table');
  return { ...draft, filter: { ...draft.filter, ...tableFilter(draft) } };
}

/** As `ip`: of a single table, the routes of IPv4 if nothing names a family. */
function tableFilter({ table: number, family }: Draft): RouteFilter {
  return number === routeTables.unspecified ? { family } : { table: number, family: family ?? 'ipv4' };
}
