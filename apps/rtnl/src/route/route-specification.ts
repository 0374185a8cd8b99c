/**
 * One route as people write it: the words behind `route add`, `replace`, `append`, `set` and `del`, as `ip` has them.
 * Before this file: `route.ts`. After it: the library's `completion` for what is left out.
 */
import {
  type EncapsulationInput,
  nextHopFlags,
  type RouteInput,
  type RouteNextHopInput,
} from '@ripstop/netlink';
import { type Address, type AddressFamily, addressFamily } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { Words } from '../words.ts';
import { takeEncapsulation } from './encapsulation-words.ts';
import {
  takeDsField,
  takeProtocol,
  takeRealms,
  takeScope,
  takeTable,
  takeVrf,
  typeNumber,
} from './named-number.ts';
import { familyOf, takePrefix } from './prefix-words.ts';
import { joinMetrics, takeMetric } from './route-metrics.ts';

/** A request without what depends on other words. */
type Plain<Input> = Omit<Input, 'encapsulation' | 'encapsulationType' | 'unknown'>;

/** One way, written with `via`, `dev`, …. */
interface Hop {
  gateway?: Address;
  encapsulation?: EncapsulationInput;
  interfaceIndex?: number;
  flow?: number;
  weight?: number;
  flags: number;
}

/** What the words say. */
interface Draft {
  family: AddressFamily | undefined;
  hasDestination: boolean;
  /** The only way, if there are not several. */
  readonly hop: Hop;
  readonly hops: Hop[];
  rest: Plain<RouteInput>;
}

type HopReader = (words: Words, hop: Hop, context: Context) => void;
type Reader = (words: Words, draft: Draft, context: Context) => void;

const outputInterface: HopReader = (words, hop, { interfaces }) => {
  hop.interfaceIndex = interfaces.indexOf(words.value('dev'));
};
const hopReaders: ReadonlyMap<string, HopReader> = new Map(
  Object.entries<HopReader>({
    via(words, hop) {
      if (hop.gateway !== undefined)
        throw new CommandError('via: several gateways are written "nexthop via …"');
      words.takeIf('inet', 'inet6');
      hop.gateway = words.address('via');
    },
    dev: outputInterface,
    oif: outputInterface,
    onlink(_, hop) {
      hop.flags |= nextHopFlags.masks.onLink;
    },
    realms(words, hop) {
      hop.flow = takeRealms(words);
    },
    encap(words, hop, context) {
      hop.encapsulation = takeEncapsulation(words, context);
    },
  }),
);
const multipathReaders: ReadonlyMap<string, HopReader> = new Map([
  ...hopReaders,
  [
    'weight',
    (words, hop) => {
      hop.weight = words.number('weight', 1, 256);
    },
  ],
]);

const tos = written((words) => ({ tos: takeDsField(words) }));
const metric = written((words) => ({ priority: words.number('metric') }));
const table = written((words) => ({ table: takeTable(words) }));
const protocol = written((words) => ({ protocol: takeProtocol(words) }));

const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    to: destination,
    src(words, draft) {
      const preferredSource = words.address('src');
      draft.family ??= addressFamily(preferredSource);
      draft.rest = { ...draft.rest, preferredSource };
    },
    from(words, draft) {
      const prefix = takePrefix('from', words);
      draft.family ??= familyOf(prefix);
      draft.rest = { ...draft.rest, source: prefix.address, sourceLength: prefix.length };
    },
    tos,
    dsfield: tos,
    expires: written((words) => ({ expires: words.number('expires') })),
    metric,
    priority: metric,
    preference: metric,
    scope: written((words) => ({ scope: takeScope(words) })),
    proto: protocol,
    protocol,
    table,
    vrf: written((words, context) => ({ table: takeVrf(words, context) })),
    nhid: written((words) => ({ nextHopId: words.number('nhid') })),
    pref: written((words) => ({ preference: takePreference(words) })),
    'ttl-propagate': written((words) => ({ ttlPropagate: takeEnabled(words) })),
    nexthop(words, draft, context) {
      const hop: Hop = { flags: 0 };
      draft.hops.push(hop);
      for (;;) {
        const reader = multipathReaders.get(words.peek ?? '');
        if (reader === undefined) return;
        words.take();
        reader(words, hop, context);
      }
    },
  }),
);

