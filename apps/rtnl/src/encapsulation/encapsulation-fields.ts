/**
 * What a route or a next hop puts around packets, as fields. Before this file: `route-fields`, `nexthop-fields`.
 *
 * `ip` prints these among the fields of the route, some of them under names that the route uses too. Such a name gets
 * `encap_` before it here, so that a route keeps its own destination.
 */
import {
  type NexthopMessage,
  type RouteMessage,
  type RouteNextHop,
  type SegmentRoutingHeader,
  tunnelFlags,
} from '@ripstop/netlink';
import { viewOf } from '@ripstop/wire';
import type { Context } from '../command.ts';
import { definedOnly, type Fields, namesOfBits } from '../fields.ts';
import { tableName } from '../names.ts';
import { hexadecimal } from '../numerals.ts';
import { flavorBits } from './flavor.ts';

type Encapsulating = RouteMessage | RouteNextHop | NexthopMessage;
type Of<Type> = NonNullable<Extract<Encapsulating, { encapsulationType: Type }>['encapsulation']>;

/** None if there is no encapsulation; of one that we do not know, its name only. */
export function encapsulationFields(hop: Encapsulating, context: Context): Fields {
  const { encapsulationType } = hop;
  if (encapsulationType === undefined) return {};
  const encap = typeof encapsulationType === 'number' ? 'unknown' : encapsulationType.replace('-', '');
  return { encap, ...details(hop, context) };
}

function details(hop: Encapsulating, context: Context): Fields {
  if (hop.encapsulation === undefined) return {};
  switch (hop.encapsulationType) {
    case 'mpls':
      return { encap_dst: hop.encapsulation.labels?.join('/'), ttl: hop.encapsulation.ttl };
    case 'ip': {
      const { id, source, destination, ttl, tos, flags } = hop.encapsulation;
      return { ...ends(id, source, destination), ttl, encap_tos: tos, ...flagFields(flags) };
    }
    case 'ip6': {
      const { id, source, destination, hopLimit, trafficClass, flags } = hop.encapsulation;
      return { ...ends(id, source, destination), hoplimit: hopLimit, tc: trafficClass, ...flagFields(flags) };
    }
    case 'seg6': {
      const { tunnel } = hop.encapsulation;
      return tunnel === undefined ? {} : { mode: tunnel.mode, ...headerFields(tunnel) };
    }
    case 'seg6-local':
      return localFields(hop.encapsulation, context);
    case 'bpf':
      return programFields(hop.encapsulation);
    default:
      return {};
  }
}

function ends(id: bigint | undefined, source: string | undefined, destination: string | undefined): Fields {
  return { encap_id: id, encap_src: source, encap_dst: destination };
}

function flagFields(flags = 0): Fields {
  const { key, checksum, sequence } = tunnelFlags.masks;
  return {
    ...((flags & key) !== 0 && { key: true }),
    ...((flags & checksum) !== 0 && { csum: true }),
    ...((flags & sequence) !== 0 && { seq: true }),
  };
}

/** Bytes of an HMAC TLV, RFC 8754 §2.1.2, which comes last; its key's id is the second half of its first eight. */
const HMAC_BYTES = 40;
const HMAC_FLAG = 0x8;

function headerFields({ segments, flags, options }: SegmentRoutingHeader): Fields {
  const hasHmac = (flags & HMAC_FLAG) !== 0 && options.byteLength >= HMAC_BYTES;
  const keyId = hasHmac ? viewOf(options).getUint32(options.byteLength - HMAC_BYTES + 4) : undefined;
  return { segs: segments, hmac: keyId === undefined ? undefined : hexadecimal(keyId) };
}

function localFields(local: Of<'seg6-local'>, { interfaces, statistics }: Context): Fields {
  const { header, table, vrfTable, inputInterface, outputInterface, program, counters, flavors } = local;
  const operation = flavors?.operation;
  return {
    action: local.action === 'unspecified' ? '<unknown>' : local.action,
    srh: header && definedOnly(headerFields(header)),
    encap_table: table && tableName(table),
    vrftable: vrfTable && tableName(vrfTable),
    nh4: local.gateway4,
    nh6: local.gateway6,
    encap_iif: inputInterface && interfaces.nameOf(inputInterface),
    oif: outputInterface && interfaces.nameOf(outputInterface),
    endpoint: program && (program.name ?? '<unknown>'),
    stats64:
      statistics > 0 && counters
        ? Object.fromEntries(
            (['packets', 'bytes', 'errors'] as const).map((name) => [name, counters[name] ?? 0n]),
          )
        : undefined,
    flavors: operation && namesOfBits(operation, flavorBits),
    lblen: flavors?.locatorBlockBits,
    nflen: flavors?.locatorNodeFunctionBits,
  };
}

function programFields({ in: input, out, transmit, transmitHeadroom }: Of<'bpf'>): Fields {
  return {
    in: input && (input.name ?? '<unknown>'),
    out: out && (out.name ?? '<unknown>'),
    xmit: transmit && (transmit.name ?? '<unknown>'),
    headroom: transmitHeadroom,
  };
}
