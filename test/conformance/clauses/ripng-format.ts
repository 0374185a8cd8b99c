/** Clauses of RFC 2080 about its packets: format, next hops, prefixes, ports. */
import { absent, may, must, section, should, topic } from '../clause.ts';

export const ripngFormat = topic(
  'RIPng: packets and prefixes',
  section(
    2080,
    '2',
    should('lets the administrator set the cost of each network', 'believed'),
    may('announces routes from elsewhere that the administrator chooses', 'OwnRoutes.redistribute'),
    absent(
      'should',
      'announces a connected network with the cost of its interface as metric',
      'because a connected network has metric 1, as with FRR and BIRD; the cost counts for what is learned over the interface',
    ),
  ),
  section(
    2080,
    '2.1',
    must('listens on UDP port 521', 'UdpSocket'),
    must('sends every packet from port 521', 'UdpSocket'),
    must('sends unsolicited updates to port 521', 'Output.send'),
    must('answers a request to the port that it came from', 'answer'),
    must('writes numbers with the most significant byte first', 'ipv6/packetEntry'),
    must('looks at no more bits of a prefix than its length says', 'decodePrefix'),
    must('preserves the route tag and announces it', 'announcement'),
    should('gives imported routes the tag that is configured for them', 'OwnRoutes.redistribute'),
    must('announces metrics from 1 to 16 only', 'announcement'),
    must(
      'puts as many entries into a packet as the MTU of the link has room for, up to 1500 bytes',
      'ipv6/entriesPerPacket',
    ),
    must(
      'sends no packet that the MTU of the link has no room for, also when it changes',
      'RipInterface.entriesPerPacket',
    ),
    must('ignores a packet that is shorter than its header', 'decodeHeader'),
    may('ignores a packet of another version than 1', 'versionFault'),
  ),
  section(
    2080,
    '2.1.1',
    must('applies a next hop to all entries after it, until another one comes', 'ipv6/decodeResponse'),
    must('forgets the next hop at the end of the message', 'ipv6/decodeResponse'),
    must('takes :: as a next hop for the sender', 'decodeNextHop'),
    should('takes a next hop that is not link-local for the sender', 'decodeNextHop'),
    may('routes via the next hop that is named', 'nextHopNamed'),
    must('ignores the tag and the prefix length of a next hop', 'ipv6/decodeResponse'),
    must('writes zeros into the tag and the prefix length of a next hop', 'ipv6/encodeResponse'),
    may('names the next hop of a route on the link that it is on', 'nextHopOnLink'),
    must('names no next hop that is not a link-local address', 'nextHopOnLink'),
  ),
  section(
    2080,
    '2.2',
    must('takes routes to hosts and to networks alike', 'destinationFault'),
    must('takes any prefix of length 0 for the default route', 'decodePrefix'),
    should('announces the default route as ::/0', 'ripng'),
    must('handles the default route like a route to any other destination', 'announcement'),
    should('originates a default route where the administrator wants it', 'OwnRoutes.#originate'),
    should('lets the administrator choose the metric of the default route', 'OwnRoutes.#originate'),
    should('can keep the default route inside the autonomous system', 'applyPolicy'),
  ),
);
