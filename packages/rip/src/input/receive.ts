/**
 * What one datagram does: validation of its sender, its version and its authentication, then offers for the table or an
 * answer. RFC 2453 §3.9.
 *
 * Before: `Router` hands over the datagrams of a batch. After: `table` holds the offers; `answer` takes the requests.
 *
 * Invariants: nothing a neighbor sends throws. A packet that was refused has changed nothing but counters. A sender that
 * is not on a subnet of the interface is neither believed nor answered, unless the administrator says so: an answer to a
 * forged address would hit somebody else.
 */
import { type Address, ipv4ToNumber, type Prefix } from '@ripstop/wire';
import type { Limits } from '../configuration.ts';
import { countDrop, drops, type EntryDropReason } from '../drop.ts';
import type { RipInterface } from '../interface/interface.ts';
import type { Neighbor } from '../interface/neighbor.ts';
import type { Output } from '../output/output.ts';
import type { TriggeredUpdate } from '../output/triggered-update.ts';
import { decodeResponse } from '../packet/decode.ts';
import { decodeHeader, type Header, type PacketFault } from '../packet/header.ts';
import { afterHeader, type Entry, type EntryDrop, type Extent, infinity, ripPort } from '../packet/packet.ts';
import { isHostOn, subnetHolding } from '../packet/subnet.ts';
import { applyPolicy } from '../policy/policy.ts';
import type { ReceivedEntry } from '../table/route.ts';
import type { RouteTable } from '../table/table.ts';
import type { Instant } from '../time.ts';
import type { Action, Datagram, NextHop, Report } from '../vocabulary.ts';
import { type Asker, answer } from './answer.ts';

/** What the router lends for the length of a step. */
export interface Reception {
  readonly now: Instant;
  readonly table: RouteTable;
  readonly triggered: TriggeredUpdate;
  readonly limits: Limits;
  /** Addresses of this router, on whatever interface. */
  readonly ownAddresses: ReadonlySet<Address>;
  /** false: a graceful shutdown is under way, and input has ended. */
  readonly learns: boolean;
  /** No route is announced with a lower metric. */
  readonly leastMetric: number;
  readonly output: Output;
  readonly actions: Action[];
  /** Gets those who want the whole table, each once; they are answered when the whole batch is in it. */
  readonly askers: Map<string, Asker>;
}

