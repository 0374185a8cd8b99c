/** Clauses about RIPv1, and about networks in which both versions are spoken. */
import { absent, may, must, section, should, topic } from '../clause.ts';

export const versionOne = topic(
  'RIPv1 addresses',
  section(
    2453,
    '3.7',
    must(
      'reads a RIPv1 destination in the network of the interface with the mask of the interface',
      'inferredLength',
    ),
    must('reads a RIPv1 destination with host bits as a host', 'inferredLength'),
    must('reads the RIPv1 destination 0.0.0.0 as the default route', 'inferredLength'),
    must('sends no subnet by RIPv1 outside the network that it is part of', 'classfulEntries'),
    must('sends the subnets of a network by RIPv1 within this network', 'classfulEntries'),
    must('sends one entry for a whole network by RIPv1 into other networks', 'classfulEntries'),
    should('gives the entry for a whole network the smallest metric of its subnets', 'classfulEntries'),
    must('sends no host of a connected network by RIPv1 into other networks', 'classfulEntries'),
    must('sends the default route by RIPv1', 'classfulEntries'),
  ),
  section(
    2453,
    '4.3',
    must('advertises nothing internal to a network into another where RIPv1 may listen', 'classfulEntries'),
    must('advertises no subnet where RIPv1 would take it for a host', 'classfulEntries'),
    must('advertises no supernet where RIPv1 may listen', 'classfulEntries'),
  ),
  section(
    2453,
    '6',
    should('sends by RIPv1 only subnets with the mask of the interface', 'classfulEntries'),
    must('summarizes nothing by itself in RIPv2 updates', 'announcement'),
  ),
  section(
    1058,
    '3.5',
    must('hides subnets in an answer to a RIPv1 request for the whole table', 'Audience.asRecipient'),
  ),
  section(
    1923,
    '2.1',
    must('reads a RIPv1 destination of another network with the mask of its class', 'inferredLength'),
  ),
);

export const versions = topic(
  'Versions',
  section(2453, '3.10.2', should('answers a request with the version of the request', 'answer')),
  section(
    2453,
    '4.6',
    should('answers a RIPv1 request with RIPv1', 'answer'),
    should('does not answer a RIPv1 request where it sends RIPv2 only', 'isAnswered'),
  ),
  section(
    2453,
    '5',
    must('ignores a packet of version 0', 'decodeHeader'),
    must('ignores a RIPv1 packet with anything where zeros must be', 'mustBeZeroFault'),
    must('does not mind what stands where zeros must be from version 2 on', 'mustBeZeroFault'),
    must('reads a version above 2 as version 2', 'decodeHeader'),
  ),
  section(
    2453,
    '5.1',
    must('has switches for sending and receiving on each interface', 'interfaceConfiguration'),
    must('sends RIPv1 by broadcast with send-version 1', 'targets'),
    must('sends RIPv2 by broadcast with send-version 1-compatible', 'targets'),
    must('sends RIPv2 by multicast with send-version 2', 'targets'),
    must('sends nothing with send-version none', 'targets'),
    should('accepts RIPv1 only with receive-version 1', 'versionFault'),
    should('accepts RIPv2 only with receive-version 2', 'versionFault'),
    should('accepts both versions with receive-version 1-or-2', 'versionFault'),
    should('accepts no packet with receive-version none', 'versionFault'),
    should('sends by default RIPv2, and not by broadcast', 'defaultInterfaceConfiguration'),
    should('accepts by default the version that it sends by default', 'defaultInterfaceConfiguration'),
  ),
  section(1923, '3.0', should('speaks RIPv1 only where it is told to', 'defaultInterfaceConfiguration')),
  section(1058, '3.4.1', must('asks by RIPv1 where it sends RIPv1', 'Output.ask')),
);

export const ttlSecurity = topic(
  'TTL security',
  section(
    5082,
    '3',
    should('does not ask for a TTL of 255 unless it is told to', 'defaultInterfaceConfiguration'),
    must('sends with a TTL of 255 where TTL security is on', 'RipInterface.listen'),
    must('accepts a packet with a TTL of 255 where TTL security is on', 'fateOf'),
    may('ignores and counts a packet with a lower TTL where TTL security is on', 'fateOf'),
    should('looks at the TTL before anything else of a packet', 'fateOf'),
    absent(
      'must',
      'sends ICMP errors with a TTL of 255',
      'because Linux sends them, with the TTL of the host (`net.ipv4.ip_default_ttl`), and RIP does not read them',
    ),
  ),
);
