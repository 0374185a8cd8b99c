/**
 * What one datagram does: validation of its sender, offers for the table, answers to requests. RFC 2453 §3.9.
 *
 * Before: `Router` hands over the datagrams of a batch, `packet` decodes them. After: `table` holds the offers; the
 * answers are `send` actions.
 *
 * Invariants: nothing a neighbor sends throws. A sender that is not on a subnet of the interface is neither believed
 * nor answered: an answer to a forged address would hit somebody else.
 */
import { type Address, ipv4ToNumber, type Prefix } from '@ripstop/wire';
import { countDrop, drops, type EntryDropReason, type PacketDropReason } from './drop.ts';
import type { RipInterface } from './interface.ts';
import type { Neighbor } from './neighbor.ts';
import {
  answerRequest,
  decodePacket,
  type Entry,
  type EntryDrop,
  infinity,
  type Packet,
  ripPort,
} from './packet.ts';
import { isHostOn, subnetHolding } from './subnet.ts';
import type { RouteTable } from './table.ts';
import type { Millis } from './time.ts';
import type { TriggeredUpdate } from './triggered-update.ts';
import type { Action, Datagram, NextHop, Report } from './vocabulary.ts';

/** Who wants the whole table. */
export interface Asker {
  readonly on: RipInterface;
  readonly address: Address;
  readonly port: number;
}

/** What the router lends for the length of a step. */
export interface Reception {
  readonly now: Millis;
  readonly table: RouteTable;
  readonly triggered: TriggeredUpdate;
  /** Addresses of this router, on whatever interface. */
  readonly ownAddresses: ReadonlySet<Address>;
  readonly actions: Action[];
  /** Gets those who want the whole table, each once; they are answered when the whole batch is in it. */
  readonly askers: Map<string, Asker>;
}

/** Why a datagram was rejected. */
interface Fault {
  readonly reason: PacketDropReason;
  /** What came and what was expected. */
  readonly detail: string;
}

export function receive(datagram: Datagram, on: RipInterface, reception: Reception): void {
  on.counters.packetsReceived += 1;
  const fault = senderFault(datagram, on, reception) ?? packetFault(datagram, on, reception);
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

/** Knows the sender, or makes its acquaintance. */
function senderFault({ source, port }: Datagram, on: RipInterface, reception: Reception): Fault | undefined {
  let neighbor = on.neighbors.get(source);
  if (neighbor === undefined) {
    if (reception.ownAddresses.has(source)) return { reason: 'own-packet', detail: `from ${source}` };
    if (subnetHolding(on.subnets, ipv4ToNumber(source) ?? 0) === undefined) {
      const expected = on.subnets.map((subnet) => subnet.prefix).join(', ');
      return { reason: 'source-off-subnet', detail: `from ${source}, expected from ${expected}` };
    }
    // Who asks from another port is a program that looks at us, not a router.
    if (port !== ripPort) return undefined;
    neighbor = on.addNeighbor(source, reception.now);
    if (neighbor === undefined)
      return { reason: 'too-many-neighbors', detail: `${on.neighbors.size} neighbors` };
    report(reception, { type: 'neighbor-appeared', interface: on.name, neighbor: source });
  }
  neighbor.packets += 1;
  neighbor.lastHeard = reception.now;
  return undefined;
}

/** Does what the packet says. */
function packetFault(datagram: Datagram, on: RipInterface, reception: Reception): Fault | undefined {
  const { source, port, bytes } = datagram;
  const neighbor = on.neighbors.get(source);
  const packet = decodePacket(bytes, on.subnets);
  if (packet.command === 'none') return packet;
  if (neighbor !== undefined) neighbor.version = packet.version;
  if (packet.command === 'request') return answer(packet.asks, datagram, on, reception);

  on.counters.responsesReceived += 1;
  if (neighbor === undefined || port !== ripPort) {
    return { reason: 'source-port', detail: `from port ${port}` };
  }
  if (on.configuration.noListen) return { reason: 'learning-disabled', detail: `from ${source}` };
  const refused = learn(packet.entries, neighbor, on, reception);
  reportEntries([...packet.drops, ...refused], neighbor, on, reception);
  reception.triggered.heard(neighbor, packet.full, reception.now);
  return undefined;
}

/** RFC 2453 §3.9.1. Split horizon is for whole tables; who asks for certain destinations wants to know what we know. */
function answer(
  asks: Extract<Packet, { command: 'request' }>['asks'],
  { source, port, bytes }: Datagram,
  on: RipInterface,
  { now, table, actions, askers }: Reception,
): Fault | undefined {
  on.counters.requestsReceived += 1;
  if (!on.isSending) return undefined;
  if (asks === 'destinations') {
    const metricOf = (prefix: Prefix): number => table.get(prefix)?.metric ?? infinity;
    on.send([answerRequest(bytes, on.subnets, metricOf)], actions, source, port);
  } else if (asks === 'whole-table') {
    if (!on.mayAnswer(now)) return { reason: 'too-many-requests', detail: `from ${source}` };
    askers.set(`${source} ${port}`, { on, address: source, port });
  }
  return undefined;
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
  for (const { prefix, metric: received, tag, nextHop: named } of entries) {
    const nextHop = named === undefined ? source.nextHop : nextHopNamed(named, source, on);
    // The way that it offers leads back through us: nothing that we could use.
    const isLoop = named !== undefined && ownAddresses.has(nextHop.gateway);
    const metric = isLoop ? infinity : Math.min(received + cost, infinity);
    const isTaken = table.offer(prefix, { source, received, metric, tag, nextHop }, now);
    if (!isTaken) refused.push({ reason: 'table-full', detail: prefix });
  }
  return refused;
}

/** RFC 2453 §4.4: advice. What is not a host on the link is read as the sender. */
function nextHopNamed(gateway: Address, sender: Neighbor, on: RipInterface): NextHop {
  if (!isHostOn(on.subnets, ipv4ToNumber(gateway) ?? 0)) return sender.nextHop;
  return { gateway, interface: on.name, interfaceIndex: on.interface.index };
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
    neighbor.badEntries += 1;
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