export function receive(datagram: Datagram, on: RipInterface, reception: Reception): void {
  on.counters.packetsReceived += 1;
  const fault = fateOf(datagram, on, reception);
  if (fault === undefined) return;
  const { reason, detail } = fault;
  countDrop(on.counters.dropped, reason);
  const neighbor = on.neighbors.get(datagram.source);
  if (neighbor !== undefined) {
    countDrop(neighbor.dropped, reason);
    if (drops[reason].level === 'warn') neighbor.badPackets += 1;
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
  if (fault !== undefined) return fault;
  if ('reason' in header) return header;
  const neighbor = on.neighbors.get(source);
  if (neighbor !== undefined) neighbor.version = header.version;
  const extent = versionFault(header, on) ?? authenticate(bytes, header, neighbor, on, reception);
  if ('reason' in extent) return extent;
  return header.command === 'request'
    ? answer(datagram, header, extent, on, reception)
    : respond(bytes, header, extent, neighbor, on, reception);
}

const farAway: PacketFault = { reason: 'ttl-too-low', detail: 'a TTL below 255' };

/** RFC 2453 §3.9.2: port, subnet, own address. Whom it finds in order is known from now on. */
function senderFault(
  { source, port }: Datagram,
  header: Header | PacketFault,
  on: RipInterface,
  reception: Reception,
): PacketFault | undefined {
  if ('command' in header && header.command === 'response' && port !== ripPort) {
    return { reason: 'source-port', detail: `from port ${port}, expected from port ${ripPort}` };
  }
  let neighbor = on.neighbors.get(source);
  if (neighbor === undefined) {
    if (reception.ownAddresses.has(source)) return { reason: 'own-packet', detail: `from ${source}` };
    if (
      on.configuration.validateSource &&
      subnetHolding(on.subnets, ipv4ToNumber(source) ?? 0) === undefined
    ) {
      const expected = on.subnets.map((subnet) => subnet.prefix).join(', ');
      return { reason: 'source-off-subnet', detail: `from ${source}, expected from ${expected}` };
    }
    // Who asks from another port is a program that looks at us, not a router.
    if (port !== ripPort) return undefined;
    neighbor = on.addNeighbor(source, reception.now.monotonic, reception.limits);
    if (neighbor === undefined) return tooManyNeighbors(source, on, reception);
  }
  neighbor.packets += 1;
  if (!neighbor.accepted) neighbor.lastHeard = reception.now.monotonic;
  return undefined;
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
  { authenticationType }: Header,
  neighbor: Neighbor | undefined,
  { authenticator }: RipInterface,
  { now }: Reception,
): Extent | PacketFault {
  if (authenticator !== undefined) return authenticator.verify(bytes, neighbor, now);
  if (authenticationType === undefined) return afterHeader(bytes);
  return { reason: 'authentication-unexpected', detail: `authentication type ${authenticationType}` };
}

/** A response, RFC 2453 §3.9.2. */
function respond(
  bytes: Uint8Array,
  header: Header,
  extent: Extent,
  neighbor: Neighbor | undefined,
  on: RipInterface,
  reception: Reception,
): PacketFault | undefined {
  on.counters.responsesReceived += 1;
  if (neighbor === undefined || on.configuration.noListen || !reception.learns) {
    return { reason: 'learning-disabled', detail: 'nothing is learned here' };
  }
  const response = decodeResponse(bytes, header, on.subnetsFrom(neighbor.address), extent);
  if ('reason' in response) return response;
  accept(neighbor, on, reception);
  const refused = learn(response.entries, neighbor, on, reception);
  reportEntries([...response.drops, ...refused], neighbor, on, reception);
  reception.triggered.heard(neighbor, response.full, reception.now.monotonic);
  return undefined;
}

/** Its packet is sound: it is a neighbor, and lives. */
function accept(neighbor: Neighbor, on: RipInterface, reception: Reception): void {
  neighbor.lastHeard = reception.now.monotonic;
  if (neighbor.accepted) return;
  neighbor.accepted = true;
  report(reception, { type: 'neighbor-appeared', interface: on.name, neighbor: neighbor.address });
}

function learn(
  entries: readonly Entry[],
  source: Neighbor,
  on: RipInterface,
  reception: Reception,
): readonly EntryDrop[] {
  const { table, now, ownAddresses } = reception;
  const { cost } = on.configuration;
  const refused: EntryDrop[] = [];
  for (const received of entries) {
    const { prefix, nextHop: named } = received;
    const nextHop = named === undefined ? source.nextHop : nextHopNamed(named, source, on);
    // The way that it offers leads back through us: nothing that we could use.
    const isLoop = named !== undefined && ownAddresses.has(nextHop.gateway);
    const judged = believed(prefix, source, received, cost);
    const metric = isLoop || judged === undefined ? infinity : judged.metric;
    const tag = judged?.tag ?? received.tag;
    const reason = table.offer(prefix, { source, received, metric, tag, nextHop }, now.monotonic);
    if (judged === undefined) refused.push({ reason: 'policy-rejected', detail: prefix });
    else if (reason !== undefined) refused.push({ reason, detail: prefix });
  }
  if (refused.some(({ reason }) => reason === 'neighbor-full')) reportFull(source, on, reception);
  else if (source.offers <= reception.limits.routesPerNeighbor / 2) source.full = false;
  return refused;
}

/**
 * What an entry means to us: RFC 2453 §3.9.2, metric = MIN(metric + cost, 16), then the policy.
 * @returns undefined: a rule rejects it
 */
export function believed(
  prefix: Prefix,
  { rules }: Pick<Neighbor, 'rules'>,
  received: ReceivedEntry,
  cost: number,
): ReceivedEntry | undefined {
  const metric = Math.min(received.metric + cost, infinity);
  if (rules.length === 0 || metric === infinity) return { metric, tag: received.tag };
  return applyPolicy(rules, prefix, { metric, tag: received.tag });
}

/** RFC 2453 §4.4: advice. What is not a host on the link is read as the sender. */
function nextHopNamed(gateway: Address, sender: Neighbor, on: RipInterface): NextHop {
  if (!isHostOn(on.subnets, ipv4ToNumber(gateway) ?? 0)) return sender.nextHop;
  return { gateway, interface: on.name, interfaceIndex: on.interface.index };
}

function reportFull(neighbor: Neighbor, on: RipInterface, reception: Reception): void {
  if (neighbor.full) return;
  neighbor.full = true;
  report(reception, {
    type: 'limit-reached',
    limit: 'routes-per-neighbor',
    interface: on.name,
    neighbor: neighbor.address,
    most: reception.limits.routesPerNeighbor,
  });
}

/** Counts each entry, and reports once for each reason: a packet may hold thousands of them. */
function reportEntries(
  dropped: readonly EntryDrop[],
  neighbor: Neighbor,
  on: RipInterface,
  reception: Reception,
): void {
  if (dropped.length === 0) return;
  const byReason = new Map<EntryDropReason, { readonly detail: string; count: number }>();
  for (const { reason, detail } of dropped) {
    countDrop(on.counters.dropped, reason);
    countDrop(neighbor.dropped, reason);
    if (drops[reason].level === 'warn') neighbor.badEntries += 1;
    const sum = byReason.get(reason);
    if (sum === undefined) byReason.set(reason, { detail, count: 1 });
    else sum.count += 1;
  }
  for (const [reason, { detail, count }] of byReason) {
    const { address } = neighbor;
    report(reception, {
      type: 'entry-dropped',
      interface: on.name,
      neighbor: address,
      reason,
      detail,
      count,
    });
  }
}

function report({ actions }: Reception, content: Report): void {
  actions.push({ type: 'report', report: content });
}
