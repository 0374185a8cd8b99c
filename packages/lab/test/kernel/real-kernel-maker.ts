/** A real kernel's network namespace, as the bench wants it; the links' other ends are in a second one. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { linkFlags, messageFlags } from '@ripstop/netlink';
import { createNamespace, deleteNamespace, Rtnetlink, withNamespace } from '@ripstop/socket';
import type { Ipv6Options, KernelMaker } from './kernel-bench.ts';

const { up } = linkFlags.masks;
const { create, exclusive } = messageFlags.masks;
/** How long duplicate address detection waits for an answer; usually a second. */
const RETRANSMISSION_MS = 100;
/** A router's anycast addresses are there; duplicate address detection begins at once. */
const settings = {
  'ipv6/conf/all/forwarding': '1',
  'ipv6/conf/default/router_solicitation_delay': '0',
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

export async function makeRealKernel(ipv6: Ipv6Options = {}): Promise<KernelMaker> {
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
    set(namespace, { ...settings, ...settingsOf(ipv6) });
    const [ours, stranger, other] = [open(namespace), open(namespace), open(far)];
    for (const [at, name] of ['eth0', 'eth1'].entries()) {
      await layLink(ours, other, name, far, FIRST_INDEX + at);
      set(namespace, { [`ipv6/neigh/${name}/retrans_time_ms`]: `${RETRANSMISSION_MS}` });
    }
    return {
      ipv6,
      ours,
      stranger,
      setCarrier: async (name, hasCarrier) => {
        const { index } = await other.links.get({ name });
        await other.links.set({ index, flags: hasCarrier ? up : 0, change: up });
      },
      passDetection: () => undefined,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** sysctl, by the files' names under /proc/sys/net. */
function set(namespace: string, values: Readonly<Record<string, string>>): void {
  withNamespace(namespace, () => {
    for (const [setting, value] of Object.entries(values)) writeFileSync(`/proc/sys/net/${setting}`, value);
  });
}

/** IN6_ADDR_GEN_MODE_EUI64 or _NONE. */
function settingsOf({ linkLocal = false, detectsDuplicates = false }: Ipv6Options): Record<string, string> {
  const mode = linkLocal ? '0' : '1';
  return {
    'ipv6/conf/all/addr_gen_mode': mode,
    'ipv6/conf/default/addr_gen_mode': mode,
    'ipv6/conf/default/accept_dad': detectsDuplicates ? '1' : '0',
  };
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
    const address = `02:00:00:00:00:0${ownIndex - FIRST_INDEX + 1}`;
    const message = { name, address, index: ownIndex, linkInfo: { kind: 'veth', data: { peer } } } as const;
    const [refusal] = await ours.batch([
      { object: 'link', operation: 'new', flags: create | exclusive, message },
    ]);
    if (refusal !== undefined) throw refusal;
  } finally {
    closeSync(netNamespaceFileDescriptor);
  }
  await other.links.set({ index, flags: up, change: up });
}
