/** What routing daemons have put into a node's kernel, and what they take out of it. */
import { type KernelRoute, type LabNode, until } from '@ripstop/lab';
import { routePrefix } from '@ripstop/netlink';
import type { AddressFamily } from '@ripstop/wire';

/** Routes of one protocol in the main table. Our daemon and FRR use `rip`, BIRD `bird`, FRR's ripngd 190. */
export function kernelRoutes(
  node: LabNode,
  protocol: 'rip' | 'bird' | 190,
  family: AddressFamily = 'ipv4',
): Promise<KernelRoute[]> {
  return node.routes({ family, protocol });
}

/** Prefixes of the routes of RIP in a node's kernel, in order; whoever put them there. */
export async function learnedPrefixes(node: LabNode, family: AddressFamily = 'ipv4'): Promise<string[]> {
  const routes = await node.routes({ family });
  return routes.filter(({ protocol }) => isOfRip(protocol)).map(({ prefix }) => prefix);
}

/** Where a node's kernel sends packets for a prefix that RIP has given it: `10.0.1.2`, in order. Empty: it has no route. */
export async function gateways(node: LabNode, prefix: string): Promise<string[]> {
  const routes = await node.routes({ family: prefix.includes(':') ? 'ipv6' : 'ipv4' });
  return routes
    .filter((route) => route.prefix === prefix && isOfRip(route.protocol))
    .flatMap(({ nextHops }) => nextHops.map(({ gateway }) => gateway ?? ''))
    .sort();
}

/**
 * Waits until a node's kernel sends packets for a prefix to just these gateways.
 * @param via in order; none: until it has no such route of RIP's
 * @param within milliseconds
 * @throws Error that says where it sends them at the deadline
 */
export async function untilRouted(
  node: LabNode,
  prefix: string,
  via: readonly string[],
  within: number,
): Promise<void> {
  const what = `${node.name} sends ${prefix} to ${via.join(' and ') || 'nobody'}`;
  let last: readonly string[] = [];
  const isSo = async (): Promise<boolean> => {
    last = await gateways(node, prefix);
    return last.join() === via.join();
  };
  await until(what, within, isSo).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}, but to ${last.join(' and ') || 'nobody'}`);
  });
}

/**
 * Prefixes of RIP's routes that a node's kernel deletes from now on, in order, as it tells of them. A route that is
 * replaced is not deleted.
 */
export function watchDeletions(node: LabNode): readonly string[] {
  const deleted: string[] = [];
  node.kernel.subscribe(
    ['route'],
    (notifications) => {
      for (const { operation, message } of notifications) {
        if (operation === 'delete' && isOfRip(message.protocol)) deleted.push(routePrefix(message));
      }
    },
    () => deleted.push('some that the kernel could not tell'),
  );
  return deleted;
}

function isOfRip(protocol: string | number): boolean {
  return protocol === 'rip' || protocol === 'bird' || protocol === 190;
}
