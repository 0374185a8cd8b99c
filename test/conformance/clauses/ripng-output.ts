/** Clauses of RFC 2080 about what goes out, and what the administrator says to that. */
import { byLinux, may, must, section, should, topic } from '../clause.ts';

export const ripngOutput = topic(
  'RIPng: updates',
  section(
    2080,
    '2.5',
    must('sends an answer to the router that asked, alone', 'Audience.asRecipient'),
    must('triggers an update when the metric of a route changes', 'RouteTable.settle'),
    must('multicasts its updates to FF02::9', 'Ipv6Link.everybody'),
    must('hears what is sent to FF02::9', 'UdpSocket'),
    must('sends its updates on every network that it is connected to', 'Speaker.speak'),
    must('multicasts on a point-to-point link as on any other', 'Ipv6Link.everybody'),
    may('sends its updates to a list of neighbors as well', 'targets'),
  ),
  section(
    2080,
    '2.5.1',
    must('waits at random from 1 to 5 s after a triggered update before the next', 'Speaker.#speakOfRoutes'),
    must('announces what changed in the pause by one update at its end', 'TriggeredUpdate.deadline'),
    must('starts another pause after that update', 'Speaker.#speakOfRoutes'),
    may('leaves a change to the regular update if that is due first', 'Speaker.#sendRegularUpdate'),
    must('announces every changed route', 'Speaker.#sendTriggeredUpdate'),
    should('announces nothing but changed routes', 'Speaker.#sendTriggeredUpdate'),
    must('sends a triggered update on every network', 'Speaker.#sendTriggeredUpdate'),
    must('applies split horizon to triggered updates', 'announcement'),
    may('sends no triggered update that split horizon leaves empty', 'Speaker.#sendTriggeredUpdate'),
    must('clears the change flags only when every network has been served', 'Speaker.speak'),
    must('takes no input while it makes an update', 'Router.step'),
  ),
  section(
    2080,
    '2.5.2',
    must('sends its updates from a link-local address', 'Ipv6Link.towards'),
    must('speaks on no interface without a link-local address', 'RipInterface.isSpeakable'),
    must(
      'sends one response for a link, from the designated one of its link-local addresses',
      'Ipv6Link.outlets',
    ),
    should('changes the designated address only when it is gone', 'Ipv6Link.outlets'),
    must('answers who asks from port 521 from its link-local address', 'Ipv6Link.answeringAddress'),
    must(
      'answers who asks by multicast from another port from its link-local address',
      'Ipv6Link.answeringAddress',
    ),
    must('writes version 1', 'ipv6/encodeResponse'),
    must('writes zeros where zeros must be', 'packetHeader'),
    must('continues in further packets what one does not hold', 'packetsOf'),
    must('announces no route to a link-local address', 'destinationFault'),
    must('announces unreachable routes too', 'announcement'),
  ),
  section(
    2080,
    '2.6',
    should('poisons the reverse unless it is told otherwise', 'defaultRipngInterfaceConfiguration'),
    should('splits the horizon on each interface as it is told there', 'announcement'),
    should('announces a route with metric 16 where it was learned, by poisoned reverse', 'announcement'),
    should('leaves a route out where it was learned, by simple split horizon', 'announcement'),
    should('announces a route where it was learned if split horizon is disabled', 'announcement'),
  ),
);

export const ripngControl = topic(
  'RIPng: control',
  section(
    2080,
    '3',
    may('accepts responses only from the neighbors that a policy names', 'applyPolicy'),
    may('sends its updates to none but the listed neighbors where multicast is turned off', 'targets'),
    may('takes on an interface the prefixes alone that a list allows', 'applyPolicy'),
    may('takes all prefixes but those that a list disallows', 'applyPolicy'),
    may('announces on an interface the prefixes alone that a list allows', 'applyPolicy'),
    may('announces all prefixes but those that a list disallows', 'applyPolicy'),
    should('restricts nothing by default', 'defaultRouterConfiguration'),
  ),
  section(
    2080,
    '4',
    byLinux(
      'should',
      'leaves authentication and secrecy to IPsec',
      'Linux has IPsec: [a recipe](operations.md#ripng-and-ipsec).',
    ),
  ),
);
