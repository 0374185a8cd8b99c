/** The demo's network: four routers in a ring, so that there are two ways from each to each. Each has its own subnet. */
import type { Topology } from '@ripstop/lab';

/** In the order of the ring; each number is in the addresses. */
const routers = [
  { name: 'west', number: 1 },
  { name: 'north', number: 2 },
  { name: 'east', number: 3 },
  { name: 'south', number: 4 },
] as const;

export const picture = `
                         north ─ 10.1.2.0/24
                        /     \\
          10.0.12.0/24 /       \\ 10.0.23.0/24
                      /         \\
   10.1.1.0/24 ─ west             east ─ 10.1.3.0/24
                      \\         /
          10.0.14.0/24 \\       / 10.0.34.0/24
                        \\     /
                         south ─ 10.1.4.0/24
`;

/** An interface is called by the router at its other end; `own` leads to the network of the router's own. */
export const ring: Topology = {
  nodes: routers.map(({ name }) => name),
  links: [
    ...routers.map((router, at) => {
      const next = routers[(at + 1) % routers.length] ?? router;
      const subnet = `10.0.${[router.number, next.number].sort().join('')}`;
      return [
        { node: router.name, interface: next.name, addresses: [`${subnet}.${router.number}/24`] },
        { node: next.name, interface: router.name, addresses: [`${subnet}.${next.number}/24`] },
      ];
    }),
    ...routers.map(({ name, number }) => [
      { node: name, interface: 'own', addresses: [`${ownAddress(number)}/24`] },
    ]),
  ],
};

/** Eight subnets, of which every router is in three. */
export const routesPerRouter = 5;

/** Where the ping goes from and to, and the link on its way that is cut. */
export const journey = {
  from: 'west',
  fromAddress: ownAddress(1),
  to: 'south',
  toAddress: ownAddress(4),
  prefix: '10.1.4.0/24',
} as const;

function ownAddress(number: number): string {
  return `10.1.${number}.1`;
}
