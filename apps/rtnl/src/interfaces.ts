/** The names of interfaces for their indexes, and the other way round. */
import type { LinkMessage } from '@ripstop/netlink';
import type { Rtnetlink } from '@ripstop/socket';
import { CommandError } from './command.ts';

export class Interfaces {
  readonly #byIndex = new Map<number, LinkMessage>();

  /** Lists the interfaces. @throws NetlinkError, SyscallError */
  static async list(rtnetlink: Rtnetlink): Promise<Interfaces> {
    const interfaces = new Interfaces();
    for (const link of await rtnetlink.links.list()) interfaces.#byIndex.set(link.index, link);
    return interfaces;
  }

  /** The interface that had this index. */
  get(index: number): LinkMessage | undefined {
    return this.#byIndex.get(index);
  }

  /** The interface's name; `if7` if nobody knows it, as `ip` prints it. */
  nameOf(index: number): string {
    return this.#byIndex.get(index)?.name ?? `if${index}`;
  }

  /**
   * The index of a name or of an alternative name. `if7` is the interface with this index, if nothing is called so.
   * @throws CommandError
   */
  indexOf(name: string): number {
    for (const [index, link] of this.#byIndex) {
      if (link.name === name || link.alternativeNames?.includes(name)) return index;
    }
    const index = Number(/^if(\d+)$/.exec(name)?.[1]);
    if (this.#byIndex.has(index)) return index;
    throw new CommandError(`Cannot find device "${name}"`);
  }

  /** Follows what `monitor` is told. */
  changed(link: LinkMessage): void {
    if (link.name !== undefined) this.#byIndex.set(link.index, link);
  }
}
