/** An interface's counters: with `-s`, as `ip -s -j link` has them, and as the table that it prints. */
import type { LinkMessage } from '@ripstop/netlink';
import type { Fields } from '../fields.ts';

/** Numbers of JSON are exact up to 2^53. */
export function statisticsFields(statistics: NonNullable<LinkMessage['statistics']>): Fields {
  const counter = (name: keyof typeof statistics): number => Number(statistics[name]);
  const compressed = (name: 'receiveCompressed' | 'sendCompressed'): Fields =>
    statistics[name] === 0n ? {} : { compressed: counter(name) };
  return {
    rx: {
      bytes: counter('receivedBytes'),
      packets: counter('receivedPackets'),
      errors: counter('receiveErrors'),
      dropped: counter('receiveDropped'),
      over_errors: counter('receiveOverErrors'),
      multicast: counter('multicast'),
      ...compressed('receiveCompressed'),
    },
    tx: {
      bytes: counter('sentBytes'),
      packets: counter('sentPackets'),
      errors: counter('sendErrors'),
      dropped: counter('sendDropped'),
      carrier_errors: counter('sendCarrierErrors'),
      collisions: counter('collisions'),
      ...compressed('sendCompressed'),
    },
  };
}

/** Heads over numbers, for each direction. */
export function statisticsText(statistics: Fields): string {
  const lines = Object.entries(statistics).flatMap(([direction, counters]) => {
    const columns = Object.entries(counters as Fields).map(([name, value]) => {
      const [head, number] = [name.replace('_errors', ''), String(value)];
      const width = Math.max(head.length, number.length, 8);
      return [head.padStart(width), number.padStart(width)] as const;
    });
    const [heads, numbers] = [columns.map(([head]) => head), columns.map(([, number]) => number)];
    return [`    ${direction.toUpperCase()}: ${heads.join(' ')}`, `        ${numbers.join(' ')}`];
  });
  return lines.join('\n');
}
