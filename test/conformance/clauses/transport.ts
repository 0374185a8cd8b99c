/** Clauses about UDP, addresses and the form of a packet. */
import { absent, byLinux, may, must, section, should, topic } from '../clause.ts';

export const transport = topic(
  'Transport and format',
  section(
    2453,
    '3.6',
    must('listens on UDP port 520', 'UdpSocket'),
    must('sends every packet from port 520', 'UdpSocket'),
    must('sends unsolicited updates to port 520', 'Output.send'),
    must('answers a request to the port it came from', 'answer'),
    must('puts at most 25 entries into a packet', 'ipv4/encodeResponses'),
    must('writes numbers with the most significant byte first', 'ipv4/packetEntry'),
    must('announces metrics from 1 to 16 only', 'announcement'),
    must('ignores a command that is neither request nor response', 'decodeHeader'),
    must('ignores a packet that is shorter than its header', 'decodeHeader'),
    may('takes the sound entries of a packet that has more than 25', 'ipv4/decodeResponse'),
    may('takes the whole entries of a packet that ends inside one', 'ipv4/decodeResponse'),
  ),
  section(
    2453,
    '4.5',
    must('multicasts its updates to 224.0.0.9', 'targets'),
    must('hears what is sent to 224.0.0.9', 'UdpSocket'),
    may('sends to the listed neighbors alone where multicast is turned off', 'targets'),
    should('hears the group also where it does not send to it', 'UdpSocket'),
    should('multicasts on every interface unless it is told otherwise', 'defaultInterfaceConfiguration'),
  ),
  section(2453, '5.4', must('speaks on no interface without an address', 'Interfaces.#usable')),
  section(
    1058,
    '3.1',
    must('ignores the commands traceon, traceoff and reserved', 'decodeHeader'),
    must('skips entries of an address family that it does not know', 'ipv4/entryFault'),
    must('sends no packet of more than 512 bytes', 'authenticatedEntries'),
    may('learns on a passive interface and sends no responses there', 'RipInterface.isSending'),
  ),
  section(
    1058,
    '3.5',
    must('sends from its own address on the network', 'Audience.asRecipient'),
    must('sends an update for each address of an interface, from that address', 'targets'),
  ),
  section(
    1812,
    'F.2.1',
    absent(
      'should',
      'speaks demand RIP on dial-up circuits',
      'because RFC 2091 is for lines that cost money while they are open; nobody asked for it',
    ),
  ),
  section(
    1812,
    'F.2.2',
    should('broadcasts with a TTL of 1', 'UdpSocket'),
    byLinux('should', 'sends UDP checksums', 'Linux computes them unless a socket forbids it; ours do not.'),
    byLinux(
      'must',
      'discards a packet whose UDP checksum is wrong',
      'Linux drops it and counts it (`nstat UdpInCsumErrors`).',
    ),
    byLinux(
      'must',
      'accepts a packet without a UDP checksum',
      'Linux takes a checksum of zero for none in IPv4.',
    ),
  ),
  section(1812, '7.1.2', should('sends with IP precedence 6', 'UdpSocket')),
);
