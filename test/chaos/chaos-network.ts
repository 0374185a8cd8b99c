/**
 * The laid network with everything in it that can be broken, and the way back: `mend` makes it whole, `judge` waits until all
 * routers know it. Before this file: `network-plan.ts`. After it: the happenings, and `storm.ts`, which lets them happen.
 */
import { type KernelRoute, NamespaceLab, until } from '@ripstop/lab';
import { type AddressFamily, parseInterfaceAddress, prefixOf } from '@ripstop/wire';
import { Cable } from './cable.ts';
import { DaemonLife } from './daemon-life.ts';
import { attemptIp } from './foreign-ip.ts';
import { type ForeignRoute, ForeignRoutes, OUR_METRIC } from './foreign-routes.ts';
import { Herald } from './herald.ts';
import {
  center,
  type Destination,
  isStaticAt,
  links,
  numbered,
  type RouterName,
  routers,
  speaker,
  stub,
  subnets,
  topology,
} from './network-plan.ts';
import { processorWait } from './resources.ts';
import { type Path, shortestPaths } from './shortest-paths.ts';
import { type Difference, differences } from './verdict.ts';

/** The first convergence waits for four processes to start. */
const FIRST_MS = 30_000;
/** Far more than any convergence takes on the busiest machine. */
const PATIENCE_MS = 80_000;
const LINES_MAX = 40;

/**
 * Beside a route of ours with a better metric and a worse one; with our protocol, in another table or with another metric; and with
 * our metric, where no route of ours is.
 */
const permanentRoutes: readonly ForeignRoute[] = [
  { prefix: numbered(3).ipv4, metric: 5, protocol: 'ospf' },
  { prefix: numbered(4).ipv4, metric: 50, protocol: 'ospf' },
  { prefix: numbered(3).ipv6, metric: 5, protocol: 'ospf' },
  { prefix: numbered(4).ipv6, metric: 50, protocol: 'ospf' },
  { prefix: '10.251.0.0/24', metric: OUR_METRIC, protocol: 'rip', table: 77 },
  { prefix: 'fd98::/48', metric: OUR_METRIC, protocol: 'rip', table: 77 },
  { prefix: '10.251.1.0/24', metric: 99, protocol: 'rip' },
  { prefix: 'fd98:1::/48', metric: 99, protocol: 'rip' },
  { prefix: '10.251.2.0/24', metric: OUR_METRIC, protocol: 'ospf' },
  { prefix: 'fd98:2::/48', metric: OUR_METRIC, protocol: 'ospf' },
].map((route) => ({ ...route, router: center, permanent: true }) as ForeignRoute);

export class ChaosNetwork {
  /** How many destinations besides the subnets of the links. */
  readonly destinations: number;
  readonly lab: NamespaceLab;
  readonly cables: readonly Cable[];
  readonly daemons: readonly DaemonLife[];
  readonly herald: Herald;
  readonly foreign: ForeignRoutes;

  private constructor(lab: NamespaceLab, destinations: number, update: number) {
    const node = (name: string) => lab.node(name);
    this.destinations = destinations;
    this.lab = lab;
    this.cables = links.map(
      ([one, other]) =>
        new Cable([
          { ...one, node: node(one.node) },
          { ...other, node: node(other.node) },
        ]),
    );
    this.daemons = routers.map((name) => new DaemonLife(name, node(name), lab.directory, update));
    this.herald = new Herald(node(speaker), destinations, update * 1000);
    this.foreign = new ForeignRoutes(node);
  }

