/**
 * One address as people write it: the words behind `address add`, `replace`, `set`, `del` and `get`, as `ip` has them.
 * After this file: `address.ts`, and the library's `completion` for what is left out.
 */
import type { AddressInput } from '@ripstop/netlink';
import { type Address, addressFamily, ipv4FromNumber, ipv4ToNumber, maskFromLength } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import type { InterfaceAddress, Words } from '../words.ts';
import { FOREVER } from './address-fields.ts';
import { settableFlags } from './address-flags.ts';

/** What the words say. */
interface Draft {
  local?: InterfaceAddress;
  peer?: InterfaceAddress;
  /** Neither the address nor its peer has a length. */
  isBare: boolean;
  /** `+` and `-`: the network's address with all host bits set, or none. */
  broadcast?: string;
  validLifetime?: number;
  preferredLifetime?: number;
  readonly flags: string[];
  /** What is in the request as it was written. */
  rest: AddressInput;
}

type Reader = (words: Words, draft: Draft, context: Context, word: string) => void;

const local: Reader = (words, draft) => {
  if (draft.local !== undefined) throw new CommandError(`"${words.peek}" is not understood here`);
  draft.isBare = !words.peek?.includes('/');
  draft.local = words.interfaceAddress('address');
};
const peer: Reader = (words, draft) => {
  draft.isBare = false;
  draft.peer = words.interfaceAddress('peer');
};
const broadcast: Reader = (words, draft) => {
  const isSign = words.peek === '+' || words.peek === '-';
  draft.broadcast = isSign ? words.value('broadcast') : words.address('broadcast');
};
const metric = written((words) => ({ priority: words.number('metric') }));
const protocol = written((words) => ({ protocol: words.named('protocol', 'rt_addrprotos', 0xff) }));

const readers = new Map<string, Reader>(
  Object.entries<Reader>({
    local,
    peer,
    remote: peer,
    broadcast,
    brd: broadcast,
    anycast: written((words) => ({ anycast: words.address('anycast') })),
    label: written((words) => ({ label: words.value('label') })),
    scope: written((words) => ({ scope: words.named('scope', 'rt_scopes', 0xff) })),
    dev: written((words, { interfaces }) => ({ index: interfaces.indexOf(words.value('dev')) })),
    metric,
    priority: metric,
    preference: metric,
    proto: protocol,
    protocol,
    valid_lft(words, draft) {
      draft.validLifetime = lifetime('valid_lft', words);
    },
    preferred_lft(words, draft) {
      draft.preferredLifetime = lifetime('preferred_lft', words);
    },
    ...Object.fromEntries(Object.keys(settableFlags.ipv6).map((flag) => [flag, flagReader])),
  }),
);

function written(read: (words: Words, context: Context) => AddressInput): Reader {
  return (words, draft, context) => {
    draft.rest = { ...draft.rest, ...read(words, context) };
  };
}

function flagReader(_words: Words, { flags }: Draft, _context: Context, flag: string): void {
  flags.push(flag);
}

function lifetime(of: string, words: Words): number {
  return words.takeIf('forever') ? FOREVER : words.number(of, 0, FOREVER);
}

/** An address that a command names. */
export interface AddressSpecification {
  readonly request: AddressInput & { readonly local: Address };
  /** The words have no length: the request says that of a host. */
  readonly isBare: boolean;
}

/** Takes all words. @throws CommandError */
export function addressSpecification(words: Words, context: Context): AddressSpecification {
  const draft: Draft = { isBare: true, flags: [], rest: {} };
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    if (reader === undefined) local(words, draft, context, word);
    else {
      words.take();
      reader(words, draft, context, word);
    }
  }
  if (draft.local === undefined) throw new CommandError('which address? ADDRESS/LENGTH expected');
  if (draft.rest.index === undefined) throw new CommandError('on which interface? "dev NAME" expected');
  return { request: requestOf(draft, draft.local), isBare: draft.isBare };
}

function requestOf(draft: Draft, { address, length }: InterfaceAddress): AddressSpecification['request'] {
  const network = draft.peer ?? { address, length };
  return {
    scope: isLoopback(address) ? 'host' : 'global',
    ...draft.rest,
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
