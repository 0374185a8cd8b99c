// Whether a mirror has what the kernel lists: written on its own, not with the functions that the mirror uses.
import { type Messages, neighborState, type ObjectName } from '@ripstop/netlink';
import { expect, onTestFinished } from 'vitest';
import type { MirrorChange, ObjectChange } from '../src/mirror/change.ts';
import { Mirror, type MirrorOptions } from '../src/mirror/mirror.ts';
import { Rtnetlink } from '../src/rtnetlink.ts';

/** Fields that differ between two lists of an idle system, or that say how the message came about. */
const PASSING = new Set([
  'change',
  'event',
  'statistics',
  'statistics32',
  'promiscuity',
  'allMulticastCount',
  'icmpStatistics',
  'cacheInfo',
  'configuration',
  'probes',
  'helloTimer',
  'tcnTimer',
  'topologyChangeTimer',
  'garbageCollectionTimer',
  'messageAgeTimer',
  'forwardingLearned',
  'multicastGroups',
  'forwardDelayTimer',
  'holdTimer',
]);

const { permanent } = neighborState.masks;

/**
 * One text for each object, in an order of its own. Of neighbors those that were made by hand.
 * Linux: of the others it tells some states only, and of multicast neighbors that they are gone, but not that they came.
 */
function textsOf(messages: Iterable<Messages[ObjectName]>): string[] {
  const told = [...messages].filter((message) => !('state' in message) || (message.state & permanent) !== 0);
  return told.map((message) => JSON.stringify(message, replacer)).sort();
}

function replacer(this: unknown, key: string, value: unknown): unknown {
  if (PASSING.has(key)) return undefined;
  // Of `families.ipv6`: how far router discovery has come.
  if (key === 'flags' && typeof this === 'object' && this !== null && 'addressGeneration' in this)
    return undefined;
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  const isIpv6 = typeof this === 'object' && this !== null && 'family' in this && this.family === 'ipv6';
  // Linux: the next hops of an IPv6 route have no order.
  if (key === 'multipath' && isIpv6 && Array.isArray(value))
    return value.map((hop) => JSON.stringify(hop)).sort();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** All of an object, freshly listed. */
async function listed(client: Rtnetlink, object: ObjectName): Promise<readonly Messages[ObjectName][]> {
  const { links, addresses, routes, neighbors, rules, nexthops } = client;
  switch (object) {
    case 'link':
      return await links.list();
    case 'address':
      return await addresses.list();
    case 'route':
      return [...(await routes.list({ family: 'ipv4' })), ...(await routes.list({ family: 'ipv6' }))];
    case 'neighbor':
      return await neighbors.list();
    case 'rule':
      return await rules.list();
    case 'nexthop':
      return await nexthops.list();
  }
}

/** A mirror under test, with a reader that applies every change to what it saw at first. */
export interface MirrorUnderTest {
  readonly mirror: Mirror;
  readonly changes: MirrorChange[];
  /** Waits until the mirror, its reader and the kernel have the same. @throws the difference, after a deadline */
  readonly agrees: (withinMs?: number) => Promise<void>;
}

/** Milliseconds between two looks, and at least as long as a look takes. */
const POLL_MS = 20;

export async function mirrorOf(
  namespace: string,
  objects: readonly ObjectName[],
  options: MirrorOptions = {},
): Promise<MirrorUnderTest> {
  const client = Rtnetlink.open({ namespace });
  onTestFinished(() => client.close());
  const mirror = await Mirror.open(objects, { namespace, ...options });
  onTestFinished(() => mirror.close());
  const changes: MirrorChange[] = [];
  const seen = readerOf(mirror, objects, changes);

  /** @returns what differs, if anything does */
  const difference = async (): Promise<readonly [string, unknown, unknown] | undefined> => {
    for (const object of objects) {
      const kernel = textsOf(await listed(client, object));
      const mirrored = mirror.all(object);
      const told = seen.get(object) ?? new Set();
      const texts = textsOf(mirrored);
      if (texts.join() !== kernel.join()) return [`${object} in the mirror`, texts, kernel];
      if (told.size !== mirrored.length || !mirrored.every((message) => told.has(message)))
        return [`${object} by its changes`, told, new Set(mirrored)];
    }
    return undefined;
  };
  const agrees = async (withinMs = 20_000): Promise<void> => {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const began = performance.now();
      const found = await difference();
      if (found === undefined) return;
      const [what, actual, expected] = found;
      if (performance.now() >= deadline) expect(actual, what).toEqual(expected);
      const took = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MS, took)));
    }
  };
  return { mirror, changes, agrees };
}

/** Follows a mirror by its changes alone. Each must begin with what the one before it ended with. */
function readerOf(
  mirror: Mirror,
  objects: readonly ObjectName[],
  changes: MirrorChange[],
): ReadonlyMap<ObjectName, Set<Messages[ObjectName]>> {
  const seen = new Map(objects.map((object) => [object, new Set(mirror.all(object))]));
  const read = async (): Promise<void> => {
    for await (const change of mirror.changes()) {
      changes.push(change);
      if (change.event !== 'resync') apply(seen.get(change.object), change);
    }
  };
  const reading = read();
  onTestFinished(() => {
    mirror.close();
    return reading;
  });
  return seen;
}

/** Applies a change to what a reader saw. @throws if the change does not fit it */
export function apply(
  seen: Set<Messages[ObjectName]> | undefined,
  { event, message, before }: ObjectChange,
): void {
  const old = event === 'delete' ? message : before;
  if (event !== 'add' && (old === undefined || seen?.delete(old) !== true))
    throw new Error(`${event} of something that was never told`);
  if (event !== 'delete') seen?.add(message);
}
