/**
 * Routes of somebody else, in the kernels of our routers: no daemon may delete or overwrite one of them. Before this file:
 * `route-happenings.ts`, which adds and removes them. After it: `verdict.ts`, which looks for them.
 *
 * Invariant: what the chaos itself takes away (by flushing the table, say) is forgotten here at once.
 */
import type { KernelRoute, LabNode } from '@ripstop/lab';
import { type AddressFamily, addressFamily, type Prefix, prefixAddress } from '@ripstop/wire';
import { attemptIp } from './foreign-ip.ts';
import { type RouterName, routers, stub, stubGateway } from './network-plan.ts';

/** The priority of the daemons' own routes. */
export const OUR_METRIC = 20;

export interface ForeignRoute {
  readonly router: RouterName;
  readonly prefix: Prefix;
  readonly metric: number;
  readonly protocol: 'ospf' | 'rip';
  /** `main` if not given. */
  readonly table?: number;
  /** Stays until the end, and comes back if the chaos takes it away. */
  readonly permanent?: true;
}

export class ForeignRoutes {
  readonly #node: (name: RouterName) => LabNode;
  readonly #routes = new Map<string, ForeignRoute>();
  readonly #permanent: ForeignRoute[] = [];
  /** In the place of a route of ours, and not yet seen by the daemon for sure. */
  readonly #young = new Set<ForeignRoute>();

  constructor(node: (name: RouterName) => LabNode) {
    this.#node = node;
  }

  get all(): readonly ForeignRoute[] {
    return [...this.#routes.values()];
  }

  has(route: Pick<ForeignRoute, 'router' | 'prefix' | 'metric'>): boolean {
    return this.#routes.has(keyOf(route));
  }

  /**
   * Adds a route where no other foreign one is.
   * @param verb of `ip route`
   * @returns whether the kernel took it
   */
  async add(
    route: ForeignRoute,
    verb: 'add' | 'append' | 'prepend' | 'replace' = 'append',
  ): Promise<boolean> {
    if (this.has(route)) return false;
    const node = this.#node(route.router);
    const way = `via ${gatewayOf(route)} dev ${stub}`;
    const added = await attemptIp(node, `route ${verb} ${placeOf(route)} ${way}`);
    if (!added) return false;
    this.#routes.set(keyOf(route), route);
    if (route.metric === OUR_METRIC && !route.permanent) this.#young.add(route);
    if (route.permanent && !this.#permanent.includes(route)) this.#permanent.push(route);
    return true;
  }

  /**
   * Linux: a replace takes whatever has the place in that moment. So a route may be lost that took the place of ours while ours was
   * just being replaced by the daemon, which cannot know it yet. Once it knows, the route must stay.
   * @returns whether it is there
   */
  async confirm(route: ForeignRoute): Promise<boolean> {
    this.#young.delete(route);
    const isThere = (await this.#missingAt(route.router)).every((each) => each !== route);
    if (!isThere) this.#routes.delete(keyOf(route));
    return isThere;
  }

  async remove(route: ForeignRoute): Promise<void> {
    this.#routes.delete(keyOf(route));
    await attemptIp(
      this.#node(route.router),
      `route del ${placeOf(route)} via ${gatewayOf(route)} dev ${stub}`,
    );
  }

  forget(router: RouterName, is: (route: ForeignRoute, family: AddressFamily) => boolean): void {
    for (const [key, route] of this.#routes) {
      if (route.router === router && is(route, familyOf(route))) this.#routes.delete(key);
    }
  }

  /** Those that the kernels do not have any more: somebody has deleted or overwritten them. */
  async missing(): Promise<string[]> {
    const missing = (await Promise.all(routers.map((router) => this.#missingAt(router)))).flat();
    return missing
      .filter((route) => !this.#young.has(route))
      .map((route) => `${route.router} lacks the foreign route ${placeOf(route)}`);
  }

  async #missingAt(router: RouterName): Promise<ForeignRoute[]> {
    const found = await this.#node(router).routes({ table: undefined });
    return this.all.filter((route) => route.router === router && !found.some((each) => isRoute(route, each)));
  }

  /** Takes away what is not permanent, and brings back what is. */
  async clean(): Promise<void> {
    for (const route of this.all) if (!route.permanent) await this.remove(route);
    for (const route of this.#permanent) await this.add(route);
  }
}

/** Linux tells of the next hops of an IPv6 route with one protocol only: that of the first. */
function isRoute(route: ForeignRoute, { prefix, priority, protocol, nextHops }: KernelRoute): boolean {
  const isIt = prefix === route.prefix && priority === route.metric;
  const isTheirs = protocol === route.protocol || familyOf(route) === 'ipv6';
  const gateway = gatewayOf(route);
  return isIt && isTheirs && nextHops.some((hop) => hop.interface === stub && hop.gateway === gateway);
}

function keyOf({ router, prefix, metric }: Pick<ForeignRoute, 'router' | 'prefix' | 'metric'>): string {
  return `${router} ${prefix} ${metric}`;
}

function familyOf({ prefix }: ForeignRoute): AddressFamily {
  return addressFamily(prefixAddress(prefix));
}

function gatewayOf(route: ForeignRoute): string {
  return stubGateway(route.router, familyOf(route));
}

/** As `ip route` wants it. */
function placeOf({ prefix, metric, protocol, table }: ForeignRoute): string {
  const where = table === undefined ? '' : ` table ${table}`;
  return `${prefix} metric ${metric} proto ${protocol}${where}`;
}