function written(read: (words: Words, context: Context) => Plain<RouteInput>): Reader {
  return (words, draft, context) => {
    draft.rest = { ...draft.rest, ...read(words, context) };
  };
}

/** `[TYPE] PREFIX`. */
function destination(words: Words, draft: Draft): void {
  const type = typeNumber(words.peek);
  if (type !== undefined) words.take();
  if (draft.hasDestination) words.end();
  const { address, length } = takePrefix('destination', words);
  draft.hasDestination = true;
  if (address !== undefined) draft.family ??= addressFamily(address);
  draft.rest = {
    ...draft.rest,
    ...(type !== undefined && { type }),
    // Linux: a destination without bits is told by its length alone.
    destination: length === 0 ? undefined : address,
    destinationLength: length,
  };
}

function takePreference(words: Words): 'low' | 'medium' | 'high' {
  const word = words.value('pref');
  if (word === 'low' || word === 'medium' || word === 'high') return word;
  throw new CommandError(`pref: low, medium or high expected, got "${word}"`);
}

function takeEnabled(words: Words): 0 | 1 {
  const word = words.value('ttl-propagate');
  if (word === 'enabled') return 1;
  if (word === 'disabled') return 0;
  throw new CommandError(`ttl-propagate: enabled or disabled expected, got "${word}"`);
}

/** Takes all words; one that is no keyword begins the destination. @throws CommandError */
export function routeSpecification(words: Words, context: Context): RouteInput {
  const draft: Draft = {
    family: context.family,
    hasDestination: false,
    hop: { flags: 0 },
    hops: [],
    rest: {},
  };
  if (context.table !== undefined) table(new Words([context.table]), draft, context);
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    const hopReader = hopReaders.get(word);
    if (reader !== undefined || hopReader !== undefined) words.take();
    if (reader !== undefined) reader(words, draft, context);
    else if (hopReader !== undefined) hopReader(words, draft.hop, context);
    else if (!readsMetric(words, draft)) destination(words, draft);
  }
  if (!draft.hasDestination) throw new CommandError('which route? a destination or "default" expected');
  return requestOf(draft);
}

/** Takes a metric, if there is one. */
function readsMetric(words: Words, draft: Draft): boolean {
  const metrics = takeMetric(words);
  if (metrics === undefined) return false;
  draft.rest = { ...draft.rest, metrics: joinMetrics(draft.rest.metrics, metrics) };
  return true;
}

function requestOf({ hop, hops, rest, family: known }: Draft): RouteInput {
  const gateways = [hop, ...hops].flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
  const family = known ?? (gateways[0] === undefined ? 'ipv4' : addressFamily(gateways[0]));
  return {
    ...rest,
    family,
    ...gatewayOf(hop, family),
    outputInterface: hop.interfaceIndex,
    flow: hop.flow,
    flags: (rest.flags ?? 0) | hop.flags,
    ...hop.encapsulation,
    multipath: hops.length === 0 ? undefined : hops.map((one) => nextHopOf(one, family)),
  };
}

function nextHopOf(hop: Hop, family: AddressFamily): RouteNextHopInput {
  return {
    ...gatewayOf(hop, family),
    interfaceIndex: hop.interfaceIndex,
    flow: hop.flow,
    flags: hop.flags,
    hops: (hop.weight ?? 1) - 1,
    ...hop.encapsulation,
  };
}

/** A gateway of the other family is called otherwise. */
function gatewayOf({ gateway }: Hop, family: AddressFamily): { gateway?: Address; via?: Address } {
  if (gateway === undefined) return {};
  return addressFamily(gateway) === family ? { gateway } : { via: gateway };
}