  /**
   * Lays the network and waits until every router knows all of it.
   * @param update seconds between two updates of every router
   */
  static async lay(destinations: number, update: number): Promise<ChaosNetwork> {
    const lab = await NamespaceLab.lay(topology);
    const network = new ChaosNetwork(lab, destinations, update);
    try {
      for (const router of routers) await network.giveStatics(router);
      await network.mend();
      await network.judge(FIRST_MS);
      for (const route of permanentRoutes) await network.foreign.add(route);
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  daemon(name: RouterName): DaemonLife {
    return this.daemons[routers.indexOf(name)] as DaemonLife;
  }

  /** Puts a router's static routes into its kernel, which it redistributes. */
  async giveStatics(router: RouterName): Promise<void> {
    const numbers = Array.from({ length: this.destinations }, (_, number) => number);
    const lines = numbers
      .filter((number) => isStaticAt(router, number))
      .flatMap((number) => Object.values(numbered(number)))
      .map((prefix) => `route replace ${prefix} dev ${stub} proto static metric 1`);
    if (lines.length > 0) await attemptIp(this.lab.node(router), ...lines);
  }

  /**
   * Puts back what a flush of the table has taken away: the routes to the own subnets, and static ones.
   * @param way as an operator writes them, or as they come with addresses that are given anew
   */
  async restoreTable(router: RouterName, family: AddressFamily, way: 'route' | 'address'): Promise<void> {
    const node = this.lab.node(router);
    for (const { node: owner, interface: name, addresses } of topology.links.flat()) {
      const address = addresses.find((each) => each.includes(':') === (family === 'ipv6')) ?? '';
      if (owner !== router) continue;
      // Linux: with the last address of an interface go all its routes, those of others too.
      const isAnew = way === 'address' && name !== stub;
      if (isAnew)
        await attemptIp(node, `address del ${address} dev ${name}`, `address add ${address} dev ${name}`);
      else await attemptIp(node, `route replace ${subnetRoute(address)} dev ${name} proto kernel`);
      if (family === 'ipv6')
        await attemptIp(node, `route replace fe80::/64 dev ${name} proto kernel metric 256`);
    }
    await this.giveStatics(router);
  }

  /** Makes everything whole, and takes everything away that others have brought. */
  async mend(): Promise<void> {
    for (const daemon of this.daemons) {
      daemon.thaw();
      daemon.start();
    }
    for (const cable of this.cables) await cable.mend();
    for (const router of routers) await this.giveStatics(router);
    this.herald.recover();
    for (const daemon of this.daemons) await daemon.settled();
    await this.foreign.clean();
  }

  /**
   * Waits until kernel = table = shortest paths at every router.
   * @param within milliseconds; those in which a daemon or this process waited for a processor do not count
   * @returns milliseconds it took, counted so
   * @throws Error with what is different at the deadline, or with the daemon that has failed
   */
  async judge(within: number): Promise<number> {
    const pids = [process.pid, ...this.daemons.map(({ ripd }) => ripd.daemon.pid)];
    const clock = (): number => performance.now() - processorWait(pids);
    const since = clock();
    const paths = this.#shortestPaths();
    let wrong: readonly Difference[] = [];
    await until('kernel = table = shortest paths', PATIENCE_MS, async () => {
      this.requireDaemons();
      wrong = await this.#differences(paths);
      if (wrong.length > 0 && clock() - since > within)
        throw new Error(`Not within ${within} ms: kernel = table = shortest paths`);
      return wrong.length === 0;
    }).catch(async (error: unknown) => {
      const texts = wrong.slice(0, LINES_MAX).map(({ text }) => text);
      const more = wrong.length > LINES_MAX ? [`… and ${wrong.length - LINES_MAX} more`] : [];
      throw new Error(
        [(error as Error).message, ...texts, ...more, ...(await this.#evidence(wrong))].join('\n'),
      );
    });
    return clock() - since;
  }

  /** @throws Error if a daemon does not do what it was told, or ended by itself */
  requireDaemons(): void {
    const failures = this.daemons.flatMap(({ failure }) => failure ?? []);
    if (failures.length > 0) throw new Error(failures.join('\n'));
  }

  /** Tells every daemon to end, in order. @throws Error if one ends otherwise */
  async end(): Promise<void> {
    for (const daemon of this.daemons) daemon.end('SIGTERM');
    for (const daemon of this.daemons) await daemon.settled();
    this.requireDaemons();
  }

  /** Routes in all kernels that are as our daemons make them. */
  async ownRoutes(): Promise<KernelRoute[]> {
    const kernels = await Promise.all(this.daemons.map(({ node }) => node.routes({ protocol: 'rip' })));
    return kernels.flat().filter(({ priority }) => priority === OUR_METRIC);
  }

  async close(): Promise<void> {
    await this.herald.close();
    await this.lab.close();
  }

  async #differences(paths: ReadonlyMap<RouterName, ReadonlyMap<Destination, Path>>): Promise<Difference[]> {
    const found: Difference[] = [];
    for (const daemon of this.daemons) {
      const own = paths.get(daemon.name) ?? new Map<Destination, Path>();
      found.push(...(await differences(daemon, own, (name) => this.lab.node(name))));
    }
    return found;
  }

  /** What the first router that is wrong knows of the first prefix that is, and of its neighbors. */
  async #evidence([first]: readonly Difference[]): Promise<string[]> {
    if (first === undefined) return [];
    const { ripd } = this.daemon(first.router);
    const questions = [ripd.show('routes', first.prefix), ripd.show('neighbors'), ripd.show('status')];
    const answers = await Promise.all(
      questions.map((asked) => asked.catch((error: unknown) => String(error))),
    );
    return answers.map((answer) => JSON.stringify(answer));
  }

  #shortestPaths(): Map<RouterName, Map<Destination, Path>> {
    const spoken = this.herald.metrics;
    const destinations = Array.from({ length: this.destinations }, (_, number): Destination => {
      const owners = new Map(
        routers.filter((router) => isStaticAt(router, number)).map((router): [string, number] => [router, 1]),
      );
      const metric = spoken.get(number);
      return {
        ...numbered(number),
        number,
        owners: metric === undefined ? owners : owners.set(speaker, metric),
      };
    });
    return shortestPaths([...subnets, ...destinations], (router) => this.daemon(router).mood);
  }
}

/** What `ip route` says of the subnet of an interface with this address. */
function subnetRoute(text: string): string {
  const { address = '', length = 0 } = parseInterfaceAddress(text) ?? {};
  const subnet = prefixOf(address, length);
  return text.includes(':') ? `${subnet} metric 256` : `${subnet} scope link src ${address}`;
}
