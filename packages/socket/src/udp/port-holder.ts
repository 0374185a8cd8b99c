/** Who holds a UDP port: turns "address in use" into the name of the program that is in the way. proc(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { UdpFamily } from './udp-family.ts';

type Table = UdpFamily['portTables'][number];

/**
 * Names the processes that hold a UDP port in the namespace the thread is in: `process 1234 (ripd)`.
 *
 * The port may be shared by sockets bound to different interfaces; the own process is named only if no other has it.
 * What the reader may not see, or what is already gone, is passed over.
 * @param tables where to look: IPv4, IPv6
 */
export function describePortHolder(port: number, tables: readonly Table[]): string {
  const sockets = tables.flatMap((table) => socketsOnPort(table, port));
  const links = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
  const holders = listDirectory('/proc').filter((name) => /^\d+$/.test(name) && holdsAny(name, links));
  const others = holders.filter((pid) => pid !== String(process.pid));
  if (others.length > 0) return others.map((pid) => `process ${pid} (${commandOf(pid)})`).join(', ');
  if (holders.length > 0) return 'this process';
  const users = new Set(sockets.map(({ user }) => user));
  return users.size === 0 ? 'another process' : `another process of user ${[...users].join(', ')}`;
}

function socketsOnPort(table: Table, port: number): { inode: string; user: string }[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readText(`/proc/thread-self/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(suffix))
    .map((fields) => ({ user: fields[7] ?? '', inode: fields[9] ?? '' }));
}

function holdsAny(pid: string, links: ReadonlySet<string>): boolean {
  const directory = `/proc/${pid}/fd`;
  return listDirectory(directory).some((fd) => links.has(readLink(`${directory}/${fd}`)));
}

/** The program as it was started; what proc calls `comm` is a thread's name, and Node renames its threads. */
function commandOf(pid: string): string {
  const [program = ''] = readText(`/proc/${pid}/cmdline`).split('\0');
  return basename(program);
}

const listDirectory = (path: string): string[] => ifReadable(() => readdirSync(path), []);
const readLink = (path: string): string => ifReadable(() => readlinkSync(path), '');
const readText = (path: string): string => ifReadable(() => readFileSync(path, 'utf8'), '');

function ifReadable<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
