/** A kernel's routing table as the checkers read it: unicast routes of the main table. */
import { nextHopFlags, routeNextHops, routePrefix, routeProtocol } from '@ripstop/netlink';
import type { AddressFamily, Prefix } from '@ripstop/wire';
import { ripRoutes } from '../daemon.ts';
import type { RouterNode } from '../router-node.ts';

const { dead, linkDown } = nextHopFlags.masks;

export interface TableRoute {
  readonly prefix: Prefix;
  readonly protocol: number;
  readonly priority: number;
  /** Without a gateway: the destination is on the link. */
  readonly nextHops: readonly TableNextHop[];
}

interface TableNextHop {
  readonly gateway: string;
  readonly interfaceIndex: number;
  /** Its link has carrier. */
  readonly isAlive: boolean;
}

/** In the kernel's order: of several for one prefix, the first with the lowest priority serves. */
export function kernelRoutes(node: RouterNode, family: AddressFamily): TableRoute[] {
  return node.kernel
    .routes({ family, table: ripRoutes.table })
    .filter((route) => route.type === 'unicast')
    .map((route) => ({
      prefix: routePrefix(route),
      protocol: routeProtocol.numberOf(route.protocol),
      priority: route.priority ?? 0,
      nextHops: routeNextHops(route).map(({ gateway = '', interfaceIndex, flags }) => ({
        gateway,
        interfaceIndex,
        isAlive: (flags & (dead | linkDown)) === 0,
      })),
    }));
}
