/** RIP packets on an interface of a lab, as tshark's dissector reads them: a judge that shares no line with us. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import { ripGroup } from '@ripstop/rip';
import { openUdpSocket } from '@ripstop/socket';

const START_MS = 10_000;
/** dumpcap takes packets from the kernel a few times a second, and forgets those it has not taken when it is stopped. */
const FLUSH_MS = 10_000;
/** discard, RFC 863: where the packet goes that marks the end. */
const MARKER_PORT = 9;
const MARKER = 'the capture ends here';
/** The dissector's severities below are remarks: it notes every unicast packet with TTL 1. epan/proto.h. */
const PI_WARN = 0x60_0000;

export interface CapturedPacket {
  /** Milliseconds since 1970. */
  readonly time: number;
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
  /** Of a response. */
  readonly entries: readonly { readonly address: string; readonly mask: string; readonly metric: number }[];
  /** What the dissector has to complain of: warnings and errors. */
  readonly complaints: readonly string[];
}

const fields = [
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'udp.srcport',
  'udp.dstport',
  'ip.ttl',
  'ip.dsfield',
  'rip.command',
  'rip.version',
  'rip.ip',
  'rip.netmask',
  'rip.metric',
  '_ws.expert.message',
  '_ws.expert.severity',
  '_ws.malformed',
] as const;

export class Capture {
  readonly #node: LabNode;
  readonly #interface: string;
  readonly #process: LabProcess;
  readonly #file: string;

  private constructor(node: LabNode, name: string, process: LabProcess, file: string) {
    this.#node = node;
    this.#interface = name;
    this.#process = process;
    this.#file = file;
  }

  /** Resolves when it is capturing. */
  static async start(node: LabNode, name: string, directory: string): Promise<Capture> {
    const file = join(directory, `${node.name}-${name}.pcapng`);
    const filter = `udp port 520 or udp port ${MARKER_PORT}`;
    const process = node.start(['dumpcap', '-q', '-i', name, '-f', filter, '-w', file]);
    await process.waitForLine(/^File: /, START_MS);
    return new Capture(node, name, process, file);
  }

  /** Ends the capture; the interface must be up. @returns all RIP packets so far, in order */
  async stop(): Promise<CapturedPacket[]> {
    await this.#mark();
    await until('the end is captured', FLUSH_MS, () => readFileSync(this.#file).includes(MARKER));
    await this.#process.stop('SIGINT');
    const wanted = fields.flatMap((field) => ['-e', field]);
    const format = ['-T', 'fields', '-E', 'separator=|', '-E', 'aggregator=,'];
    const output = execFileSync(
      'tshark',
      ['-n', '-r', this.#file, '-Y', 'udp.port == 520', ...format, ...wanted],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    return output.trimEnd().split('\n').filter(Boolean).map(parse);
  }

  async #mark(): Promise<void> {
    const socket = openUdpSocket({
      interface: { name: this.#interface, index: await this.#node.interfaceIndex(this.#interface) },
      port: MARKER_PORT,
      group: ripGroup,
      namespace: this.#node.namespace,
      receive: () => undefined,
      failed: () => undefined,
    });
    socket.send(Buffer.from(MARKER), ripGroup, MARKER_PORT);
    await socket.close();
  }
}

function parse(line: string): CapturedPacket {
  const values = line.split('|');
  const value = (field: (typeof fields)[number]): string => values[fields.indexOf(field)] ?? '';
  const list = (field: (typeof fields)[number]): string[] => value(field).split(',').filter(Boolean);
  const masks = list('rip.netmask');
  const metrics = list('rip.metric');
  const isWarning = list('_ws.expert.severity').some((severity) => Number(severity) >= PI_WARN);
  return {
    time: Number(value('frame.time_epoch')) * 1000,
    source: value('ip.src'),
    destination: value('ip.dst'),
    sourcePort: Number(value('udp.srcport')),
    destinationPort: Number(value('udp.dstport')),
    ttl: Number(value('ip.ttl')),
    tos: Number(value('ip.dsfield')),
    command: Number(value('rip.command')),
    version: Number(value('rip.version')),
    entries: list('rip.ip').map((address, at) => ({
      address,
      mask: masks[at] ?? '',
      metric: Number(metrics[at]),
    })),
    complaints: [isWarning ? value('_ws.expert.message') : '', value('_ws.malformed')].filter(Boolean),
  };
}
