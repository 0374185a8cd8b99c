/**
 * What a daemon holds: descriptors by kind, memory that is no garbage, bytes that wait in its netlink sockets; and how long it waited
 * for a processor. Before this file: `heap-probe.mjs`. After it: `chaos.netns.test.ts`, which compares.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type LabProcess, until } from '@ripstop/lab';

const PROBE_MS = 10_000;

/** How many of each kind: `socket netlink`, `socket udp6`, `pipe`, `/dev/null`. proc(5) */
export function descriptors(pid: number): Record<string, number> {
  const kinds = socketKinds(pid);
  const count: Record<string, number> = {};
  for (const target of targets(pid)) {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(target) ?? [];
    const kind =
      inode === undefined ? target.replace(/:\[\d+\]$/, '') : `socket ${kinds.get(inode) ?? 'other'}`;
    count[kind] = (count[kind] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(count).sort());
}

/** Bytes that wait to be read from the netlink sockets of a process. */
export function netlinkBacklog(pid: number): number {
  const own = new Set(targets(pid));
  return table(pid, 'netlink')
    .filter((fields) => own.has(`socket:[${fields.at(-1)}]`))
    .reduce((sum, fields) => sum + Number(fields[4]), 0);
}

/** Milliseconds for which the main threads of these processes were ready to run, and others had the processors. */
export function processorWait(pids: readonly number[]): number {
  // Documentation/scheduler/sched-stats.rst: time on a processor, time in the run queue (nanoseconds), slices.
  const wait = (pid: number): number =>
    Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  return pids.reduce((sum, pid) => sum + wait(pid), 0);
}

export interface Memory {
  /** Bytes of objects and buffers that are still in use. */
  readonly live: number;
  readonly resident: number;
}

/** Memory after all garbage is collected. The process must have the probe. */
export async function memory(process: LabProcess): Promise<Memory> {
  const lines = (): string[] => process.output.filter((line) => line.startsWith('memory '));
  const before = lines().at(-1);
  process.signal('SIGUSR2');
  const line = await until(`${process.title} tells its memory`, PROBE_MS, () => {
    const last = lines().at(-1);
    return last === before ? undefined : last;
  });
  return JSON.parse(line.slice('memory '.length)) as Memory;
}

/** What its descriptors stand for; one that is closed in this moment is none. */
function targets(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Inode to protocol. The last field of a line of netlink's table is the inode, of the others the one named so. */
function socketKinds(pid: number): Map<string, string> {
  const kinds = new Map<string, string>();
  for (const kind of ['netlink', 'udp', 'udp6', 'unix', 'packet', 'raw', 'raw6', 'tcp']) {
    for (const fields of table(pid, kind)) {
      const inode =
        kind.startsWith('udp') || kind.startsWith('raw') || kind === 'tcp' ? fields[9] : undefined;
      kinds.set(inode ?? (kind === 'unix' ? fields[6] : fields.at(-1)) ?? '', kind);
    }
  }
  return kinds;
}

/** The fields of every line of /proc/PID/net/KIND, without its title. */
function table(pid: number, kind: string): string[][] {
  return readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));
}
