/**
 * Holds the kernels and the tables of all routers against the shortest paths. Before this file: `shortest-paths.ts`, what should
 * be. After it: `chaos-network.ts`.
 *
 * Gateways are compared by whose they are, not by their text: a link that was re-created has other link-local addresses.
 */
import type { LabNode } from '@ripstop/lab';
import type { RouteSnapshot } from '@ripstop/rip';
import type { Prefix } from '@ripstop/wire';
import { answerAt } from '../kit/control-socket.ts';
import type { DaemonLife } from './daemon-life.ts';
import { OUR_METRIC } from './foreign-routes.ts';
import { type Destination, links, type RouterName } from './network-plan.ts';
import { hopText, infinity, type Path } from './shortest-paths.ts';

export interface Difference {
  readonly router: RouterName;
  readonly prefix: Prefix;
  /** What is, and what should be. */
  readonly text: string;
}

/** By prefix: where to, and how far; as text, so that a difference can be read. */
type Table = ReadonlyMap<Prefix, string>;
/** `to-west fe80::1`: the name of the node that has this address at the other end. */
type AddressBook = ReadonlyMap<string, string>;

/**
 * What is missing, surplus or different at one router; none: all is as it should be. Its kernel is asked first, which costs
 * nothing; its table only when that is right.
 */
export async function differences(
  daemon: DaemonLife,
  paths: ReadonlyMap<Destination, Path>,
  nodeOf: (name: string) => LabNode,
): Promise<Difference[]> {
  const book = await addressBook(daemon.name, nodeOf);
  const inKernel = await kernelDifferences(daemon, paths, book);
  return inKernel.length > 0 ? inKernel : await tableDifferences(daemon, paths, book);
}

async function kernelDifferences(
  { name, node }: DaemonLife,
  paths: ReadonlyMap<Destination, Path>,
  book: AddressBook,
): Promise<Difference[]> {
  const found = (await node.routes({ protocol: 'rip' })).filter(({ priority }) => priority === OUR_METRIC);
  return compare(
    { router: name, place: 'kernel' },
    tableOf(eachFamily(paths).map(([prefix, { nextHops }]) => [prefix, nextHops.join(', ')])),
    tableOf(found.map(({ prefix, nextHops }) => [prefix, hopTexts(nextHops, book).join(', ')])),
  );
}

/** What `ripctl show routes` would say, also of the kernel. */
async function tableDifferences(
  { name, ripd }: DaemonLife,
  paths: ReadonlyMap<Destination, Path>,
  book: AddressBook,
): Promise<Difference[]> {
  const all = (await answerAt(ripd.controlSocket, '/routes')) as readonly RouteSnapshot[];
  const learned = all.filter(({ kind, metric }) => kind === 'learned' && metric < infinity);
  const astray = learned.filter(
    ({ kernel }) => kernel?.state !== 'installed' && kernel?.state !== 'shadowed',
  );
  return [
    ...compare(
      { router: name, place: 'table' },
      tableOf(
        eachFamily(paths).map(([prefix, { metric, nextHops }]) => [prefix, pathText(nextHops, metric)]),
      ),
      tableOf(
        learned.map(({ prefix, metric, nextHops }) => [prefix, pathText(hopTexts(nextHops, book), metric)]),
      ),
    ),
    ...astray.map(({ prefix, kernel }) => {
      const text = `${name} says that its kernel has not ${prefix}: ${JSON.stringify(kernel)}`;
      return { router: name, prefix, text };
    }),
  ];
}

function eachFamily(paths: ReadonlyMap<Destination, Path>): (readonly [Prefix, Path])[] {
  return [...paths].flatMap(([{ ipv4, ipv6 }, path]) => [[ipv4, path] as const, [ipv6, path] as const]);
}

function compare(
  { router, place }: { readonly router: RouterName; readonly place: 'kernel' | 'table' },
  wanted: Table,
  found: Table,
): Difference[] {
  return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((prefix) => {
    const [should, has] = [wanted.get(prefix), found.get(prefix)];
    if (should === has) return [];
    const mistake =
      has === undefined
        ? `lacks ${prefix} by ${should}`
        : `has ${prefix} by ${has}; right is ${should ?? 'no route at all'}`;
    return [{ router, prefix, text: `${router}'s ${place} ${mistake}` }];
  });
}

/** A prefix that is there twice is told twice. */
function tableOf(entries: readonly (readonly [Prefix, string])[]): Table {
  const table = new Map<Prefix, string>();
  for (const [prefix, text] of entries) {
    const before = table.get(prefix);
    table.set(prefix, before === undefined ? text : `${before} and once more by ${text}`);
  }
  return table;
}

function pathText(hops: readonly string[], metric: number): string {
  return `${hops.join(', ')} with metric ${metric}`;
}

function hopTexts(
  hops: readonly { readonly gateway?: string; readonly interface: string }[],
  book: AddressBook,
): string[] {
  return hops
    .map(({ gateway = 'no gateway', interface: name }) =>
      hopText(name, book.get(`${name} ${gateway}`) ?? gateway),
    )
    .sort();
}

async function addressBook(router: string, nodeOf: (name: string) => LabNode): Promise<AddressBook> {
  const book = new Map<string, string>();
  for (const ends of links) {
    const near = ends.find(({ node }) => node === router);
    const far = ends.find(({ node }) => node !== router);
    if (near === undefined || far === undefined) continue;
    const { kernel } = nodeOf(far.node);
    const interfaceIndex = (await kernel.links.list()).find(({ name }) => name === far.interface)?.index;
    const addresses = interfaceIndex === undefined ? [] : await kernel.addresses.list({ interfaceIndex });
    for (const { local, address } of addresses) book.set(`${near.interface} ${local ?? address}`, far.node);
  }
  return book;
}
