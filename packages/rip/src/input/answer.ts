/**
 * Answers to requests: RFC 2453 §3.9.1, §4.6; RFC 2080 §2.4.1.
 *
 * Before: `receive` with a request that has passed every check. After: `output` for certain destinations; askers of the
 * whole table wait until the step's batch has been learned, then `speaker` sends it to them.
 */
import type { RipInterface } from '../interface/interface.ts';
import type { Header, PacketFault } from '../packet/header.ts';
import type { Extent, Version } from '../packet/packet.ts';
import type { Protocol } from '../protocol.ts';
import type { Datagram } from '../vocabulary.ts';
import type { Reception } from './reception.ts';

/** Split horizon is for whole tables; who asks for certain destinations wants to know what we know. */
export function answer(
  datagram: Datagram,
  header: Header,
  extent: Extent,
  on: RipInterface,
  { now, protocol, table, limits, ownAddresses, leastMetric, output, askers }: Reception,
): PacketFault | undefined {
  const { source, port, bytes } = datagram;
  on.counters.requestsReceived += 1;
  const request = on.link.decodeRequest(bytes, header, extent);
  if ('reason' in request) return request;
  const version = header.version === 1 ? 1 : 2;
  if (request.asks === 'nothing' || !isAnswered(version, port, on, protocol)) return undefined;
  const to = on.audience.asRecipient(source, version);
  const destination = { ...to.at(port), source: on.link.answeringAddress(datagram, ownAddresses) };
  if (request.asks === 'destinations') {
    const metricOf = (prefix: string): number => {
      const metric = to.metricOf(table.get(prefix));
      return Math.max(metric, leastMetric);
    };
    on.counters.answersSent += 1;
    output.send(on, destination, on.link.answerRequest(bytes, header, extent, source, metricOf));
  } else if (!on.mayAnswer(now.monotonic, limits)) {
    return { reason: 'too-many-requests', detail: `from ${source}` };
  } else askers.set(`${to.key} ${port}`, { on, to, destination });
  return undefined;
}

/** RFC 1058 §3.4.1: the silent answer programs, but no routers. RFC 2453 §4.6: who speaks RIPv2 only does not answer RIPv1. */
function isAnswered(
  version: Version,
  port: number,
  { configuration, socket }: RipInterface,
  protocol: Protocol,
): boolean {
  const { passive, sendVersion } = configuration;
  if (socket !== 'listening' || sendVersion === 'none') return false;
  // RFC 768: that is how a sender says that it expects no answer.
  if (port === 0) return false;
  if (passive && port === protocol.port) return false;
  return version === 2 || sendVersion !== '2';
}
