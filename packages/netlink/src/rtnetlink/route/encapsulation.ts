/**
 * What a route puts around packets: RTA_ENCAP and NHA_ENCAP, read by RTA_ENCAP_TYPE and NHA_ENCAP_TYPE beside them
 * (linux/lwtunnel.h, linux/mpls_iptunnel.h). Used by `route`, `multipath` and `nexthop`.
 */
import {
  type AnyCodec,
  type AttributeTable,
  address,
  attributes,
  bytes,
  cString,
  flags,
  type HeadedCodec,
  headed,
  type InputOf,
  type Members,
  nested,
  type StructCodec,
  u8,
  u16be,
  u32,
  u64be,
  type VariantsCodec,
  variants,
} from '@ripstop/wire';
import { labelStack } from './label-stack.ts';
import { encapsulation } from './route-enumerations.ts';
import { segmentRoutingEncapsulation, segmentRoutingLocal } from './segment-routing.ts';

/** MPLS_IPTUNNEL_*. */
const mpls = attributes('MPLS_IPTUNNEL', { labels: [1, labelStack], ttl: [2, u8] });

/** TUNNEL_*, linux/if_tunnel.h. */
export const tunnelFlags = flags('TUNNEL', u16be, { checksum: 0x1, routing: 0x2, key: 0x4, sequence: 0x8 });

/** LWTUNNEL_IP_*: what a tunnel interface that has no addresses of its own (`external`) is told. */
const ip = attributes('LWTUNNEL_IP', {
  id: [1, u64be],
  destination: [2, address],
  source: [3, address],
  ttl: [4, u8],
  tos: [5, u8],
  flags: [6, tunnelFlags],
  pad: [7, bytes],
  options: [8, nested(bytes)],
});

/** LWTUNNEL_IP6_*. */
const ip6 = attributes('LWTUNNEL_IP6', {
  id: [1, u64be],
  destination: [2, address],
  source: [3, address],
  hopLimit: [4, u8],
  trafficClass: [5, u8],
  flags: [6, tunnelFlags],
  pad: [7, bytes],
  options: [8, nested(bytes)],
});

/** LWT_BPF_PROG_*. */
const bpfProgram = attributes('LWT_BPF_PROG', { fileDescriptor: [1, u32], name: [2, cString] });

/** LWT_BPF_*: programs by where they see the packet. */
const bpf = attributes('LWT_BPF', {
  in: [1, nested(bpfProgram)],
  out: [2, nested(bpfProgram)],
  transmit: [3, nested(bpfProgram)],
  transmitHeadroom: [4, u32],
});

const byType = {
  mpls,
  ip,
  ip6,
  seg6: segmentRoutingEncapsulation,
  'seg6-local': segmentRoutingLocal,
  bpf,
} as const;

type Types = typeof byType;

/** An encapsulation to ask for: both attributes. */
export type EncapsulationInput = {
  readonly [Type in keyof Types]: {
    readonly encapsulationType: Type;
    readonly encapsulation: InputOf<Types[Type]>;
  };
}[keyof Types];

type WithEncapsulation<T, C> = T & {
  readonly encapsulationType: readonly [number, typeof encapsulation];
  readonly encapsulation: readonly [number, C];
};

/** A struct and its attributes, with one variant for each type of encapsulation. */
export type EncapsulatingCodec<M extends Members, T extends AttributeTable> = VariantsCodec<
  'encapsulationType',
  HeadedCodec<M, WithEncapsulation<T, typeof bytes>>,
  { readonly [Type in keyof Types]: HeadedCodec<M, WithEncapsulation<T, Types[Type]>> }
>;

/**
 * A struct with attributes of which two are `encapsulationType` and `encapsulation`: typed where `encapsulationType` is
 * mpls, ip, ip6, seg6, seg6-local or bpf, and bytes where it is any other. What has no encapsulation is read once.
 * @param numbers of the two attributes
 */
export function encapsulating<M extends Members, const T extends AttributeTable>(
  name: string,
  header: StructCodec<M>,
  table: T,
  numbers: { readonly type: number; readonly encapsulation: number },
): EncapsulatingCodec<M, T> {
  const reading = (codec: AnyCodec) =>
    headed(
      header,
      attributes(name, {
        ...table,
        encapsulationType: [numbers.type, encapsulation],
        encapsulation: [numbers.encapsulation, nested(codec)],
      }),
    );
  const typed = Object.entries(byType).map(([type, codec]) => [type, reading(codec)]);
  return variants('encapsulationType', reading(bytes), Object.fromEntries(typed));
}
