/**
 * What becomes of one datagram: validation of its sender, its version and its authentication. RFC 2453 §3.9, RFC 2080 §2.4.
 *
 * Before: `Router` hands over the datagrams of a batch. After: `answer` takes the requests, `learn` the responses.
 *
 * Invariants: nothing a neighbor sends throws. A packet that was refused has changed nothing but counters. A sender
 * that the link does not take for a neighbor is not believed; in RIP it is not answered either, unless the administrator
 * says so: an answer to a forged address would hit somebody else, and one to a broadcast address everybody.
 */
import type { Address } from '@ripstop/wire';
import { authenticationTypeOf } from '../authentication/authentication-entry.ts';
import { countDrop, drops } from '../drop.ts';
import type { RipInterface } from '../interface/interface.ts';
import type { Neighbor } from '../interface/neighbor.ts';
import { decodeHeader, type Header, type PacketFault } from '../packet/header.ts';
import { afterHeader, type Extent } from '../packet/packet.ts';
import type { Datagram } from '../vocabulary.ts';
import { answer } from './answer.ts';
import { learn } from './learn.ts';
import { accept, type Reception, report } from './reception.ts';

/** Takes one datagram in; what is refused is counted and reported. */
export function receive(datagram: Datagram, on: RipInterface, reception: Reception): void {
  on.counters.packetsReceived += 1;
  const fault = fateOf(datagram, on, reception);
  if (fault === undefined) return;
  const { reason, detail } = fault;
  countDrop(on.counters.dropped, reason);
  const neighbor = on.neighbors.get(datagram.source);
  if (neighbor !== undefined) {
    countDrop(neighbor.dropped, reason);
    if (drops[reason].level === 'warn') {
      neighbor.badPackets += 1;
      neighbor.refusal = { reason, detail, at: reception.now.monotonic };
    }
  }
  report(reception, {
    type: 'packet-dropped',
    interface: on.name,
    neighbor: datagram.source,
    reason,
    detail,
  });
}

/** Does what the datagram says, if it passes every check: those of its sender, its version, its authentication. */
function fateOf(datagram: Datagram, on: RipInterface, reception: Reception): PacketFault | undefined {
  const { source, bytes } = datagram;
  const header = datagram.farAway === true ? farAway : decodeHeader(bytes);
  const fault = senderFault(datagram, header, on, reception);
  if (header === farAway) return farAway;
  if (fault !== undefined) return fault;
  if ('reason' in header) return header;
  const neighbor = on.neighbors.get(source);
  const extent = versionFault(header, on) ?? authenticate(bytes, header, neighbor, on, reception);
  if ('reason' in extent) return extent;
  if (neighbor !== undefined) neighbor.version = header.version;
  if (header.command === 'response') return learn(bytes, header, extent, neighbor, on, reception);
  const refusal = answer(datagram, header, extent, on, reception);
  if (refusal === undefined && neighbor !== undefined) accept(neighbor, on, reception);
  return refusal;
}

const farAway: PacketFault = {
  reason: 'ttl-too-low',
  detail: 'expected 255: it comes from behind a router, or its sender does not send with 255',
};

/** RFC 2453 §3.9.2, RFC 2080 §2.4.2: port, subnet, own address. Whom it finds in order is known from now on. */
function senderFault(
  { source, port, bytes }: Datagram,
  header: Header | PacketFault,
  on: RipInterface,
  reception: Reception,
): PacketFault | undefined {
  const { protocol } = reception;
  if ('command' in header && header.command === 'response' && port !== protocol.port) {
    return { reason: 'source-port', detail: `from port ${port}, expected from port ${protocol.port}` };
  }
  // Also of a neighbor: it may be ourselves, by what a former run of ours has said.
  if (isOwn(source, bytes, on, reception)) return { reason: 'own-packet', detail: `from ${source}` };
  let neighbor = on.neighbors.get(source);
  if (neighbor === undefined) {
    const fault = on.senderFault(source, port);
    if (fault !== undefined) return fault;
    // Who asks from another port is a program that looks at us, not a router.
    if (port !== protocol.port) return undefined;
    neighbor = on.addNeighbor(source, reception.now.monotonic, reception.limits);
    if (neighbor === undefined) return tooManyNeighbors(source, on, reception);
  }
  neighbor.packets += 1;
  if (!neighbor.accepted) neighbor.lastHeard = reception.now.monotonic;
  return undefined;
}

/**
 * What we have sent, come back: on the same interface, or on another one of the same link. There every packet comes back, so
 * who has just said something else is a neighbor that has the address of another interface of ours, whatever it says now: its
 * withdrawal and our poisoned reverse are the same bytes.
 */
function isOwn(
  source: Address,
  bytes: Uint8Array,
  on: RipInterface,
  { ownAddresses, output, now: { monotonic: now } }: Reception,
): boolean {
  if (!ownAddresses.has(source)) return false;
  if (ownAddresses.isOurs(source, on)) return true;
  const neighbor = on.neighbors.get(source);
  const isEcho = output.echo.holds(source, bytes, now);
  if (!isEcho && neighbor !== undefined) neighbor.distinctAt = now;
  // A former run of ours may have said something that we do not remember: it is no neighbor for long.
  const isNeighbor = neighbor !== undefined && now - neighbor.distinctAt <= 2 * on.timers.update;
  return isEcho && !isNeighbor;
}

function tooManyNeighbors(source: Address, on: RipInterface, reception: Reception): PacketFault {
  const most = reception.limits.neighborsPerInterface;
  if (!on.full) {
    on.full = true;
    report(reception, {
      type: 'limit-reached',
      limit: 'neighbors-per-interface',
      interface: on.name,
      neighbor: source,
      most,
    });
  }
  return { reason: 'too-many-neighbors', detail: `${most} neighbors are allowed` };
}

/** RFC 2453 §5.1. */
function versionFault({ version }: Header, on: RipInterface): PacketFault | undefined {
  const { receiveVersion } = on.configuration;
  const isAccepted = receiveVersion === '1-or-2' || receiveVersion === (version === 1 ? '1' : '2');
  if (isAccepted) return undefined;
  const expected = receiveVersion === 'none' ? 'none is accepted' : `expected version ${receiveVersion}`;
  return { reason: 'version-not-accepted', detail: `version ${version}, ${expected}` };
}

/** RFC 2453 §5.2: with authentication only what passes it, without it only what has none. */
function authenticate(
  bytes: Uint8Array,
  header: Header,
  neighbor: Neighbor | undefined,
  { authenticator }: RipInterface,
  { now }: Reception,
): Extent | PacketFault {
  if (authenticator !== undefined) return authenticator.verify(bytes, neighbor, now);
  const type = authenticationTypeOf(bytes, header);
  if (type === undefined) return afterHeader(bytes);
  const came = { 2: 'a password', 3: 'a digest' }[type] ?? `authentication type ${type}`;
  return { reason: 'authentication-unexpected', detail: `${came} came, expected none` };
}
