/**
 * Routers in a line, with a neighbor at either end that runs no daemon: the generator announces, the collector listens. A line
 * of one router is the smallest network that something can pass through.
 *
 * The links are 20.255.N.0/24, so that `route-watch.c` counts their routes, too; those of the generator begin at 20.0.0.0/24.
 */
import { type LabNode, NamespaceLab } from '@ripstop/lab';

/** Every node's interface to the generator's side, and to the collector's. */
export const leftInterface = 'left';
export const rightInterface = 'right';

export class Line {
  readonly lab: NamespaceLab;
  readonly generator: LabNode;
  /** From the generator to the collector. */
  readonly routers: readonly LabNode[];
  readonly collector: LabNode;

  private constructor(lab: NamespaceLab) {
    const [generator, ...others] = lab.nodes;
    const collector = others.pop();
    if (generator === undefined || collector === undefined) throw new Error('The line has no ends');
    this.lab = lab;
    this.generator = generator;
    this.routers = others;
    this.collector = collector;
  }

  /** Lays it, and removes it whatever happens. @param length how many routers */
  static async with(length: number, use: (line: Line) => Promise<void>): Promise<void> {
    const routers = Array.from({ length }, (_, at) => `router${at + 1}`);
    const nodes = ['generator', ...routers, 'collector'];
    const lab = await NamespaceLab.lay({
      nodes,
      links: nodes.slice(1).map((right, at) => [
        { node: nodes[at] ?? '', interface: rightInterface, addresses: [`20.255.${at}.1/24`] },
        { node: right, interface: leftInterface, addresses: [`20.255.${at}.2/24`] },
      ]),
    });
    try {
      await use(new Line(lab));
    } finally {
      await lab.close();
    }
  }

  /** The router next to the generator. */
  get first(): LabNode {
    return required(this.routers[0]);
  }

  /** The router next to the collector. */
  get last(): LabNode {
    return required(this.routers.at(-1));
  }
}

function required(node: LabNode | undefined): LabNode {
  if (node === undefined) throw new Error('The line has no router');
  return node;
}
