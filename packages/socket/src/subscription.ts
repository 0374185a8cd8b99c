/**
 * Membership in the multicast groups of some objects, on a socket of its own: datagrams become notifications.
 *
 * Before it: `netlink-socket`. After it: `watch` and whoever subscribes at `rtnetlink`.
 */
import { Exchange, type Notification, type ObjectName, type Told } from '@ripstop/netlink';
import { type AddressFamily, EncodeError } from '@ripstop/wire';
import { type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';
import { DATAGRAM_BYTES_MAX, type RequestSocketOptions } from './request-socket.ts';
import { constants } from './system/headers.ts';

export interface SubscriptionOptions<O extends ObjectName> extends RequestSocketOptions {
  readonly objects: readonly O[];
  /** Of what has groups for each family, only what is of this one; of all, if not given. */
  readonly family?: AddressFamily | undefined;
  /** Whose changes are told by receipts, among the notifications; nobody's, if not given. */
  readonly receiptsOf?: number | undefined;
  /** Gets everything that was queued as one batch. */
  readonly receive: (notifications: readonly Notification<O>[]) => void;
  /** The kernel dropped notifications; those before the loss have been handed on. */
  readonly overrun: () => void;
}

/** Multicast groups that tell of changes: one, or one for each address family. */
const groups: Readonly<Record<ObjectName, number | Readonly<Record<AddressFamily, number>>>> = {
  link: constants.RTNLGRP_LINK,
  address: { ipv4: constants.RTNLGRP_IPV4_IFADDR, ipv6: constants.RTNLGRP_IPV6_IFADDR },
  route: { ipv4: constants.RTNLGRP_IPV4_ROUTE, ipv6: constants.RTNLGRP_IPV6_ROUTE },
  neighbor: constants.RTNLGRP_NEIGH,
  rule: { ipv4: constants.RTNLGRP_IPV4_RULE, ipv6: constants.RTNLGRP_IPV6_RULE },
  nexthop: constants.RTNLGRP_NEXTHOP,
};

function groupsOf(object: ObjectName, family: AddressFamily | undefined): readonly number[] {
  if (!Object.hasOwn(groups, object))
    throw new EncodeError(`no object "${object}": ${Object.keys(groups).join(', ')} expected`);
  const group = groups[object];
  if (typeof group === 'number') return [group];
  return family === undefined ? Object.values(group) : [group[family]];
}

export class Subscription<O extends ObjectName = ObjectName> {
  readonly #socket: NetlinkSocket;
  #datagrams = 0;

  /** @throws SyscallError, EncodeError if there is no such object */
  constructor(options: SubscriptionOptions<O>) {
    const { objects, family, receive, overrun, undecodable, failed, receiptsOf, ...socketOptions } = options;
    this.#socket = openNetlinkSocket({
      ...socketOptions,
      groups: objects.flatMap((object) => groupsOf(object, family)),
      receive: (datagrams) => {
        this.#datagrams += datagrams.length;
        const told: Told[] = [];
        for (const datagram of datagrams) exchange.receive(datagram, told);
        // Only what was subscribed to is told.
        if (told.length > 0) receive(told as Notification<O>[]);
      },
      overrun: () => exchange.overrun(),
      failed,
    });
    const exchange = new Exchange({
      portId: this.#socket.portId,
      sequence: 1,
      datagramBytesMax: DATAGRAM_BYTES_MAX,
      receiptsOf,
      undecodable,
      overrun,
    });
  }

  /** Hands on what is queued now, without waiting for the event loop's turn. @returns whether there was anything */
  poll(): boolean {
    const before = this.#datagrams;
    this.#socket.poll();
    return this.#datagrams > before;
  }

  /** Leaves what comes in the socket's buffer, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Calls back no more. Calling it again does nothing. */
  close(): void {
    this.#socket.close();
  }
}
