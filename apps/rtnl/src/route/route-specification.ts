/**
 * One route as people write it: the words behind `route add`, `replace`, `append`, `set` and `delete`, as `ip` has them.
 * Before this file: `route.ts`. After it: the library's `completion` for what is left out.
 */
import {
  type EncapsulationInput,
  nextHopFlags,
  type RouteInput,
  type RouteNextHopInput,
} from '@ripstop/netlink';
import { type Address, type AddressFamily, addressFamily } from '@ripstop/wire';
import { CommandError, type Grammar } from '../command.ts';
import { takeEncapsulation } from '../encapsulation/encapsulation-specification.ts';
import {
  takeDsField,
  takeProtocol,
  takeRealms,
  takeScope,
  takeTable,
  takeVrf,
  typeNumber,
} from '../names.ts';
import { familyOf, takePrefix } from '../prefix.ts';
import { ofMember, type Reader, type Readers, Vocabulary } from '../vocabulary.ts';
import { metricReaders } from './route-metrics.ts';

/** One way, written with `via`, `dev`, …. */
interface Hop {
  readonly gateway?: Address;
  readonly encapsulation?: EncapsulationInput;
  readonly interfaceIndex?: number;
  readonly flow?: number;
  readonly weight?: number;
  readonly flags: number;
}

/** What the words say. */
interface Draft {
  readonly family: AddressFamily | undefined;
  readonly hasDestination: boolean;
  /** The only way, if there are not several. */
  readonly hop: Hop;
  readonly hops: readonly Hop[];
  /** What is in the request as it was written. */
  readonly request: Omit<RouteInput, 'encapsulation' | 'encapsulationType' | 'unknown'>;
}

const hopReaders: Readers<Hop> = {
  'via [inet|inet6] ADDRESS': (words, _, { gateway }) => {
    if (gateway !== undefined) throw new CommandError('via: several gateways are written "nexthop via …"');
    return { gateway: words.address('via', words.family()) };
  },
  'dev|oif NAME': (words, { interfaces }) => ({ interfaceIndex: interfaces.indexOf(words.value('dev')) }),
  onlink: (_words, _context, { flags }) => ({ flags: flags | nextHopFlags.masks.onLink }),
  'realms|realm REALM/REALM': (words) => ({ flow: takeRealms(words) }),
  'encap TYPE …': (words, context) => ({ encapsulation: takeEncapsulation(words, context) }),
};
const multipath = new Vocabulary<Hop>({
  ...hopReaders,
  'weight NUMBER': (words) => ({ weight: words.number('weight', 1, 256) }),
});

/** `[to] [TYPE] PREFIX`. */
const destination: Reader<Draft> = (words, _, { hasDestination, family, request }) => {
  const type = typeNumber(words.peek);
  if (type !== undefined) words.take();
  if (hasDestination) words.end();
  const prefix = takePrefix('destination', words);
  return {
    hasDestination: true,
    family: family ?? familyOf(prefix),
    request: {
      ...request,
      ...(type !== undefined && { type }),
      // Linux: a destination without bits is told by its length alone.
      destination: prefix.length === 0 ? undefined : prefix.address,
      destinationLength: prefix.length,
    },
  };
};

const vocabulary = new Vocabulary<Draft>({
  '[to] [TYPE] PREFIX': destination,
  ...ofMember<Draft, 'hop'>('hop', hopReaders),
  'nexthop via|dev|weight|…': (words, context, { hops }) => {
    const nothing = { flags: 0 };
    const hop = multipath.readKnown(words, context, nothing);
    if (hop === nothing) throw new CommandError('nexthop: "via ADDRESS" or "dev NAME" expected');
    return { hops: [...hops, hop] };
  },
  'src ADDRESS': (words, _, { family, request }) => {
    const preferredSource = words.address('src');
    return { family: family ?? addressFamily(preferredSource), request: { ...request, preferredSource } };
  },
  'from PREFIX': (words, _, { family, request }) => {
    const { address, length } = takePrefix('from', words);
    return {
      family: family ?? familyOf({ address, length }),
      request: { ...request, source: address, sourceLength: length },
    };
  },
  ...ofMember<Draft, 'request'>('request', {
    'metric|priority|preference NUMBER': (words) => ({ priority: words.number('metric') }),
    'table TABLE': (words) => ({ table: takeTable(words) }),
    'vrf NAME': (words, context) => ({ table: takeVrf(words, context) }),
    'protocol|proto PROTOCOL': (words) => ({ protocol: takeProtocol(words) }),
    'scope SCOPE': (words) => ({ scope: takeScope(words) }),
    'tos|dsfield TOS': (words) => ({ tos: takeDsField(words) }),
    'expires SECONDS': (words) => ({ expires: words.number('expires') }),
    'nhid ID': (words) => ({ nextHopId: words.number('nhid') }),
    'pref low|medium|high': (words) => ({ preference: words.oneOf('pref', ['low', 'medium', 'high']) }),
    'ttl-propagate enabled|disabled': (words) => ({
      ttlPropagate: words.oneOf('ttl-propagate', ['enabled', 'disabled']) === 'enabled' ? 1 : 0,
    }),
    ...metricReaders,
  }),
});

export const routeSpecification: Grammar<RouteInput> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const start = {
      family: context.family,
      hasDestination: false,
      hop: { flags: 0 },
      hops: [],
      request: {},
    };
    const draft = vocabulary.read(words, context, start);
    if (!draft.hasDestination) throw new CommandError('which route? a destination or "default" expected');
    return requestOf(draft);
  },
};

function requestOf({ hop, hops, request, family: known }: Draft): RouteInput {
  const gateways = [hop, ...hops].flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway]));
  const family = known ?? (gateways[0] === undefined ? 'ipv4' : addressFamily(gateways[0]));
  return {
    ...request,
    family,
    ...gatewayOf(hop, family),
    outputInterface: hop.interfaceIndex,
    flow: hop.flow,
    flags: hop.flags,
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
