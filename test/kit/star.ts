/** Our router in the middle, peers around it: each on a link of its own, with a stub network behind it. */
import type { Topology } from '@ripstop/lab';

/** The node in the middle. */
export const center = 'ripd';
/** A peer's interface to the center, and the one to its stub network. */
export const peerInterface = 'to-ripd';
export const stubInterface = 'stub';

export interface Ray {
  readonly peer: string;
  /** The center's interface. */
  readonly interface: string;
  /** Subnet of the link. */
  readonly link: string;
  /** The center's address on the link, and the peer's. */
  readonly ours: string;
  readonly theirs: string;
  /** Behind the peer. */
  readonly stub: string;
}

/** Links are 10.0.N.0/24, stub networks 10.1.N.0/24; N is the peer's number. */
export function rays(peers: readonly string[]): Ray[] {
  return peers.map((peer, at) => ({
    peer,
    interface: `to-${peer}`,
    link: `10.0.${at + 1}.0/24`,
    ours: `10.0.${at + 1}.1`,
    theirs: `10.0.${at + 1}.2`,
    stub: `10.1.${at + 1}.0/24`,
  }));
}

export function star(all: readonly Ray[]): Topology {
  return {
    nodes: [center, ...all.map(({ peer }) => peer)],
    links: all.flatMap((ray) => [
      [
        { node: center, interface: ray.interface, addresses: [`${ray.ours}/24`] },
        { node: ray.peer, interface: peerInterface, addresses: [`${ray.theirs}/24`] },
      ],
      [{ node: ray.peer, interface: stubInterface, addresses: [ray.stub.replace('.0/24', '.1/24')] }],
    ]),
  };
}

/** What a peer learns when all is well: the links and stub networks of the others. */
export function learnedBy(ray: Ray, all: readonly Ray[]): string[] {
  const others = all.filter((other) => other !== ray);
  return [...others.map(({ link }) => link), ...others.map(({ stub }) => stub)];
}
