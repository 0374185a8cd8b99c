/**
 * Membership in the multicast groups of some objects, on a socket of its own: datagrams become notifications.
 *
 * Before it: `netlink-socket`. After it: `watch` and whoever subscribes at `rtnetlink`.
 */
import { Exchange, type Notification, type ObjectName } from '@ripstop/netlink';
import { EncodeError } from '@ripstop/wire';
import { type NetlinkSocket, openNetlinkSocket } from './netlink-socket.ts';
import { DATAGRAM_BYTES_MAX, type RequestSocketOptions } from './request-socket.ts';
import { constants } from './system/headers.ts';

export interface SubscriptionOptions<O extends ObjectName> extends RequestSocketOptions {
  readonly objects: readonly O[];
  /** Gets everything that was queued as one batch. */
  readonly receive: (notifications: readonly Notification<O>[]) => void;
  /** The kernel dropped notifications; those before the loss have been handed on. */
  readonly overrun: () => void;
}

/** Multicast groups that tell of changes. */
const groups: Readonly<Record<ObjectName, readonly number[]>> = {
  link: [constants.RTNLGRP_LINK],
  address: [constants.RTNLGRP_IPV4_IFADDR, constants.RTNLGRP_IPV6_IFADDR],
  route: [constants.RTNLGRP_IPV4_ROUTE, constants.RTNLGRP_IPV6_ROUTE],
  neighbor: [constants.RTNLGRP_NEIGH],
  rule: [constants.RTNLGRP_IPV4_RULE, constants.RTNLGRP_IPV6_RULE],
  nexthop: [constants.RTNLGRP_NEXTHOP],
};

function groupsOf(object: ObjectName): readonly number[] {
  if (Object.hasOwn(groups, object)) return groups[object];
  throw new EncodeError(`no object "${object}": ${Object.keys(groups).join(', ')} expected`);
}

export class Subscription<O extends ObjectName = ObjectName> {
  readonly #socket: NetlinkSocket;
  #datagrams = 0;

  /** @throws SyscallError, EncodeError if there is no such object */
  constructor({ objects, receive, overrun, undecodable, failed, ...options }: SubscriptionOptions<O>) {
    this.#socket = openNetlinkSocket({
      ...options,
      groups: objects.flatMap(groupsOf),
      receive: (datagrams) => {
        this.#datagrams += datagrams.length;
        const notifications = datagrams.flatMap((datagram) => exchange.receive(datagram));
        // Only what was subscribed to is told.
        if (notifications.length > 0) receive(notifications as Notification<O>[]);
      },
      overrun: () => exchange.overrun(),
      failed,
    });
    const exchange = new Exchange({
      portId: this.#socket.portId,
      sequence: 1,
      datagramBytesMax: DATAGRAM_BYTES_MAX,
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
