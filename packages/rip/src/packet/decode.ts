/**
 * A whole datagram without authentication, read for whoever looks on: tests, tools, checkers.
 *
 * The router itself reads in steps, for what comes first decides whether the rest is worth reading: `input/receive`.
 */
import { authenticationTypeOf } from '../authentication/authentication-entry.ts';
import type { Link, Protocol, Request, Response } from '../protocol.ts';
import { decodeHeader, type PacketFault } from './header.ts';
import { afterHeader } from './packet.ts';

/** A packet without authentication. */
export type Packet =
  | ({ readonly command: 'request'; readonly version: number } & Request)
  | ({ readonly command: 'response'; readonly version: number } & Response)
  | ({ readonly command: 'none' } & PacketFault);

/** @param link it came in on: gives a mask to what comes without one */
export function decodePacket(protocol: Protocol, bytes: Uint8Array, link: Link = protocol.link([])): Packet {
  const header = decodeHeader(bytes);
  if ('reason' in header) return { command: 'none', ...header };
  const { command, version } = header;
  const type = authenticationTypeOf(bytes, header);
  if (type !== undefined) {
    return { command: 'none', reason: 'authentication-unexpected', detail: `authentication type ${type}` };
  }
  const extent = afterHeader(bytes);
  if (command === 'request') {
    const request = link.decodeRequest(bytes, header, extent);
    return 'reason' in request ? { command: 'none', ...request } : { command, version, ...request };
  }
  const response = link.decodeResponse(bytes, header, extent, protocol.group);
  return 'reason' in response ? { command: 'none', ...response } : { command, version, ...response };
}
