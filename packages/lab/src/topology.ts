/**
 * A network as plain data: nodes, and links between them. The namespace lab lays it in the kernel; nothing here can.
 *
 * Before this file: whoever wants a network. After it: `namespace-lab.ts`.
 */
import { parseAddress } from '@ripstop/wire';

export interface Topology {
  /** Each becomes a network namespace with forwarding on. */
  readonly nodes: readonly string[];
  readonly links: readonly Link[];
  /**
   * IPv6 addresses are tentative for a second or two after they have come, as on any other Linux; `lay` does not wait for
   * them. If absent, they can be used at once.
   */
  readonly duplicateAddressDetection?: boolean;
}

/**
 * One network segment. Two ends are the two sides of a veth pair. One end (a stub network), or more than two, hang on a
 * bridge in a namespace of the lab's own, so that every end has carrier as long as it is up.
 */
export type Link = readonly LinkEnd[];

export interface LinkEnd {
  readonly node: string;
  /** At most `INTERFACE_NAME_BYTES_MAX` bytes; unique in its node. */
  readonly interface: string;
  /**
   * `10.0.1.1/24`, `2001:db8::1/64`: the interface's own address and the length of its subnet. Besides them every
   * interface makes itself a link-local IPv6 address: RIPng needs no other.
   */
  readonly addresses: readonly string[];
  /** Bytes of the largest packet; 1500 if absent. Linux: below 1280 an interface has no IPv6. */
  readonly mtu?: number;
}

/** IFNAMSIZ without the closing NUL, linux/if.h. */
const INTERFACE_NAME_BYTES_MAX = 15;
/** Long enough for a word, short enough for a namespace's name with the lab's own in front. */
const NODE_NAME_LENGTH_MAX = 32;

/** A topology that cannot be laid. `message` has one line for every mistake. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
  readonly code = 'TOPOLOGY';
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

/** @throws TopologyError with every mistake, not only the first */
export function checkTopology(topology: Topology): void {
  const mistakes = [
    ...topology.nodes.flatMap(nodeMistakes),
    ...duplicates(topology.nodes).map((node) => `node ${node}: named twice`),
    ...topology.links.flatMap((link) => linkMistakes(link, topology.nodes)),
    ...duplicates(topology.links.flat().map(endName)).map((end) => `${end}: this interface is named twice`),
  ];
  if (mistakes.length > 0) throw new TopologyError(mistakes);
}

/** An interface's address and the length of its subnet; undefined if the text is not `ADDRESS/LENGTH`. */
export function parseInterfaceAddress(text: string): { address: string; prefixLength: number } | undefined {
  const [, addressText = '', lengthText = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(addressText);
  const prefixLength = Number(lengthText);
  if (address === undefined || prefixLength > (address.includes(':') ? 128 : 32)) return undefined;
  return { address, prefixLength };
}

function nodeMistakes(node: string): string[] {
  if (/^[a-z0-9][a-z0-9-]*$/i.test(node) && node.length <= NODE_NAME_LENGTH_MAX) return [];
  const expected = `1 to ${NODE_NAME_LENGTH_MAX} letters, digits and hyphens expected, the first no hyphen`;
  return [`node ${JSON.stringify(node)}: ${expected}`];
}

function linkMistakes(link: Link, nodes: readonly string[]): string[] {
  if (link.length === 0) return ['a link has no end'];
  const addresses = link.flatMap((end) =>
    end.addresses.map((text) => parseInterfaceAddress(text)?.address ?? text),
  );
  return [
    ...link.flatMap((end) => endMistakes(end, nodes)),
    ...duplicates(addresses).map(
      (address) => `${link.map(endName).join(', ')}: two of them have the address ${address}`,
    ),
  ];
}

function endMistakes(end: LinkEnd, nodes: readonly string[]): string[] {
  const mistakes = end.addresses
    .filter((text) => parseInterfaceAddress(text) === undefined)
    .map((text) => `an address and a prefix length expected (10.0.1.1/24), ${JSON.stringify(text)} given`);
  if (!nodes.includes(end.node)) mistakes.push(`there is no node ${end.node}`);
  if (Buffer.byteLength(end.interface) > INTERFACE_NAME_BYTES_MAX) {
    mistakes.push(`an interface's name has at most ${INTERFACE_NAME_BYTES_MAX} bytes`);
  }
  // What dev_valid_name() in the kernel refuses, and the interface that is there before us.
  if (end.interface === '' || /[\s/:]|^\.{1,2}$|^lo$/.test(end.interface)) {
    mistakes.push(`${JSON.stringify(end.interface)} cannot be an interface's name`);
  }
  return mistakes.map((mistake) => `${endName(end)}: ${mistake}`);
}

function endName(end: LinkEnd): string {
  return `${end.node}:${end.interface}`;
}

function duplicates(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
}
