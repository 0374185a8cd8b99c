/** An interface's counters: with `-s`, as `ip -s -j link` has them, and as the table that it prints. */
import type { LinkMessage } from '@ripstop/netlink';
import type { Fields } from '../fields.ts';

/** @param inDetail the counters of each kind of error too */
export function statisticsFields(
  { statistics, carrierChanges }: LinkMessage,
  inDetail: boolean,
): Fields | undefined {
  if (statistics === undefined) return undefined;
  const ifAny = (name: string, count: bigint): Fields => (count === 0n ? {} : { [name]: count });
  return {
    rx: {
      bytes: statistics.receivedBytes,
      packets: statistics.receivedPackets,
      errors: statistics.receiveErrors,
      dropped: statistics.receiveDropped,
      over_errors: statistics.receiveOverErrors,
      multicast: statistics.multicast,
      ...ifAny('compressed', statistics.receiveCompressed),
      ...(inDetail && {
        length_errors: statistics.receiveLengthErrors,
        crc_errors: statistics.receiveCrcErrors,
        frame_errors: statistics.receiveFrameErrors,
        fifo_errors: statistics.receiveFifoErrors,
        missed_errors: statistics.receiveMissedErrors,
        ...ifAny('nohandler', statistics.receiveNoHandler),
      }),
    },
    tx: {
      bytes: statistics.sentBytes,
      packets: statistics.sentPackets,
      errors: statistics.sendErrors,
      dropped: statistics.sendDropped,
      carrier_errors: statistics.sendCarrierErrors,
      collisions: statistics.collisions,
      ...ifAny('compressed', statistics.sendCompressed),
      ...(inDetail && {
        aborted_errors: statistics.sendAbortedErrors,
        fifo_errors: statistics.sendFifoErrors,
        window_errors: statistics.sendWindowErrors,
        heartbeat_errors: statistics.sendHeartbeatErrors,
        ...(carrierChanges !== undefined && { carrier_changes: carrierChanges }),
      }),
    },
  };
}

/** Where the errors begin. */
const FIRST_ERROR: ReadonlySet<string> = new Set(['length_errors', 'aborted_errors']);

/** Heads over numbers, for each direction, and once more for its errors. */
export function statisticsText(statistics: Fields): string {
  const lines = Object.entries(statistics).flatMap(([direction, fields]) => {
    const counters = Object.entries(fields as Fields);
    const at = counters.findIndex(([name]) => FIRST_ERROR.has(name));
    const title = direction.toUpperCase();
    if (at < 0) return table(title, counters);
    return [...table(title, counters.slice(0, at)), ...table(`${title} errors`, counters.slice(at))];
  });
  return lines.join('\n');
}

function table(title: string, counters: readonly (readonly [name: string, count: unknown])[]): string[] {
  const columns = counters.map(([name, count]) => {
    const [head, number] = [name.replace('_errors', ''), String(count)];
    const width = Math.max(head.length, number.length, 8);
    return [head.padStart(width), number.padStart(width)] as const;
  });
  const [heads, numbers] = [columns.map(([head]) => head), columns.map(([, number]) => number)];
  return [`    ${title}: ${heads.join(' ')}`, `     ${' '.repeat(title.length)} ${numbers.join(' ')}`];
}
