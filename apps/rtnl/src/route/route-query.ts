/** The words behind `route get`: which packet is to be routed. Before this file: `route.ts`. */
import { type RouteInput, routeFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { CommandError, type Context } from '../command.ts';
import { takeIpProtocol } from '../rule/ip-protocol.ts';
import type { Words } from '../words.ts';
import { takeDsField } from './named-number.ts';

type Query = Omit<RouteInput, 'encapsulation' | 'encapsulationType' | 'unknown'>;
type Reader = (words: Words, context: Context) => Query;

const tos: Reader = (words) => ({ tos: takeDsField(words) });
const outputInterface: Reader = (words, { interfaces }) => {
  return { outputInterface: interfaces.indexOf(words.value('oif')) };
};
const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    to: (words) => ({ destination: words.address('to') }),
    from: (words) => ({ source: words.address('from') }),
    iif: (words, { interfaces }) => ({ inputInterface: interfaces.indexOf(words.value('iif')) }),
    oif: outputInterface,
    dev: outputInterface,
    // Linux: what leaves through a VRF is routed by its table.
    vrf: outputInterface,
    tos,
    dsfield: tos,
    mark: (words) => ({ mark: words.number('mark') }),
    uid: (words) => ({ userId: words.number('uid') }),
    ipproto: (words) => ({ ipProtocol: takeIpProtocol(words) }),
    sport: (words) => ({ sourcePort: words.number('sport', 0, 0xffff) }),
    dport: (words) => ({ destinationPort: words.number('dport', 0, 0xffff) }),
    fibmatch: () => ({ flags: routeFlags.masks.fibMatch }),
  }),
);
const destination: Reader = (words) => ({ destination: words.address('destination') });

/** Takes all words; one that is no keyword is the destination. @throws CommandError */
export function routeQuery(words: Words, context: Context): RouteInput {
  let query: Query = { family: context.family };
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const reader = readers.get(word);
    if (reader !== undefined) words.take();
    else if (query.destination !== undefined) words.end();
    query = { ...query, ...(reader ?? destination)(words, context) };
  }
  if (query.destination === undefined) throw new CommandError('where to? an address expected');
  return { ...query, family: query.family ?? addressFamily(query.destination) };
}
