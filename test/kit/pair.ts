/** The smallest network that RIP can run in: a router and its neighbor on one link. */
import type { Topology } from '@ripstop/lab';

export const pair: Topology = {
  nodes: ['router', 'neighbor'],
  links: [
    [
      { node: 'router', interface: 'eth0', addresses: ['192.168.1.1/24'] },
      { node: 'neighbor', interface: 'eth0', addresses: ['192.168.1.2/24'] },
    ],
  ],
};
