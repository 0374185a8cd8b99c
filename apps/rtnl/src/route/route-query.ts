/** The words behind `route get`: which packet is to be routed. Before this file: `route.ts`. */
import { type RouteInput, routeFlags } from '@ripstop/netlink';
import { addressFamily } from '@ripstop/wire';
import { CommandError, type Grammar } from '../command.ts';
import { takeIpProtocol } from '../ip-protocol.ts';
import { takeDsField } from '../names.ts';
import { Vocabulary } from '../vocabulary.ts';

type Query = Omit<RouteInput, 'encapsulation' | 'encapsulationType' | 'unknown'>;

const vocabulary = new Vocabulary<Query>({
  '[to] ADDRESS': (words, { family }, { destination }) => {
    if (destination !== undefined) words.end();
    // As `ip`: the address that has no bits.
    if (words.takeIf('default', 'any', 'all')) return { destination: family === 'ipv6' ? '::' : '0.0.0.0' };
    return { destination: words.address('destination') };
  },
  'from ADDRESS': (words) => ({ source: words.address('from') }),
  'iif NAME': (words, { interfaces }) => ({ inputInterface: interfaces.indexOf(words.value('iif')) }),
  // Linux: what leaves through a VRF is routed by its table.
  'oif|dev|vrf NAME': (words, { interfaces }, _, keyword) => ({
    outputInterface: interfaces.indexOf(words.value(keyword)),
  }),
  'tos|dsfield TOS': (words) => ({ tos: takeDsField(words) }),
  'mark NUMBER': (words) => ({ mark: words.number('mark') }),
  'uid NUMBER': (words) => ({ userId: words.number('uid') }),
  'ipproto PROTOCOL': (words) => ({ ipProtocol: takeIpProtocol(words) }),
  'sport PORT': (words) => ({ sourcePort: words.number('sport', 0, 0xffff) }),
  'dport PORT': (words) => ({ destinationPort: words.number('dport', 0, 0xffff) }),
  fibmatch: () => ({ flags: routeFlags.masks.fibMatch }),
});

export const routeQuery: Grammar<RouteInput> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const query = vocabulary.read(words, context, { family: context.family });
    if (query.destination === undefined) throw new CommandError('where to? an address expected');
    return { ...query, family: query.family ?? addressFamily(query.destination) };
  },
};
