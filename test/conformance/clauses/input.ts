/** Clauses about received responses: what is refused, and what becomes of the rest. */
import { absent, may, must, section, should, topic } from '../clause.ts';

export const validation = topic(
  'Validation of responses',
  section(
    2453,
    '3.9.2',
    must('handles a response in the same way whatever it was sent for', 'learn'),
    must('ignores a response that does not come from port 520', 'senderFault'),
    must('ignores a response from off the networks of the interface', 'senderFault'),
    must('ignores its own packets, on whatever interface they come back', 'senderFault'),
    must('ignores an entry whose metric is not from 1 to 16', 'ipv4/entryFault'),
    must('ignores an entry for a destination in network 0', 'ipv4/entryFault'),
    must('ignores an entry for a destination in network 127', 'ipv4/entryFault'),
    must('ignores an entry for a destination of class D or E', 'ipv4/entryFault'),
    must('ignores an entry for a broadcast address', 'ipv4/entryFault'),
    must('goes on with the next entry after one that it ignores', 'ipv4/decodeResponse'),
    should('reports and counts the entries that it ignores', 'reportEntries'),
    should('reports and counts the responses that it ignores', 'receive'),
  ),
  section(
    2453,
    '4.3',
    may('ignores an entry whose mask has a gap', 'ipv4/entryFault'),
    may('ignores an entry whose address has bits outside its mask', 'ipv4/entryFault'),
    must('reads an entry without a mask by the rules of RIPv1', 'ipv4/decodeEntry'),
  ),
  section(1058, '4', may('accepts responses only from the neighbors that a policy names', 'applyPolicy')),
  section(
    1812,
    '7.5.2',
    must('lets the administrator choose on which interfaces routes are accepted', 'learn'),
    must('lets the administrator choose which routes are accepted on each interface', 'applyPolicy'),
    must('lets the administrator choose to send the default route alone on an interface', 'applyPolicy'),
  ),
  section(1812, '7.5.3'),
);

export const learning = topic(
  'What is learned',
  section(2453, '3.4.2', must('counts to infinity no further than 16', 'RouteTable.offer')),
  section(
    2453,
    '3.5',
    absent(
      'should',
      'announces a connected network with the cost of its interface as metric',
      'because a connected network has metric 1, as with FRR and BIRD; the cost counts for what is learned over the interface',
    ),
  ),
  section(
    2453,
    '3.7',
    should('takes routes to hosts', 'ipv4/decodeEntry'),
    must('takes 0.0.0.0 for the default route', 'ipv4/entryFault'),
    must('handles the default route like a route to any other network', 'announcement'),
    should('originates a default route where the administrator wants it', 'OwnRoutes.#originate'),
    should('lets the administrator choose the metric of the default route', 'OwnRoutes.#originate'),
    should('can keep the default route inside the autonomous system', 'applyPolicy'),
  ),
  section(
    2453,
    '3.9.2',
    must('adds the cost of the interface to the metric, up to 16', 'believed'),
    must('adds a route to a destination that it did not know', 'RouteTable.offer'),
    must('adds no route with metric 16', 'RouteTable.offer'),
    must('routes via the router that the response came from', 'offerAll'),
    must('announces a route that it added', 'RouteTable.settle'),
    must('refreshes a route only by responses of the router it came from', 'RouteTable.offer'),
    must('adopts a higher metric from the router of the route', 'RouteTable.offer'),
    must('adopts a lower metric from the router of the route', 'RouteTable.offer'),
    must('changes to another router that has a lower metric', 'choose'),
    must('stays with its route when another router has a higher metric', 'choose'),
    must('lets no other router withdraw a route', 'RouteTable.offer'),
    must('does not start a deletion again when 16 comes again', 'RouteTable.offer'),
    may('changes to an equal route when its own is half timed out', 'RouteTable.#preferFresh'),
  ),
  section(
    1058,
    '3.4.2',
    absent(
      'should',
      'adds no host route inside a network that it has as good a route to',
      'because RFC 2453 dropped the rule: such a route does no harm, and it is right when the network is split',
    ),
  ),
  section(1058, '3.6'),
  section(
    1812,
    'F.2.2',
    must('can create a route to 0.0.0.0', 'OwnRoutes.#originate'),
    must('does not replace a route by one with an equal metric', 'choose'),
  ),
  section(3927, '2.7', must('announces no link-local subnet', 'isAnnounceable')),
);

export const nextHop = topic(
  'Next hop and route tag',
  section(
    2453,
    '4.2',
    must('preserves the route tag and announces it', 'announcement'),
    should('gives imported routes the tag that is configured for them', 'OwnRoutes.redistribute'),
  ),
  section(
    2453,
    '4.4',
    must('routes via the sender where the next hop is 0.0.0.0', 'offerAll'),
    may('routes via the next hop that an entry names', 'nextHopNamed'),
    should('routes via the sender where the next hop is not directly reachable', 'nextHopNamed'),
    may('names the next hop of a route on the link that the next hop is on', 'nextHopOnLink'),
    must('names only a next hop on the subnet that the update goes to', 'nextHopOnLink'),
  ),
);
