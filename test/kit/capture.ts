/** RIP packets on interfaces of a node, as tshark's dissector reads them: a judge that shares no line with us. */
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import { ripGroup } from '@ripstop/rip';
import { openUdpSocket } from '@ripstop/socket';

const START_MS = 20_000;
/** tshark takes packets from the kernel a few times a second, and forgets those it has not taken when it is stopped. */
const FLUSH_MS = 10_000;
/** discard, RFC 863: where the packet goes that marks the end. */
const MARKER_PORT = 9;
/** The dissector's severities below are remarks: it notes every unicast packet with TTL 1. epan/proto.h. */
const PI_WARN = 0x60_0000;

export interface CapturedEntry {
  readonly address: string;
  /** Empty in RIPv1. */
  readonly mask: string;
  /** Empty in RIPv1. */
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
  readonly ttl: number;
  /** The byte behind the version: DSCP and ECN. CS6 is 0xc0. */
  readonly tos: number;
  /** 1 request, 2 response. */
  readonly command: number;
  readonly version: number;
  readonly authentication: CapturedAuthentication | undefined;
  /** Of a response. */
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
      ...['-f', `udp port 520 or udp port ${MARKER_PORT}`],
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

  /** Ends the capture; the interfaces must be up. @returns all RIP packets, in order */
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
      group: ripGroup,
      namespace: this.#node.namespace,
      receive: () => undefined,
      failed: () => undefined,
    });
    const envelope = { source: '0.0.0.0', destination: ripGroup, port: MARKER_PORT };
    socket.send(Uint8Array.of(0), envelope);
    await socket.close();
  }
}

function parse(line: string): CapturedPacket {
  const values = line.split('|');
  const value = (field: Field): string => values[fields.indexOf(field)] ?? '';
  const list = (field: Field): string[] => value(field).split(',').filter(Boolean);
  const isWarning = list('_ws.expert.severity').some((severity) => Number(severity) >= PI_WARN);
  return {
    time: Number(value('frame.time_epoch')) * 1000,
    interface: value('frame.interface_name'),
    source: value('ip.src'),
    destination: value('ip.dst'),
    sourcePort: Number(value('udp.srcport')),
    destinationPort: Number(value('udp.dstport')),
    ttl: Number(value('ip.ttl')),
    tos: Number(value('ip.dsfield')),
    command: Number(value('rip.command')),
    version: Number(value('rip.version')),
    authentication: authentication(value),
    entries: entries(list),
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

function entries(list: (field: Field) => string[]): CapturedEntry[] {
  const [masks, nextHops, tags, metrics] = [
    list('rip.netmask'),
    list('rip.next_hop'),
    list('rip.route_tag'),
    list('rip.metric'),
  ];
  return list('rip.ip').map((address, at) => ({
    address,
    mask: masks[at] ?? '',
    nextHop: nextHops[at] ?? '',
    tag: Number(tags[at] ?? 0),
    metric: Number(metrics[at]),
  }));
}
