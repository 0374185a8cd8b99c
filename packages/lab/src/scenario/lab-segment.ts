/**
 * A segment of a scenario that was laid in network namespaces. Before this file: `rehearsal.ts`, which has it cut and
 * mended. After it: the kernels of the nodes on it.
 *
 * Invariant: its interfaces have the scenario's addresses whenever they can. Linux: IPv6 addresses do not outlive their
 * link's going down, nor an MTU that is too small for them.
 */
import { messageFlags } from '@ripstop/netlink';
import { type Address, addressFamily } from '@ripstop/wire';
import type { LabNode } from '../lab-node.ts';
import type { NamespaceLab } from '../namespace-lab.ts';
import { parseInterfaceAddress } from '../topology.ts';
import type { ScenarioEnd, ScenarioSegment } from './scenario.ts';

const { create, replace } = messageFlags.masks;

export class LabSegment {
  readonly #lab: NamespaceLab;
  readonly #ends: readonly ScenarioEnd[];

  constructor(lab: NamespaceLab, { ends }: ScenarioSegment) {
    this.#lab = lab;
    this.#ends = ends;
  }

  /**
   * Of all its ends, as with a cable: otherwise the far end only loses carrier, which Linux tells up to a second later.
   * @param router only its end
   */
  async setState(state: 'up' | 'down', router?: string): Promise<void> {
    await this.#each(async (end, node) => {
      if (router !== undefined && router !== end.router) return;
      await node.setLink(end.interface, state);
      if (state === 'up') await this.#giveIpv6(end, node);
    });
  }

  async setMtu(mtu: number): Promise<void> {
    await this.#each(async (end, node) => {
      const index = await node.interfaceIndex(end.interface);
      await node.request({ object: 'link', operation: 'set', message: { index, mtu } });
      await this.#giveIpv6(end, node);
    });
  }

  /** Asks the kernels whose address it is: a link-local one is on every segment somebody else's. */
  async ownerOf(address: Address): Promise<string> {
    const owners = await this.#each(async (end, node) => {
      const interfaceIndex = await node.interfaceIndex(end.interface);
      const all = await node.kernel.addresses.list({ interfaceIndex });
      const isOwner = all.some((message) => (message.local ?? message.address) === address);
      return isOwner ? node.name : undefined;
    });
    return owners.find((owner) => owner !== undefined) ?? address;
  }

  #each<Result>(act: (end: ScenarioEnd, node: LabNode) => Promise<Result>): Promise<Result[]> {
    return Promise.all(this.#ends.map((end) => act(end, this.#lab.node(end.router))));
  }

  /** What the kernel refuses is not missed: an interface that is too small for IPv6 has none. */
  async #giveIpv6({ interface: name, addresses }: ScenarioEnd, node: LabNode): Promise<void> {
    const interfaceIndex = await node.interfaceIndex(name);
    const given = addresses.flatMap((text) => parseInterfaceAddress(text) ?? []);
    await node.kernel.batch(
      given
        .filter(({ address }) => addressFamily(address) === 'ipv6')
        .map(({ address, prefixLength }) => ({
          object: 'address',
          operation: 'new',
          flags: create | replace,
          message: { family: 'ipv6', prefixLength, interfaceIndex, local: address, address },
        })),
    );
  }
}
