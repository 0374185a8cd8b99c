/** Reading and writing 4,000 full RIP packets, against C. */
import { execFileSync } from 'node:child_process';
import { decodePacket, type Entry, encodeResponses, entriesPerPacket } from '@ripstop/rip';
import { ipv4FromNumber } from '@ripstop/wire';
import { compile } from './c-program.ts';
import { medians, type Round, timed } from './rounds.ts';
import { printTable } from './table.ts';

const PACKETS = 4_000;
const ROUNDS = 15;

export async function benchPackets(directory: string): Promise<void> {
  const entries: Entry[] = Array.from({ length: PACKETS * entriesPerPacket }, (_, at) => ({
    prefix: `${ipv4FromNumber(0x0a00_0000 + at * 256)}/24`,
    tag: 0,
    nextHop: undefined,
    metric: 1 + (at % 15),
  }));
  const packets = encodeResponses(entries);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      reading: await timed(() => {
        for (const packet of packets) {
          const decoded = decodePacket(packet);
          if (decoded.command !== 'response' || decoded.drops.length > 0)
            throw new Error('A sound packet was refused');
        }
      }),
      writing: await timed(() => encodeResponses(entries)),
    });
  }
  const ours = medians(rounds);
  const output = execFileSync(compile('packets', directory), [String(ROUNDS)], { encoding: 'utf8' });
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
  printTable(`${PACKETS} RIP packets of ${entriesPerPacket} routes, medians of ${ROUNDS} rounds`, [
    ['', 'decode', '', 'encode', ''],
    row('C, into structs', floor),
    row('Ripstop, into prefixes', ours),
  ]);
}
