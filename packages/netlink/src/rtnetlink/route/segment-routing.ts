/**
 * Segment routing over IPv6 (RFC 8754, RFC 8986): what a route puts around packets (seg6) and what it does with those
 * that arrive (seg6-local). linux/seg6.h, linux/seg6_iptunnel.h, linux/seg6_local.h. Used by `encapsulation`.
 */
import {
  type Address,
  address,
  attributes,
  bytes,
  bytesAt,
  type Codec,
  cString,
  DecodeError,
  EncodeError,
  enumeration,
  flags,
  type InputOf,
  i32,
  nested,
  requireBytes,
  struct,
  u8,
  u16be,
  u32,
  u64,
  type ValueOf,
} from '@ripstop/wire';

const SEGMENT_BYTES = 16;
/** RFC 8754 §2: the routing type of a segment routing header. */
const ROUTING_TYPE = 4;

/** struct ipv6_sr_hdr, 8 bytes: the header before the segments. */
const fixedPart = struct('ipv6_sr_hdr', 8, {
  nextHeader: u8,
  /** In units of 8 bytes, without the first. */
  headerLength: u8,
  type: u8,
  segmentsLeft: u8,
  firstSegment: u8,
  flags: flags('SR6_FLAG1', u8, { protected: 0x40, oam: 0x20, alert: 0x10, hmac: 0x08 }),
  tag: u16be,
});

/** A segment routing header. */
export interface SegmentRoutingHeader {
  readonly nextHeader: number;
  readonly type: number;
  readonly segmentsLeft: number;
  readonly flags: number;
  readonly tag: number;
  /** In the order in which they are visited; on the wire it is the other way round. */
  readonly segments: readonly Address[];
  /** The TLVs behind the segments. */
  readonly options: Uint8Array;
}

/** What is left out: routing type 4, all segments left, no flags, no options. */
type SegmentRoutingHeaderInput = Pick<SegmentRoutingHeader, 'segments'> & Partial<SegmentRoutingHeader>;

const segmentRoutingHeader: Codec<SegmentRoutingHeader, SegmentRoutingHeaderInput> & {
  readonly header: typeof fixedPart;
} = {
  name: 'srh',
  header: fixedPart,
  sizeOf: ({ segments, options }) =>
    fixedPart.size + segments.length * SEGMENT_BYTES + (options?.byteLength ?? 0),
  encode({ segments, options, ...given }, view, offset) {
    if (segments.length === 0) throw new EncodeError('srh: at least one segment expected');
    const firstSegment = segments.length - 1;
    const headerLength = ((segments.length * SEGMENT_BYTES + (options?.byteLength ?? 0)) >> 3) & 0xff;
    const defaults = { type: ROUTING_TYPE, segmentsLeft: firstSegment };
    fixedPart.encode({ ...defaults, ...given, headerLength, firstSegment }, view, offset);
    for (const [index, segment] of segments.toReversed().entries()) {
      if (address.sizeOf(segment) !== SEGMENT_BYTES)
        throw new EncodeError(`srh: segment ${segment} is not an IPv6 address`);
      address.encode(segment, view, offset + fixedPart.size + index * SEGMENT_BYTES);
    }
    if (options !== undefined)
      bytes.encode(options, view, offset + fixedPart.size + segments.length * SEGMENT_BYTES);
  },
  decode(view, start, end) {
    const { headerLength: _, firstSegment, ...header } = fixedPart.decode(view, start, end);
    const optionsStart = start + fixedPart.size + (firstSegment + 1) * SEGMENT_BYTES;
    if (optionsStart > end) throw new DecodeError('srh', start, `${firstSegment + 1} segments do not fit`);
    const segments: Address[] = [];
    for (let at = optionsStart - SEGMENT_BYTES; at > start; at -= SEGMENT_BYTES)
      segments.push(address.decode(view, at, at + SEGMENT_BYTES));
    return { ...header, segments, options: bytesAt(view, optionsStart, end).slice() };
  },
  format: ({ segments }) => segments.join(' '),
};

