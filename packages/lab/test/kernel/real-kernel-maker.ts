/** A real kernel's network namespace, as the bench wants it; the links' other ends are in a second one. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { linkFlags, messageFlags } from '@ripstop/netlink';
import { createNamespace, deleteNamespace, Rtnetlink, withNamespace } from '@ripstop/socket';
import type { KernelMaker } from './kernel-bench.ts';

const { up } = linkFlags.masks;
const { create, exclusive } = messageFlags.masks;
/** No address comes by itself; a router's anycast addresses are there. */
const settings = {
  'ipv6/conf/all/addr_gen_mode': '1',
  'ipv6/conf/default/addr_gen_mode': '1',
  'ipv6/conf/all/forwarding': '1',
  'ipv4/conf/all/promote_secondaries': '0',
  'ipv4/conf/default/promote_secondaries': '0',
};

/**
 * Linux: the state of a veth follows its carrier at once only if its index is not the other end's; else up to a second
 * later (linkwatch_urgent_event).
 */
const FAR_OFFSET = 100;
const FIRST_INDEX = 2;

let count = 0;

export async function makeRealKernel(): Promise<KernelMaker> {
  count += 1;
  const namespace = `rsfk-${process.pid}-${count}`;
  const far = `${namespace}-far`;
  const opened: Rtnetlink[] = [];
  const close = (): void => {
    for (const client of opened) client.close();
    for (const name of [namespace, far]) deleteNamespace(name);
  };
  const open = (name: string): Rtnetlink => {
    const client = Rtnetlink.open({ namespace: name });
    opened.push(client);
    return client;
  };
  createNamespace(namespace);
  createNamespace(far);
  try {
    withNamespace(namespace, () => {
      for (const [setting, value] of Object.entries(settings))
        writeFileSync(`/proc/sys/net/${setting}`, value);
    });
    const [ours, stranger, other] = [open(namespace), open(namespace), open(far)];
    for (const [at, name] of ['eth0', 'eth1'].entries())
      await layLink(ours, other, name, far, FIRST_INDEX + at);
    return {
      ours,
      stranger,
      setCarrier: async (name, hasCarrier) => {
        const { index } = await other.links.get({ name });
        await other.links.set({ index, flags: hasCarrier ? up : 0, change: up });
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** A veth of the same name on both sides; the far one is up. */
async function layLink(
  ours: Rtnetlink,
  other: Rtnetlink,
  name: string,
  far: string,
  ownIndex: number,
): Promise<void> {
  const index = ownIndex + FAR_OFFSET;
  const netNamespaceFileDescriptor = openSync(`/run/netns/${far}`, 'r');
  try {
    const peer = { name, index, netNamespaceFileDescriptor };
    const message = { name, index: ownIndex, linkInfo: { kind: 'veth', data: { peer } } } as const;
    const [refusal] = await ours.batch([
      { object: 'link', operation: 'new', flags: create | exclusive, message },
    ]);
    if (refusal !== undefined) throw refusal;
  } finally {
    closeSync(netNamespaceFileDescriptor);
  }
  await other.links.set({ index, flags: up, change: up });
}
