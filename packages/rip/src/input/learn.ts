/**
 * A response becomes offers for the table: RFC 2453 §3.9.2, §4.4; RFC 2080 §2.4.2, §2.1.1.
 *
 * Before: `receive` with a response whose sender, version and authentication have passed. After: `table` holds the
 * offers; what was passed over is counted and reported.
 */
import type { Address, Prefix } from '@ripstop/wire';
import { countDrop, drops, type EntryDropReason } from '../drop.ts';
import type { RipInterface } from '../interface/interface.ts';
import type { Neighbor } from '../interface/neighbor.ts';
import type { Header, PacketFault } from '../packet/header.ts';
import { type Entry, type EntryDrop, type Extent, infinity, isFull } from '../packet/packet.ts';
import { applyPolicy } from '../policy/policy.ts';
import type { Lease, ReceivedEntry } from '../table/route.ts';
import type { NextHop } from '../vocabulary.ts';
import { accept, type Reception, report } from './reception.ts';

/** @returns why nothing of it was learned, be it wrong or not wanted here */
export function learn(
  bytes: Uint8Array,
  header: Header,
  extent: Extent,
  neighbor: Neighbor | undefined,
  on: RipInterface,
  reception: Reception,
): PacketFault | undefined {
  on.counters.responsesReceived += 1;
  if (neighbor === undefined || on.configuration.noListen || !reception.learns) {
    // There is nothing wrong with it: it lives, and what it has told before a graceful shutdown stays.
    if (neighbor !== undefined) accept(neighbor, on, reception);
    return { reason: 'learning-disabled', detail: 'nothing is learned here' };
  }
  const fault = renew(bytes, header, extent, neighbor, reception)
    ? undefined
    : learnAnew(bytes, header, extent, neighbor, on, reception);
  if (fault !== undefined) return fault;
  accept(neighbor, on, reception);
  reception.triggered.heard(neighbor, isFull(bytes, on.fullPacketEntries), reception.now.monotonic);
  return undefined;
}

/** @returns whether the packet has only said again what it said before */
function renew(
  bytes: Uint8Array,
  { version }: Header,
  extent: Extent,
  neighbor: Neighbor,
  { table, era, now }: Reception,
): boolean {
  const lease = neighbor.knownPackets.leaseOf(bytes, version, extent, era);
  return lease !== undefined && table.renew(lease, neighbor, now.monotonic);
}

/** @returns why nothing of it can be read */
function learnAnew(
  bytes: Uint8Array,
  header: Header,
  extent: Extent,
  neighbor: Neighbor,
  on: RipInterface,
  reception: Reception,
): PacketFault | undefined {
  const response = on.link.decodeResponse(bytes, header, extent, neighbor.address);
  if ('reason' in response) return response;
  const { entries, drops } = response;
  const lease = reception.table.lease(neighbor, reception.now.monotonic);
  const refused = offerAll(entries, lease, neighbor, on, reception);
  reportEntries([...drops, ...refused], neighbor, on, reception);
  const isTaken = lease.intact && drops.length === 0 && entries.length > 0;
  if (isTaken) neighbor.knownPackets.remember(bytes, header.version, extent, lease);
  return undefined;
}

/** @returns those that were not taken: a policy rejects them, or a limit was met */
function offerAll(
  entries: readonly Entry[],
  lease: Lease,
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
    const isLoop = named !== undefined && ownAddresses.isOurs(nextHop.gateway, on);
    const judged = believed(prefix, source, received, cost);
    const metric = isLoop || judged === undefined ? infinity : judged.metric;
    const tag = judged?.tag ?? received.tag;
    const reason = table.offer(prefix, { source, received, metric, tag, nextHop }, now.monotonic, lease);
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
  if (!on.link.isHost(gateway)) return sender.nextHop;
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
