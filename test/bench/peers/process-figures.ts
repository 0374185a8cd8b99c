/**
 * What a process costs, as the kernel counts it: the same for every daemon, and without a word from the daemon itself.
 *
 * Linux: CPU time in `/proc/PID/stat` has steps of 10 ms, more than a daemon needs for 1,000 routes; `schedstat` of each
 * thread has nanoseconds. Threads that have ended are missing there: none of our daemons has such. Work that the kernel does
 * for a daemon in an interrupt, such as delivering a packet to its socket, is the sender's, whoever the daemon is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { Protocol } from '../../kit/protocol.ts';

/** 224.0.0.9 and ff02::9 as `/proc` has them; the first is a number of a machine that is little-endian. */
const GROUP_IPV4 = '090000E0';
const GROUP_IPV6 = 'ff020000000000000000000000000009';

/** Nanoseconds of CPU of a process with all its threads, until its last time slice. */
export function cpuTime(pid: number): number {
  const times = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return sum(times);
}

/** Bytes of memory that a process had resident when it had most. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/**
 * Packets for which the sockets of a protocol had no room, in the network namespace of a process. Several sockets that hear one
 * group count the same packet each for itself.
 */
export function droppedPackets(pid: number, { family, port }: Protocol): number {
  const file = `/proc/${pid}/net/${family === 'ipv4' ? 'udp' : 'udp6'}`;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  const sockets = rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, address]) => address?.endsWith(local));
  return sum(sockets.map((columns) => Number(columns.at(-1))));
}

/** Interfaces on which somebody hears the group of a protocol, in the network namespace of a process. */
export function interfacesInGroup(pid: number, { family }: Protocol): string[] {
  if (family === 'ipv6') {
    const rows = readFileSync(`/proc/${pid}/net/igmp6`, 'utf8').trim().split('\n');
    const columns = rows.map((row) => row.split(/\s+/));
    return columns.filter(([, , group]) => group === GROUP_IPV6).map(([, name = '']) => name);
  }
  const [, ...blocks] = readFileSync(`/proc/${pid}/net/igmp`, 'utf8').split(/^\d+\t/m);
  return blocks.filter((block) => block.includes(GROUP_IPV4)).map((block) => block.split(/\s/)[0] ?? '');
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
