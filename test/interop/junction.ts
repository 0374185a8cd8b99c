/**
 * A ripd between two others, with other routing daemons beside it in its namespace: `neighbor – router – beyond`, and a
 * node `peer` for what speaks something else. Both families. Behind the neighbor is a stub network, which `beyond` reaches
 * through the router.
 */
import { type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { type Protocol, planIn, protocols, rip, ripng } from '../kit/protocol.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
/** Seconds between two pings. */
const PING_INTERVAL = '0.01';

const topology = {
  nodes: ['neighbor', 'router', 'beyond', 'peer'],
  links: [
    [
      { node: 'neighbor', interface: 'to-router', addresses: ['10.0.1.2/24'] },
      { node: 'router', interface: 'to-neighbor', addresses: ['10.0.1.1/24'] },
    ],
    [
      { node: 'beyond', interface: 'to-router', addresses: ['10.0.2.2/24'] },
      { node: 'router', interface: 'to-beyond', addresses: ['10.0.2.1/24'] },
    ],
    [
      { node: 'peer', interface: 'to-router', addresses: ['10.0.3.2/24'] },
      { node: 'router', interface: 'to-peer', addresses: ['10.0.3.1/24'] },
    ],
    [{ node: 'neighbor', interface: 'stub', addresses: ['10.1.1.1/24'] }],
  ],
};

const timers = { timers: { update: 2, timeout: 60 }, 'triggered-update-delay': [0, 0] };
const speaking = (more: object = {}): object => ({
  ...timers,
  ...more,
  interfaces: { 'to-*': {}, stub: {} },
});

export interface Loss {
  readonly sent: number;
  readonly lost: number;
}

export class Junction {
  /** Where the neighbor's stub network is, in the family of a protocol. */
  static stub(protocol: Protocol): string {
    return protocol.in('10.1.1.0/24');
  }

  readonly lab: NamespaceLab;
  readonly router: LabNode;
  ripd: RipdRouter;

  private constructor(lab: NamespaceLab, ripd: RipdRouter) {
    this.lab = lab;
    this.router = lab.node('router');
    this.ripd = ripd;
  }

  /**
   * Resolves when the stub network is known beyond the router.
   * @param kernel that section of the router's configuration
   * @param more keys of its `rip` and of its `ripng`
   */
  static async lay(kernel: object = {}, more: object = {}): Promise<Junction> {
    const [ipv4, ipv6] = protocols.map((protocol) => planIn(protocol, topology).links);
    const links = (ipv4 ?? []).map((ends, link) =>
      ends.map((end, at) => ({
        ...end,
        addresses: [...end.addresses, ...(ipv6?.[link]?.[at]?.addresses ?? [])],
      })),
    );
    const lab = await NamespaceLab.lay({ nodes: topology.nodes, links });
    try {
      const start = (name: string, configuration: Readonly<Record<string, unknown>>): Promise<RipdRouter> =>
        RipdRouter.start(lab.node(name), lab.directory, configuration);
      const plain = { rip: speaking(), ripng: speaking() };
      const [ripd] = await Promise.all([
        start('router', { kernel, rip: speaking(more), ripng: speaking(more) }),
        start('neighbor', plain),
        start('beyond', plain),
      ]);
      const junction = new Junction(lab, ripd);
      for (const protocol of protocols) {
        await junction.reaches('router', Junction.stub(protocol));
        await junction.reaches('beyond', Junction.stub(protocol));
      }
      return junction;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.lab.close();
  }

  /** Waits until a node's kernel sends what is for a prefix to the router, or the router to the neighbor. */
  async reaches(name: 'router' | 'beyond', prefix: string): Promise<void> {
    const protocol = prefix.includes(':') ? ripng : rip;
    const [next, link] = name === 'router' ? ['neighbor', 'to-router'] : ['router', 'to-beyond'];
    const gateway = await protocol.speaker(this.lab.node(next), link);
    await until(`${name} sends ${prefix} to ${gateway}`, CONVERGENCE_MS, async () => {
      const routes = await this.routes(prefix, name);
      return routes.some((line) => line.includes(`via ${gateway} `));
    });
  }

  /** What `ip` shows of a node's routes for a prefix, a line each. */
  async routes(prefix: string, name = 'router'): Promise<string[]> {
    const family = prefix.includes(':') ? '-6' : '-4';
    const text = await this.lab.node(name).exec('ip', family, '-o', 'route', 'show', 'exact', prefix);
    return text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  }

  /** Waits until the router's kernel has just these routes for a prefix. */
  async routesBecome(prefix: string, expected: readonly string[]): Promise<void> {
    let routes: string[] = [];
    await until(`${prefix} is routed`, CONVERGENCE_MS * 2, async () => {
      routes = await this.routes(prefix);
      return routes.join() === expected.join();
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}: ${expected.join()}, but ${routes.join()}`);
    });
  }

  /** Pings the stub network from beyond the router, in both families, while something happens. */
  async pinging(happening: () => Promise<void>): Promise<Readonly<Record<Protocol['name'], Loss>>> {
    const pings = protocols.map((protocol) => {
      const host = protocol.in('10.1.1.1/24').replace(/\/.*/, '');
      return this.lab.node('beyond').start(['ping', '-i', PING_INTERVAL, host]);
    });
    await Promise.all(pings.map((ping) => ping.waitForLine(/bytes from/, CONVERGENCE_MS)));
    await happening();
    await Promise.all(pings.map((ping) => ping.stop('SIGINT')));
    const [rip, ripng] = pings.map(lossOf);
    if (rip === undefined || ripng === undefined) throw new Error('There are two protocols');
    return { rip, ripng };
  }

  /** How often routes of the router were put back. */
  async heals(): Promise<Readonly<Record<Protocol['name'], number>>> {
    const { protocols: each } = (await this.ripd.show('status')) as {
      protocols: { protocol: Protocol['name']; kernel: { heals: number } }[];
    };
    const of = (name: Protocol['name']): number =>
      each.find(({ protocol }) => protocol === name)?.kernel.heals ?? Number.NaN;
    return { rip: of('rip'), ripng: of('ripng') };
  }

  /** Lines of the router's log that match. */
  logged(pattern: RegExp): string[] {
    return this.ripd.daemon.output.filter((line) => pattern.test(line));
  }
}

function lossOf(ping: LabProcess): Loss {
  const [, sent, received] =
    /(\d+) packets transmitted, (\d+) received/.exec(ping.output.slice(-4).join('\n')) ?? [];
  if (sent === undefined)
    throw new Error(`${ping.title} counts nothing:\n${ping.output.slice(-4).join('\n')}`);
  return { sent: Number(sent), lost: Number(sent) - Number(received) };
}
