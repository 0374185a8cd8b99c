/** RIP and RIPng packets on interfaces of a node, as tshark's dissectors read them: a judge that shares no line with us. */
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import { openUdpSocket } from '@ripstop/socket';
import { rip, ripng } from './protocol.ts';

const START_MS = 30_000;
/** tshark takes packets from the kernel a few times a second, and forgets those it has not taken when it is stopped. */
const FLUSH_MS = 30_000;
/** discard, RFC 863: where the packet goes that marks the end. */
const MARKER_PORT = 9;
const IPV6_HEADER_BYTES = 40;
/** The dissector's severities below are remarks: it notes every unicast packet with TTL 1. epan/proto.h. */
const PI_WARN = 0x60_0000;

/** Of RIPng: what the metric of an entry says that is no route, but the next hop of those after it. RFC 2080 §2.1.1. */
const NEXT_HOP_METRIC = 0xff;

export interface CapturedEntry {
  /** `10.1.2.0/24`; without a length in RIPv1. */
  readonly prefix: string;
  /** Empty in RIPv1. In RIPng that of the last next-hop entry before it, `::` without one. */
  readonly nextHop: string;
  readonly tag: number;
  readonly metric: number;
}

/** What a packet says of who made it. */
export interface CapturedAuthentication {
  /** 2: a password; 3: a digest. */
  readonly type: number;
  readonly password: string;
  /** From here on of a digest; NaN and empty of a password. */
  readonly packetLength: number;
  readonly keyId: number;
  readonly dataLength: number;
  readonly sequence: number;
}

export interface CapturedPacket {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Where it was captured. */
  readonly interface: string;
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** IPv6 calls it hop limit. */
  readonly ttl: number;
  /** DSCP and ECN: the type of service, which IPv6 calls traffic class. CS6 is 0xc0. */
  readonly tos: number;
  /** All bytes of the IP packet. */
  readonly length: number;
  readonly protocol: 'rip' | 'ripng';
  /** 1 request, 2 response. */
  readonly command: number;
  readonly version: number;
  readonly authentication: CapturedAuthentication | undefined;
  /** Of a response; of RIPng, of a request too. */
  readonly entries: readonly CapturedEntry[];
  /** What the dissector has to complain of: warnings and errors. */
  readonly complaints: readonly string[];
  /** What UDP carried. */
  readonly bytes: Uint8Array;
}

const fields = [
  'frame.time_epoch',
  'frame.interface_name',
  'ip.src',
  'ip.dst',
  'udp.srcport',
  'udp.dstport',
  'ip.ttl',
  'ip.dsfield',
  'ip.len',
  'ipv6.src',
  'ipv6.dst',
  'ipv6.hlim',
  'ipv6.tclass',
  'ipv6.plen',
  'rip.command',
  'rip.version',
  'rip.auth.type',
  'rip.auth.passwd',
  'rip.digest_offset',
  'rip.key_id',
  'rip.auth_data_len',
  'rip.seq_num',
  'rip.ip',
  'rip.netmask',
  'rip.next_hop',
  'rip.route_tag',
  'rip.metric',
  'ripng.cmd',
  'ripng.version',
  'ripng.rte.ipv6_prefix',
  'ripng.rte.prefix_length',
  'ripng.rte.route_tag',
  'ripng.rte.metric',
  '_ws.expert.message',
  '_ws.expert.severity',
  '_ws.malformed',
  'udp.payload',
] as const;
type Field = (typeof fields)[number];

export class Capture {
  readonly #node: LabNode;
  readonly #interfaces: readonly string[];
  readonly #process: LabProcess;
  readonly #packets: CapturedPacket[];
  readonly #ended: ReadonlySet<string>;

  private constructor(
    node: LabNode,
    interfaces: readonly string[],
    { process, packets, ended }: { process: LabProcess; packets: CapturedPacket[]; ended: Set<string> },
  ) {
    this.#node = node;
    this.#interfaces = interfaces;
    this.#process = process;
    this.#packets = packets;
    this.#ended = ended;
  }

  /**
   * Resolves when it is capturing.
   * @param directory for tshark's temporary file
   */
  static async start(node: LabNode, directory: string, ...interfaces: string[]): Promise<Capture> {
    const packets: CapturedPacket[] = [];
    const ended = new Set<string>();
    const take = (line: string): void => {
      if (line.split('|').length !== fields.length) return; // what tshark says of itself
      const packet = parse(line);
      if (packet.destinationPort === MARKER_PORT) ended.add(packet.interface);
      else packets.push(packet);
    };
    const argv = [
      ...['env', `TMPDIR=${directory}`, 'tshark', '-n', '-l'],
      ...['-f', [rip.port, ripng.port, MARKER_PORT].map((port) => `udp port ${port}`).join(' or ')],
      ...interfaces.flatMap((name) => ['-i', name]),
      ...[
        '-T',
        'fields',
        '-E',
        'separator=|',
        '-E',
        'aggregator=,',
        ...fields.flatMap((field) => ['-e', field]),
      ],
    ];
    const process = node.start(argv, take);
    await process.waitForLine(/Capture started/, START_MS);
    return new Capture(node, interfaces, { process, packets, ended });
  }

