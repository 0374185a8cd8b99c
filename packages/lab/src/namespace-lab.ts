/**
 * A topology laid in the kernel: a network namespace for every node, veth pairs and bridges between them.
 *
 * Before this file: `topology.ts`, the plan. After it: `lab-node.ts`, in which programs run. Everything is laid through
 * our own netlink library; no program of iproute2 is needed.
 *
 * Invariants: names carry our process id and a random part, so that labs side by side and leftovers never collide; what
 * was made is removed by `close`, by a failure half-way, and when this process ends (`exit-hook.ts`).
 */
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { linkFlags, messageFlags, type Request } from '@ripstop/netlink';
import { createNamespace, deleteNamespace, Rtnetlink, withNamespace } from '@ripstop/socket';
import { addressFamily } from '@ripstop/wire';
import { onExit } from './exit-hook.ts';
import { LabNode } from './lab-node.ts';
import { checkTopology, type Link, type LinkEnd, parseInterfaceAddress, type Topology } from './topology.ts';

/** What makes a namespace a router, set before it has interfaces. */
const routerSettings: Readonly<Record<string, string>> = {
  'ipv4/ip_forward': '1',
  'ipv4/conf/all/rp_filter': '0',
  'ipv4/conf/default/rp_filter': '0',
  'ipv6/conf/all/forwarding': '1',
};
/** Whether IPv6 addresses are tentative at first: it counts for the interfaces that come later. */
const detectionSetting = 'ipv6/conf/default/accept_dad';
const DEFAULT_MTU = 1500;

const { create, exclusive } = messageFlags.masks;
const { up } = linkFlags.masks;

export class NamespaceLab {
  /** For configurations and sockets of the programs that run here; anyone may enter it. Removed by `close`. */
  readonly directory: string;
  readonly #name: string;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #nodes = new Map<string, LabNode>();
  readonly #namespaces: string[] = [];
  /** Holds the bridges; there only if a link needs one. */
  #bridges: LabNode | undefined;
  readonly #forget: () => void;
  #closed: Promise<void> | undefined;

  private constructor({ duplicateAddressDetection = false }: Topology) {
    this.#settings = { ...routerSettings, [detectionSetting]: duplicateAddressDetection ? '1' : '0' };
    this.directory = mkdtempSync(join(tmpdir(), `riplab-${process.pid}-`));
    chmodSync(this.directory, 0o755); // FRR's daemons give up being root
    this.#name = basename(this.directory);
    this.#forget = onExit(() => {
      for (const node of this.#allNodes()) node.kill();
      this.#remove();
    });
  }

  /**
   * Lays a topology. All interfaces are up when it returns.
   * @throws TopologyError; SyscallError without CAP_SYS_ADMIN; NetlinkError. Nothing is left over then.
   */
  static async lay(topology: Topology): Promise<NamespaceLab> {
    checkTopology(topology);
    const lab = new NamespaceLab(topology);
    try {
      for (const name of topology.nodes) lab.#nodes.set(name, lab.#makeNode(name, `${lab.#name}-${name}`));
      for (const [number, link] of topology.links.entries()) await lab.#lay(link, number);
      for (const node of lab.#nodes.values()) await configure(node, topology.links.flat());
    } catch (error) {
      await lab.close();
      throw error;
    }
    return lab;
  }

  /** @throws Error if the topology has no such node */
  node(name: string): LabNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new Error(`The lab has no node ${name}`);
    return node;
  }

  /** In the topology's order. */
  get nodes(): readonly LabNode[] {
    return [...this.#nodes.values()];
  }

  /** Ends all programs, then removes namespaces and files. Calling it again does nothing. */
  close(): Promise<void> {
    this.#closed ??= Promise.all(this.#allNodes().map((node) => node.close())).then(() => {
      this.#remove();
      this.#forget();
    });
    return this.#closed;
  }

  #allNodes(): LabNode[] {
    return [...this.#nodes.values(), ...(this.#bridges === undefined ? [] : [this.#bridges])];
  }

  #makeNode(name: string, namespace: string): LabNode {
    createNamespace(namespace);
    this.#namespaces.push(namespace);
    withNamespace(namespace, () => {
      for (const [setting, value] of Object.entries(this.#settings)) {
        const path = `/proc/sys/net/${setting}`;
        if (existsSync(path)) writeFileSync(path, value); // a kernel without IPv6 lacks some
      }
    });
    return new LabNode(name, namespace, Rtnetlink.open({ namespace }));
  }

  async #lay(link: Link, number: number): Promise<void> {
    const [first, second] = link;
    if (first !== undefined && second !== undefined && link.length === 2) {
      await layVeth(this.node(first.node), first.interface, this.node(second.node), second.interface);
      return;
    }
    this.#bridges ??= this.#makeNode('bridges', this.#name);
    const bridge = `bridge${number}`;
    await this.#bridges.request({
      object: 'link',
      operation: 'new',
      flags: create | exclusive,
      message: {
        name: bridge,
        flags: up,
        change: up,
        linkInfo: { kind: 'bridge', data: { multicastSnooping: 0 } },
      },
    });
    const master = await this.#bridges.interfaceIndex(bridge);
    for (const [at, end] of link.entries()) {
      const port = `port${number}-${at}`;
      await layVeth(this.#bridges, port, this.node(end.node), end.interface);
      const index = await this.#bridges.interfaceIndex(port);
      await this.#bridges.request(linkUp(index, { mtu: end.mtu ?? DEFAULT_MTU, master }));
    }
  }

  /** Synchronous, because a process that ends cannot wait. What a failure leaves is tried again when the process ends. */
  #remove(): void {
    for (let last = this.#namespaces.pop(); last !== undefined; last = this.#namespaces.pop()) {
      deleteNamespace(last);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A veth pair between two namespaces; both ends are still down. */
async function layVeth(node: LabNode, name: string, peerNode: LabNode, peerName: string): Promise<void> {
  const netNamespaceFileDescriptor = openSync(`/run/netns/${peerNode.namespace}`, 'r');
  try {
    const peer = { name: peerName, netNamespaceFileDescriptor };
    await node.request({
      object: 'link',
      operation: 'new',
      flags: create | exclusive,
      message: { name, linkInfo: { kind: 'veth', data: { peer } } },
    });
  } finally {
    closeSync(netNamespaceFileDescriptor);
  }
}

/** Gives a node's interfaces their addresses and sets them up. */
async function configure(node: LabNode, ends: readonly LinkEnd[]): Promise<void> {
  const requests: Request[] = [linkUp(await node.interfaceIndex('lo'))];
  for (const end of ends.filter((each) => each.node === node.name)) {
    const index = await node.interfaceIndex(end.interface);
    const { mtu = DEFAULT_MTU } = end;
    requests.push(...end.addresses.map((text) => addAddress(index, text)), linkUp(index, { mtu }));
  }
  await node.request(...requests);
}

function linkUp(index: number, more: { readonly mtu?: number; readonly master?: number } = {}): Request {
  return { object: 'link', operation: 'set', message: { ...more, index, flags: up, change: up } };
}

function addAddress(index: number, text: string): Request {
  const parsed = parseInterfaceAddress(text);
  if (parsed === undefined) throw new Error(`${text} is not an interface's address`); // checkTopology lets none through
  const { address, prefixLength } = parsed;
  return {
    object: 'address',
    operation: 'new',
    flags: create | exclusive,
    message: { family: addressFamily(address), prefixLength, interfaceIndex: index, local: address, address },
  };
}
