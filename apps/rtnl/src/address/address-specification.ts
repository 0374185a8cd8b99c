/**
 * One address as people write it: the words behind `address add`, `replace`, `set`, `delete` and `get`, as `ip` has them.
 * After this file: `address.ts`, and the library's `completion` for what is left out.
 */
import type { AddressInput } from '@ripstop/netlink';
import { type Address, addressFamily, ipv4FromNumber, ipv4ToNumber, maskFromLength } from '@ripstop/wire';
import type { InterfaceAddress } from '../address-notation.ts';
import { CommandError, type Grammar } from '../command.ts';
import { takeScope } from '../names.ts';
import { ofMember, type Readers, Vocabulary } from '../vocabulary.ts';
import { settableFlags } from './address-flags.ts';
import { FOREVER, takeLifetime } from './address-lifetime.ts';

/** What the words say. */
interface Draft {
  readonly local?: InterfaceAddress;
  readonly peer?: InterfaceAddress;
  /** Neither the address nor its peer has a length. */
  readonly isBare: boolean;
  /** `+` and `-`: the network's address with all host bits set, or none. */
  readonly broadcast?: string;
  readonly validLifetime?: number;
  readonly preferredLifetime?: number;
  readonly flags: readonly string[];
  /** What is in the request as it was written. */
  readonly request: AddressInput;
}

const flagReaders: Readers<Draft> = Object.fromEntries(
  Object.keys(settableFlags.ipv6).map((flag) => [
    flag,
    (_words, _context, { flags }) => ({ flags: [...flags, flag] }),
  ]),
);

const vocabulary = new Vocabulary<Draft>({
  '[local] ADDRESS/LENGTH': (words, _, before) => {
    if (before.local !== undefined) words.end();
    return { isBare: !words.peek?.includes('/'), local: words.interfaceAddress('address') };
  },
  'peer|remote ADDRESS/LENGTH': (words) => ({ isBare: false, peer: words.interfaceAddress('peer') }),
  'broadcast|brd ADDRESS|+|-': (words) => {
    const isSign = words.peek === '+' || words.peek === '-';
    return { broadcast: isSign ? words.value('broadcast') : words.address('broadcast') };
  },
  ...ofMember<Draft, 'request'>('request', {
    'anycast ADDRESS': (words) => ({ anycast: words.address('anycast') }),
    'dev NAME': (words, { interfaces }) => ({ interfaceIndex: interfaces.indexOf(words.value('dev')) }),
    'label LABEL': (words) => ({ label: words.value('label') }),
    'scope SCOPE': (words) => ({ scope: takeScope(words) }),
    'metric|priority|preference NUMBER': (words) => ({ priority: words.number('metric') }),
    'protocol|proto PROTOCOL': (words) => ({ protocol: words.named('protocol', 'rt_addrprotos', 0xff) }),
  }),
  'valid_lft SECONDS|forever': (words) => ({ validLifetime: takeLifetime('valid_lft', words) }),
  'preferred_lft SECONDS|forever': (words) => ({ preferredLifetime: takeLifetime('preferred_lft', words) }),
  ...flagReaders,
});

/** An address that a command names. */
export interface AddressSpecification {
  readonly request: AddressInput & { readonly local: Address };
  /** The words have no length: the request says that of a host. */
  readonly isBare: boolean;
}

export const addressSpecification: Grammar<AddressSpecification> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const draft = vocabulary.read(words, context, { isBare: true, flags: [], request: {} });
    if (draft.local === undefined) throw new CommandError('which address? ADDRESS/LENGTH expected');
    if (draft.request.interfaceIndex === undefined)
      throw new CommandError('on which interface? "dev NAME" expected');
    return { request: requestOf(draft, draft.local), isBare: draft.isBare };
  },
};

/** What `address get` asks for. */
interface AddressQuery {
  readonly local?: Address;
  readonly interfaceIndex?: number;
}

const queryVocabulary = new Vocabulary<AddressQuery>({
  '[to] ADDRESS': (words, _, { local }) => {
    if (local !== undefined) words.end();
    return { local: words.address('address') };
  },
  'dev NAME': (words, { interfaces }) => ({ interfaceIndex: interfaces.indexOf(words.value('dev')) }),
});

export const addressQuery: Grammar<AddressQuery> = {
  phrases: queryVocabulary.phrases,
  read(words, context) {
    const query = queryVocabulary.read(words, context, {});
    if (query.local === undefined) throw new CommandError('which address? ADDRESS expected');
    return query;
  },
};

function requestOf(draft: Draft, { address, length }: InterfaceAddress): AddressSpecification['request'] {
  const network = draft.peer ?? { address, length };
  return {
    scope: isLoopback(address) ? 'host' : 'global',
    ...draft.request,
    local: address,
    address: network.address,
    prefixLength: network.length,
    broadcast: broadcastOf(draft.broadcast, network),
    flags: flagsOf(draft.flags, address),
    cacheInfo: lifetimesOf(draft),
  };
}

/** 127.0.0.0/8. Linux: of IPv6 addresses it finds the scope by itself. */
function isLoopback(address: Address): boolean {
  return address.startsWith('127.');
}

/** Linux: networks of less than four addresses have none. @throws CommandError */
function broadcastOf(word: string | undefined, { address, length }: InterfaceAddress): Address | undefined {
  if (word !== '+' && word !== '-') return word;
  const number = ipv4ToNumber(address);
  if (number === undefined) throw new CommandError('broadcast: only for IPv4 addresses');
  if (length > 30) return undefined;
  const mask = maskFromLength(length);
  return ipv4FromNumber((word === '+' ? number | ~mask : number & mask) >>> 0);
}

/** @throws CommandError */
function flagsOf(names: readonly string[], address: Address): number | undefined {
  if (names.length === 0) return undefined;
  const masks: Readonly<Record<string, number>> = settableFlags[addressFamily(address)];
  return names.reduce((sum, name) => {
    const mask = masks[name];
    if (mask === undefined) throw new CommandError(`${name}: only for IPv6 addresses`);
    return sum | mask;
  }, 0);
}

/** For ever if nothing is said; an address is preferred as long as it is valid. */
function lifetimesOf({ validLifetime, preferredLifetime }: Draft): AddressInput['cacheInfo'] {
  if (validLifetime === undefined && preferredLifetime === undefined) return undefined;
  const valid = validLifetime ?? FOREVER;
  return { validLifetime: valid, preferredLifetime: preferredLifetime ?? valid };
}
