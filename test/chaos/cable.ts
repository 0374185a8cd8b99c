/**
 * A link that is cut, pulled out, renamed and bewildered in every way that Linux has, and made whole again. Before this file:
 * `network-plan.ts`. After it: `link-happenings.ts`.
 *
 * Linux: IPv6 addresses do not outlive their link's going down, nor an MTU below 1280, nor `disable_ipv6`.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { type LabNode, until } from '@ripstop/lab';
import { withNamespace } from '@ripstop/socket';
import { attemptIp } from './foreign-ip.ts';

const MTU = 1500;
const LINK_LOCAL_MS = 1_500;

export interface CableEnd {
  readonly node: LabNode;
  readonly interface: string;
  readonly addresses: readonly string[];
}

export class Cable {
  readonly ends: readonly [CableEnd, CableEnd];

  constructor(ends: readonly [CableEnd, CableEnd]) {
    this.ends = ends;
  }

  /** Afterwards it is as it was laid, but for the link-local addresses. */
  async mend(): Promise<void> {
    for (const end of this.ends) await rename(end, 'back');
    const there = await Promise.all(this.ends.map(exists));
    if (there.includes(false)) await this.recreate();
    for (const end of this.ends) await settle(end);
    for (const [at, end] of this.ends.entries()) await giveLinkLocal(end, at + 1);
  }

  /** Deletes what is there, and makes a new pair of the same names. */
  async recreate(): Promise<void> {
    await this.remove();
    const [one, other] = this.ends;
    await attemptIp(
      one.node,
      `link add ${one.interface} type veth peer name ${other.interface} netns ${other.node.namespace}`,
    );
    for (const end of this.ends) await settle(end);
  }

  /** Both ends go: a pair is one thing. */
  async remove(): Promise<void> {
    for (const end of this.ends) await rename(end, 'back');
    for (const end of this.ends) await attemptIp(end.node, `link delete ${end.interface}`);
  }
}

/** Gives an end another name, which no configuration knows, or its own again. */
export async function rename({ node, interface: name }: CableEnd, to: 'away' | 'back'): Promise<void> {
  const away = `x-${name}`;
  await attemptIp(node, to === 'away' ? `link set ${name} name ${away}` : `link set ${away} name ${name}`);
}

/** `disable_ipv6` of one interface; nothing if it is not there. */
export function disableIpv6({ node, interface: name }: CableEnd, value: '0' | '1'): void {
  withNamespace(node.namespace, () => {
    const path = `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`;
    if (existsSync(path)) writeFileSync(path, value);
  });
}

/** Up, of the usual MTU, with its addresses. */
async function settle(end: CableEnd): Promise<void> {
  const { node, interface: name, addresses } = end;
  await attemptIp(node, `link set ${name} mtu ${MTU} up`);
  disableIpv6(end, '0');
  await attemptIp(node, ...addresses.map((address) => `address replace ${address} dev ${name}`));
}

async function exists({ node, interface: name }: CableEnd): Promise<boolean> {
  return (await node.kernel.links.list()).some((link) => link.name === name);
}

/** The kernel makes one when the link comes up; who has taken it away must bring another. */
async function giveLinkLocal({ node, interface: name }: CableEnd, host: number): Promise<void> {
  const interfaceIndex = await node.interfaceIndex(name);
  const has = async (): Promise<boolean> =>
    (await node.kernel.addresses.list({ family: 'ipv6', interfaceIndex })).some(
      ({ scope }) => scope === 'link',
    );
  await until('there is a link-local address', LINK_LOCAL_MS, has).catch(() =>
    attemptIp(node, `address add fe80::${host}/64 dev ${name}`),
  );
}
