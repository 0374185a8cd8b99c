/** Which processes hold a socket: from the tables of /proc/net, through their inodes, to programs. proc(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

interface SocketHolder {
  readonly pid: number;
  /** The program as it was started; empty if the process has ended meanwhile. */
  readonly program: string;
}

/**
 * The fields of each socket in a table of the namespace that the thread is in, its titles first; nothing if it cannot be
 * read.
 * @param name `udp`, `udp6`, `netlink`, …
 */
export function socketTable(name: string): string[][] {
  return readText(`/proc/thread-self/net/${name}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
}

/** Those that have one of the sockets open. What the reader may not see, or what is already gone, is passed over. */
export function socketHolders(inodes: readonly string[]): SocketHolder[] {
  if (inodes.length === 0) return [];
  const links = new Set(inodes.map((inode) => `socket:[${inode}]`));
  return listDirectory('/proc')
    .filter((name) => /^\d+$/.test(name) && holdsAny(name, links))
    .map((pid) => ({ pid: Number(pid), program: programOf(pid) }));
}

function holdsAny(pid: string, links: ReadonlySet<string>): boolean {
  const directory = `/proc/${pid}/fd`;
  return listDirectory(directory).some((fd) => links.has(readLink(`${directory}/${fd}`)));
}

/** What proc calls `comm` is a thread's name, and Node renames its threads; a process that is ending has nothing else. */
function programOf(pid: string): string {
  const [program = ''] = readText(`/proc/${pid}/cmdline`).split('\0');
  return basename(program) || readText(`/proc/${pid}/comm`).trim();
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
