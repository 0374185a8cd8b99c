/**
 * A client, its router, and two neighbors of the router that both lead to the networks 20.0.0.0/24, 20.0.1.0/24, …: they take
 * these networks for their own, so that what the client sends there arrives at one or the other.
 */
import { type LabNode, NamespaceLab } from '@ripstop/lab';

const names = ['client', 'router', 'first', 'second'] as const;

/** The router's interfaces to its neighbors, and every other node's only one. */
export const firstInterface = 'to-first';
export const secondInterface = 'to-second';
export const onlyInterface = 'eth0';
/** Of the neighbor that is lost. */
export const firstAddress = '10.0.1.2';

export class TwoWays {
  readonly lab: NamespaceLab;
  readonly client: LabNode;
  readonly router: LabNode;
  readonly first: LabNode;
  readonly second: LabNode;

  private constructor(lab: NamespaceLab) {
    this.lab = lab;
    this.client = lab.node('client');
    this.router = lab.node('router');
    this.first = lab.node('first');
    this.second = lab.node('second');
  }

  /** Lays it, and removes it whatever happens. */
  static async with(use: (ways: TwoWays) => Promise<void>): Promise<void> {
    const lab = await NamespaceLab.lay({
      nodes: names,
      links: (['client', 'first', 'second'] as const).map((node, at) => [
        { node: 'router', interface: `to-${node}`, addresses: [`10.0.${at}.1/24`] },
        { node, interface: onlyInterface, addresses: [`10.0.${at}.2/24`] },
      ]),
    });
    try {
      const ways = new TwoWays(lab);
      await ways.client.exec('ip', 'route', 'add', 'default', 'via', '10.0.0.1');
      for (const neighbor of [ways.first, ways.second]) {
        await neighbor.exec('ip', 'route', 'add', 'local', '20.0.0.0/8', 'dev', 'lo');
      }
      await use(ways);
    } finally {
      await lab.close();
    }
  }
}
