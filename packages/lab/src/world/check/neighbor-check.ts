/**
 * Once the network is quiet: nobody is known as a neighbor who is no more, and a RIPng router is known once. That somebody
 * is not known is no mistake of its own: who has nothing to say is silent. Before and after this file: `quiet-checks.ts`.
 */
import type { Protocol } from '@ripstop/rip';
import type { World } from '../world.ts';
import { type Speaker, speakers } from './hearing.ts';
import type { Violation } from './violation.ts';

export function checkNeighbors(world: World, protocol: Protocol): Violation[] {
  return speakers(world, protocol)
    .flatMap((speaker) => mistakes(speaker))
    .map((text) => ({ rule: 'neighbors are those who speak', at: world.now, text }));
}

function mistakes({ protocol, node, port }: Speaker): string[] {
  const known = node
    .snapshot(protocol)
    .router.neighbors.filter((neighbor) => neighbor.interface === port.interface)
    .map(({ address }) => address);
  const others = port.segment.ports.filter((other) => other.router !== port.router);
  const strangers = known.filter((address) => !others.some((other) => other.has(address)));
  return [
    ...strangers.map((address) => `${node.name} knows ${address} on ${port.interface}, which nobody is`),
    ...others.flatMap((other) => {
      const addresses = known.filter((address) => other.has(address));
      // RFC 2080 §2.5.2: all that an interface says comes from one address.
      if (protocol.name === 'rip' || addresses.length <= 1) return [];
      return [`${node.name} knows ${other.router} on ${port.interface} as ${addresses.join(' and ')}`];
    }),
  ];
}