  /** What was captured so far, in order; the last quarter of a second may be missing. */
  get packets(): readonly CapturedPacket[] {
    return this.#packets;
  }

  /**
   * Waits for a packet; one that is there already counts.
   * @param what names it in the error
   * @param within milliseconds
   */
  find(what: string, within: number, is: (packet: CapturedPacket) => boolean): Promise<CapturedPacket> {
    return until(what, within, () => this.#packets.find(is));
  }

  /** Ends the capture; the interfaces must be up. @returns all packets of RIP and RIPng, in order */
  async stop(): Promise<readonly CapturedPacket[]> {
    for (const name of this.#interfaces) await this.#mark(name);
    await until('the end is captured', FLUSH_MS, () => this.#ended.size === this.#interfaces.length);
    await this.#process.stop('SIGINT');
    return this.#packets;
  }

  async #mark(name: string): Promise<void> {
    const socket = openUdpSocket({
      interface: { name, index: await this.#node.interfaceIndex(name) },
      port: MARKER_PORT,
      group: rip.group,
      namespace: this.#node.namespace,
      receive: () => undefined,
      failed: () => undefined,
    });
    const envelope = { source: '0.0.0.0', destination: rip.group, port: MARKER_PORT };
    socket.send(Uint8Array.of(0), envelope);
    await socket.close();
  }
}

function parse(line: string): CapturedPacket {
  const values = line.split('|');
  const value = (...names: readonly Field[]): string =>
    names.map((name) => values[fields.indexOf(name)] ?? '').find((text) => text !== '') ?? '';
  const list = (field: Field): string[] => value(field).split(',').filter(Boolean);
  const isWarning = list('_ws.expert.severity').some((severity) => Number(severity) >= PI_WARN);
  const protocol = value('ripng.cmd') === '' ? 'rip' : 'ripng';
  return {
    time: Number(value('frame.time_epoch')) * 1000,
    interface: value('frame.interface_name'),
    source: value('ip.src', 'ipv6.src'),
    destination: value('ip.dst', 'ipv6.dst'),
    sourcePort: Number(value('udp.srcport')),
    destinationPort: Number(value('udp.dstport')),
    ttl: Number(value('ip.ttl', 'ipv6.hlim')),
    tos: Number(value('ip.dsfield', 'ipv6.tclass')),
    length: value('ip.len') === '' ? IPV6_HEADER_BYTES + Number(value('ipv6.plen')) : Number(value('ip.len')),
    protocol,
    command: Number(value('rip.command', 'ripng.cmd')),
    version: Number(value('rip.version', 'ripng.version')),
    authentication: authentication(value),
    entries: protocol === 'rip' ? ripEntries(list) : ripngEntries(list),
    complaints: [isWarning ? value('_ws.expert.message') : '', value('_ws.malformed')].filter(Boolean),
    bytes: Buffer.from(value('udp.payload'), 'hex'),
  };
}

function authentication(value: (field: Field) => string): CapturedAuthentication | undefined {
  if (value('rip.auth.type') === '') return undefined;
  const number = (field: Field): number => (value(field) === '' ? Number.NaN : Number(value(field)));
  return {
    type: number('rip.auth.type'),
    password: value('rip.auth.passwd'),
    packetLength: number('rip.digest_offset'),
    keyId: number('rip.key_id'),
    dataLength: number('rip.auth_data_len'),
    sequence: number('rip.seq_num'),
  };
}

function ripEntries(list: (field: Field) => string[]): CapturedEntry[] {
  const [masks, nextHops, tags, metrics] = [
    list('rip.netmask'),
    list('rip.next_hop'),
    list('rip.route_tag'),
    list('rip.metric'),
  ];
  return list('rip.ip').map((address, at) => ({
    prefix: masks[at] === undefined ? address : `${address}/${ones(masks[at])}`,
    nextHop: nextHops[at] ?? '',
    tag: Number(tags[at] ?? 0),
    metric: Number(metrics[at]),
  }));
}

/** How many bits of a subnet mask are set. */
function ones(mask: string): number {
  return mask
    .split('.')
    .flatMap((byte) => [...Number(byte).toString(2)])
    .filter((bit) => bit === '1').length;
}

function ripngEntries(list: (field: Field) => string[]): CapturedEntry[] {
  const [lengths, tags, metrics] = [
    list('ripng.rte.prefix_length'),
    list('ripng.rte.route_tag'),
    list('ripng.rte.metric'),
  ];
  let nextHop = '::';
  return list('ripng.rte.ipv6_prefix').flatMap((address, at) => {
    const metric = Number(metrics[at]);
    if (metric === NEXT_HOP_METRIC) nextHop = address;
    const entry = { prefix: `${address}/${lengths[at]}`, nextHop, tag: Number(tags[at]), metric };
    return metric === NEXT_HOP_METRIC ? [] : [entry];
  });
}
