/**
 * A router's network namespace that nothing but the router holds, so that it can go while the router runs. A node of a lab
 * cannot: the lab itself has a socket in it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { LabNode } from '@ripstop/lab';
import { createNamespace, deleteNamespace, withNamespace } from '@ripstop/socket';

export class FreeNamespace {
  readonly name: string;
  readonly #host: LabNode;

  /** @param host where commands about it run @param name is made unique */
  constructor(host: LabNode, name: string) {
    this.#host = host;
    this.name = `free-${process.pid}-${name}`;
  }

  /**
   * Makes it, with a link to a neighbor that has no `eth0` yet: `eth0` at both ends.
   * @param addresses of `eth0` here, and there
   */
  async lay(
    neighbor: LabNode,
    addresses: readonly (readonly [here: string, there: string])[],
  ): Promise<void> {
    createNamespace(this.name);
    withNamespace(this.name, () => {
      for (const setting of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding'])
        writeFileSync(`/proc/sys/net/${setting}`, '1');
      for (const scope of ['all', 'default'])
        writeFileSync(`/proc/sys/net/ipv4/conf/${scope}/rp_filter`, '0');
      writeFileSync('/proc/sys/net/ipv6/conf/default/accept_dad', '0');
    });
    await this.ip(`link add eth0 type veth peer name eth0 netns ${neighbor.namespace}`);
    for (const [here, there] of addresses) {
      await this.ip(`address add ${here} dev eth0`);
      await neighbor.exec('ip', 'address', 'add', there, 'dev', 'eth0');
    }
    await this.ip('link set lo up');
    await this.ip('link set eth0 up');
    await neighbor.exec('ip', 'link', 'set', 'eth0', 'up');
  }

  /** Runs `ip` of iproute2 there. */
  ip(command: string): Promise<string> {
    return this.#host.exec('ip', '-n', this.name, ...command.split(' '));
  }

  /** Deletes its name, as `ip netns del`; calling it again does nothing. */
  delete(): void {
    if (existsSync(`/run/netns/${this.name}`)) deleteNamespace(this.name);
  }
}
