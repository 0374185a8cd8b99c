/** Who holds a UDP port: turns "address in use" into the name of the program that is in the way. proc(5). */
import { socketHolders, socketTable } from '../system/process-sockets.ts';
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
  const holders = socketHolders(sockets.map(({ inode }) => inode));
  const others = holders.filter(({ pid }) => pid !== process.pid);
  if (others.length > 0) return others.map(({ pid, program }) => `process ${pid} (${program})`).join(', ');
  if (holders.length > 0) return 'this process';
  const users = new Set(sockets.map(({ user }) => user));
  return users.size === 0 ? 'another process' : `another process of user ${[...users].join(', ')}`;
}

function socketsOnPort(table: Table, port: number): { inode: string; user: string }[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return socketTable(table)
    .filter(([, local]) => local?.endsWith(suffix))
    .map((fields) => ({ user: fields[7] ?? '', inode: fields[9] ?? '' }));
}
