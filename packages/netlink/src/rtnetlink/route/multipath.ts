/** Next hops of a multipath route: RTA_MULTIPATH is a sequence of struct rtnexthop, each with attributes behind it. */
import {
  type Address,
  address,
  addressFamily,
  align4,
  type Codec,
  DecodeError,
  enumeration,
  explainInto,
  type InputOf,
  i32,
  padding,
  requireBytes,
  struct,
  u8,
  u16,
  u32,
  type ValueOf,
} from '@ripstop/wire';
import { family } from '../family.ts';
import { encapsulating } from './encapsulation.ts';
import { labelStack } from './label-stack.ts';
import { nextHopFlags } from './route-enumerations.ts';

/** struct rtvia, 2 bytes: what kind of address follows. */
const viaHeader = struct('rtvia', 2, { family: enumeration('AF', u16, family.values) });

/** RTA_VIA: a gateway of another family than the route's (RFC 5549: IPv4 over IPv6). */
const via: Codec<Address> & { readonly header: typeof viaHeader } = {
  name: 'via',
  header: viaHeader,
  sizeOf: (value) => viaHeader.size + address.sizeOf(value),
  encode(value, view, offset) {
    viaHeader.encode({ family: addressFamily(value) }, view, offset);
    address.encode(value, view, offset + viaHeader.size);
  },
  decode(view, start, end) {
    requireBytes('via', start, end, viaHeader.size);
    const header = viaHeader.decode(view, start, end);
    const value = address.decode(view, start + viaHeader.size, end);
    if (header.family === addressFamily(value)) return value;
    throw new DecodeError('via', start, `${value} is not an address of family ${header.family}`);
  },
};

/** struct rtnexthop: 8 bytes. Its first two are the length with the attributes, which the sequence reads and writes. */
const nextHopHeader = struct('rtnexthop', 8, {
  length: padding(2),
  flags: nextHopFlags,
  /** Weight less one. */
  hops: u8,
  interfaceIndex: i32,
});

/** Those of RTA_* that a next hop may have, besides its encapsulation. */
export const nextHopTable = {
  gateway: [5, address],
  flow: [11, u32],
  via: [18, via],
  /** Of an MPLS route: the labels that take the place of the destination. */
  newDestination: [19, labelStack],
} as const;

/** RTA_ENCAP_TYPE and RTA_ENCAP. */
export const encapsulationNumbers = { type: 21, encapsulation: 22 } as const;

const nextHop = encapsulating('RTA', nextHopHeader, nextHopTable, encapsulationNumbers);

export type RouteNextHop = ValueOf<typeof nextHop>;
export type RouteNextHopInput = InputOf<typeof nextHop>;

export interface MultipathCodec extends Codec<readonly RouteNextHop[], readonly RouteNextHopInput[]> {
  readonly item: typeof nextHop;
}

/** RTA_MULTIPATH. */
export const multipath: MultipathCodec = {
  name: 'multipath',
  item: nextHop,
  sizeOf: (hops) => hops.reduce((sum, hop) => sum + align4(nextHop.sizeOf(hop)), 0),
  encode(hops, view, offset) {
    let at = offset;
    for (const hop of hops) {
      const length = nextHop.sizeOf(hop);
      nextHop.encode(hop, view, at);
      u16.encode(length, view, at);
      at += align4(length);
    }
  },
  decode(view, start, end) {
    const hops: RouteNextHop[] = [];
    walk(view, start, end, (index, from, to) => {
      try {
        hops.push(nextHop.decode(view, from, to));
      } catch (error) {
        throw error instanceof DecodeError ? error.within(`[${index}]`) : error;
      }
    });
    return hops;
  },
  explain(view, start, end, path, lines) {
    try {
      walk(view, start, end, (index, from, to) =>
        explainInto(nextHop, view, from, to, `${path}[${index}]`, lines),
      );
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { offset, reason } = error;
      lines.push({ offset, length: end - offset, path, type: 'rtnexthop', value: `<${reason}>` });
    }
  },
};

/** Calls `each` with the extent of every next hop in `[start, end)`. @throws DecodeError */
function walk(
  view: DataView,
  start: number,
  end: number,
  each: (index: number, from: number, to: number) => void,
): void {
  for (let at = start, index = 0; at < end; index += 1) {
    requireBytes('rtnexthop', at, end, nextHopHeader.size);
    const length = u16.decode(view, at, end);
    if (length < nextHopHeader.size || at + length > end) {
      throw new DecodeError(
        'rtnexthop',
        at,
        `length ${length}, from ${nextHopHeader.size} to ${end - at} expected`,
      );
    }
    each(index, at, at + length);
    at += align4(length);
  }
}
