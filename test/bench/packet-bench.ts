/** Reading and writing 4,000 full packets, against C. */
import { execFileSync } from 'node:child_process';
import { decodePacket, type Entry, type Protocol, rip, ripng } from '@ripstop/rip';
import { ipv4FromNumber, type Prefix, prefixOf } from '@ripstop/wire';
import { compile } from '../kit/c-program.ts';
import { medians, type Round, timed } from './rounds.ts';
import { printTable } from './table.ts';

const PACKETS = 4_000;
const ROUNDS = 15;
/** Of Ethernet. */
const MTU = 1_500;

export async function benchPackets(directory: string): Promise<void> {
  const program = compile('bench/packets', directory);
  await benchProtocol(rip, (at) => `${ipv4FromNumber(0x0a00_0000 + at * 256)}/24`, program);
  await benchProtocol(ripng, (at) => prefixOf(`2001:${groups(at)}::`, 48), program);
}

/** Two groups of an IPv6 address. */
function groups(number: number): string {
  return `${(0xd00 + (number >> 16)).toString(16)}:${(number & 0xffff).toString(16)}`;
}

async function benchProtocol(
  protocol: Protocol,
  prefixAt: (index: number) => Prefix,
  program: string,
): Promise<void> {
  const routes = protocol.entriesPerPacket(MTU);
  const entries: Entry[] = Array.from({ length: PACKETS * routes }, (_, at) => ({
    prefix: prefixAt(at),
    tag: 0,
    nextHop: undefined,
    metric: 1 + (at % 15),
  }));
  const packets = protocol.encodeResponses(entries);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      reading: await timed(() => {
        for (const packet of packets) {
          const decoded = decodePacket(protocol, packet);
          if (decoded.command !== 'response' || decoded.drops.length > 0)
            throw new Error('A sound packet was refused');
        }
      }),
      writing: await timed(() => protocol.encodeResponses(entries)),
    });
  }
  const ours = medians(rounds);
  const output = execFileSync(program, [protocol.name, String(ROUNDS)], { encoding: 'utf8' });
  const floor = medians(
    output
      .trim()
      .split('\n')
      .map((line) => {
        const [reading = Number.NaN, writing = Number.NaN] = line.split(' ').map(Number);
        return { reading, writing };
      }),
  );
  const row = (name: string, { reading = 0, writing = 0 }: Record<string, number>): string[] => [
    name,
    ...[reading, writing].flatMap((time, at) => {
      const reference = (at === 0 ? floor.reading : floor.writing) ?? Number.NaN;
      return [`${(time / 1000).toFixed(2)} ms`, `${(time / reference).toFixed(1)} ×`];
    }),
  ];
  const name = { rip: 'RIP', ripng: 'RIPng' }[protocol.name];
  printTable(`${PACKETS} ${name} packets of ${routes} routes, medians of ${ROUNDS} rounds`, [
    ['', 'decode', '', 'encode', ''],
    row('C, into structs', floor),
    row('Ripstop, into prefixes', ours),
  ]);
}
