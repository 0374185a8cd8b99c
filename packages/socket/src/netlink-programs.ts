/**
 * Who has a netlink port: turns the number in a notification into the name of the program that asked for the change.
 * proc(5), /proc/net/netlink.
 */
import { type NamespaceReference, withNamespace } from './system/namespace.ts';
import { socketHolders, socketTable } from './system/process-sockets.ts';

/** NETLINK_ROUTE, linux/netlink.h: a port is a port of one protocol. */
const ROUTE = '0';

/** The programs that have rtnetlink sockets in one network namespace. */
export class NetlinkPrograms {
  readonly #namespace: NamespaceReference | undefined;
  /** Who does something once does it again, and to look through all processes takes long where there are many. */
  #last: { readonly inode: string; readonly program: string | undefined } | undefined;

  /** @param namespace the own one if not given */
  constructor(namespace?: NamespaceReference | undefined) {
    this.#namespace = namespace;
  }

  /**
   * The program that has the socket with this port, as it was started: `zebra`. Linux: the first socket of a process has its
   * process id as port, others any number.
   * @returns undefined: it is closed already, or cannot be seen from here
   */
  at(port: number): string | undefined {
    const socket = this.#table().find(
      ([, protocol, holder]) => protocol === ROUTE && holder === String(port),
    );
    const inode = socket?.at(-1);
    if (inode === undefined) return undefined;
    if (this.#last?.inode !== inode)
      this.#last = { inode, program: socketHolders([inode])[0]?.program || undefined };
    return this.#last.program;
  }

  #table(): string[][] {
    try {
      return withNamespace(this.#namespace, () => socketTable('netlink'));
    } catch {
      return []; // the namespace may be gone by now
    }
  }
}