/** struct seg6_iptunnel_encap, 4 bytes: how the header that follows is put on a packet. */
const tunnelHeader = struct('seg6_iptunnel_encap', 4, {
  mode: enumeration('SEG6_IPTUN_MODE', i32, {
    inline: 0,
    encap: 1,
    l2encap: 2,
    'encap.red': 3,
    'l2encap.red': 4,
  }),
});

type SegmentRoutingTunnel = ValueOf<typeof tunnelHeader> & SegmentRoutingHeader;
type SegmentRoutingTunnelInput = InputOf<typeof tunnelHeader> & SegmentRoutingHeaderInput;

const segmentRoutingTunnel: Codec<SegmentRoutingTunnel, SegmentRoutingTunnelInput> & {
  readonly header: typeof tunnelHeader;
} = {
  name: 'seg6 srh',
  header: tunnelHeader,
  sizeOf: (value) => tunnelHeader.size + segmentRoutingHeader.sizeOf(value),
  encode({ mode, ...header }, view, offset) {
    tunnelHeader.encode({ mode }, view, offset);
    segmentRoutingHeader.encode(header, view, offset + tunnelHeader.size);
  },
  decode(view, start, end) {
    requireBytes('seg6 srh', start, end, tunnelHeader.size);
    const { mode } = tunnelHeader.decode(view, start, end);
    return { mode, ...segmentRoutingHeader.decode(view, start + tunnelHeader.size, end) };
  },
  format: ({ mode, segments }) => `${mode} ${segments.join(' ')}`,
};

/** SEG6_IPTUNNEL_*: packets get a segment routing header. */
export const segmentRoutingEncapsulation = attributes('SEG6_IPTUNNEL', {
  tunnel: [1, segmentRoutingTunnel],
});

/** SEG6_LOCAL_ACTION_*, named as in RFC 8986 §4. */
const localAction = enumeration('SEG6_LOCAL_ACTION', u32, {
  unspecified: 0,
  End: 1,
  'End.X': 2,
  'End.T': 3,
  'End.DX2': 4,
  'End.DX6': 5,
  'End.DX4': 6,
  'End.DT6': 7,
  'End.DT4': 8,
  'End.B6': 9,
  'End.B6.Encaps': 10,
  'End.BM': 11,
  'End.S': 12,
  'End.AS': 13,
  'End.AM': 14,
  'End.BPF': 15,
  'End.DT46': 16,
});

/** SEG6_LOCAL_CNT_*. */
const localCounters = attributes('SEG6_LOCAL_CNT', {
  pad: [1, bytes],
  packets: [2, u64],
  bytes: [3, u64],
  errors: [4, u64],
});

/** SEG6_LOCAL_FLV_*: `operation` is a set of bits by SEG6_LOCAL_FLV_OP_*. */
const localFlavors = attributes('SEG6_LOCAL_FLV', {
  operation: [1, u32],
  locatorBlockBits: [2, u8],
  locatorNodeFunctionBits: [3, u8],
});

/** SEG6_LOCAL_BPF_PROG_*: an id in answers, a file descriptor in requests. */
const localProgram = attributes('SEG6_LOCAL_BPF_PROG', { program: [1, u32], name: [2, cString] });

/** SEG6_LOCAL_*: what is done with packets to one of our own segments. */
export const segmentRoutingLocal = attributes('SEG6_LOCAL', {
  action: [1, localAction],
  header: [2, segmentRoutingHeader],
  table: [3, u32],
  gateway4: [4, address],
  gateway6: [5, address],
  inputInterface: [6, u32],
  outputInterface: [7, u32],
  program: [8, nested(localProgram)],
  vrfTable: [9, u32],
  counters: [10, nested(localCounters)],
  flavors: [11, nested(localFlavors)],
});
