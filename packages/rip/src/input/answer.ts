/**
 * Answers to requests: RFC 2453 §3.9.1, §4.6.
 *
 * Before: `receive` with a request that has passed every check. After: `output` for certain destinations; askers of the
 * whole table wait until the step's batch has been learned, then `speaker` sends it to them.
 */
import type { RipInterface } from '../interface/interface.ts';
import type { Header, PacketFault } from '../packet/header.ts';
import { type Extent, ripPort, type Version } from '../packet/packet.ts';
import { answerRequest, decodeRequest } from '../packet/request.ts';
import type { Datagram } from '../vocabulary.ts';
import type { Reception } from './reception.ts';

/** Split horizon is for whole tables; who asks for certain destinations wants to know what we know. */
export function answer(
  { source, port, bytes }: Datagram,
  header: Header,
  extent: Extent,
  on: RipInterface,
  { now, table, limits, leastMetric, output, askers }: Reception,
): PacketFault | undefined {
  on.counters.requestsReceived += 1;
  const request = decodeRequest(bytes, header, extent);
  if ('reason' in request) return request;
  const version = header.version === 1 ? 1 : 2;
  if (request.asks === 'nothing' || !isAnswered(version, port, on)) return undefined;
  const to = on.audience.asRecipient(source, version);
  if (request.asks === 'destinations') {
    const metricOf = (prefix: string): number => {
      const metric = to.metricOf(table.get(prefix));
      return Math.max(metric, leastMetric);
    };
    on.counters.answersSent += 1;
    output.send(on, to.at(port), answerRequest(bytes, header, on.subnetsFrom(source), metricOf, extent));
  } else if (!on.mayAnswer(now.monotonic, limits)) {
    return { reason: 'too-many-requests', detail: `from ${source}` };
  } else askers.set(`${to.key} ${port}`, { on, to, port });
  return undefined;
}

/** RFC 1058 §3.4.1: the silent answer programs, but no routers. RFC 2453 §4.6: who speaks RIPv2 only does not answer RIPv1. */
function isAnswered(version: Version, port: number, { configuration, socket }: RipInterface): boolean {
  const { passive, sendVersion } = configuration;
  if (socket !== 'listening' || sendVersion === 'none') return false;
  // RFC 768: that is how a sender says that it expects no answer.
  if (port === 0) return false;
  if (passive && port === ripPort) return false;
  return version === 2 || sendVersion !== '2';
}
