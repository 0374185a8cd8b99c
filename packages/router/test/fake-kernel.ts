/**
 * A kernel in memory, with the IPv4 routing rules that the fib depends on (net/ipv4/fib_trie.c): several routes for one
 * prefix, table and metric, in an order. `test/kernel` checks the same behavior against the real one.
 */
import {
  type AddressMessage,
  type LinkMessage,
  messageFlags,
  NetlinkError,
  type Notification,
  type ObjectName,
  type Request,
  type RouteFilter,
  type RouteMessage,
  routePrefix,
  routeProtocol,
  routeTable,
} from '@ripstop/netlink';
import type { Kernel, RequestOutcome } from '../src/ports.ts';

type RouteRequest = Extract<Request, { object: 'route' }>;

const { create, exclusive, replace, append } = messageFlags.masks;
const errors = { EEXIST: 17, ENETUNREACH: 101, ESRCH: 3 } as const;
const OWN_PORT = 1000;
export const STRANGER = 4242;

export class FakeKernel implements Kernel {
  readonly portId = OWN_PORT;
  linkList: LinkMessage[] = [];
  addressList: AddressMessage[] = [];
  /** In the order of a dump: of several for one prefix and metric, the first serves. */
  routeList: RouteMessage[] = [];
  /** Requests with these gateways are refused. */
  readonly unreachable = new Set<string>();
  /** Every request of ours, in a few words. */
  readonly requests: string[] = [];
  readonly batches: number[] = [];
  lists = 0;
  /** Set to make the next call fail as a whole. */
  failure: Error | undefined;
  #receive: (notifications: readonly Notification[]) => void = () => undefined;
  #overrun: () => void = () => undefined;
  /** Notifications are swallowed, as by a full receive buffer. */
  deaf = false;
  /** Set to `[]` to collect notifications, which come on a socket of their own, until `tellLate`. */
  late: Notification[] | undefined;

  readonly links = {
    list: async (): Promise<readonly LinkMessage[]> => {
      await this.#turn();
      return this.linkList;
    },
  };

  readonly addresses = {
    list: async (): Promise<readonly AddressMessage[]> => {
      await this.#turn();
      return this.addressList;
    },
  };

  readonly routes = {
    list: async ({ table, protocol }: RouteFilter = {}): Promise<readonly RouteMessage[]> => {
      this.lists += 1;
      const routes = this.routeList.filter(
        (route) =>
          (table === undefined || routeTable(route) === table) &&
          (protocol === undefined || numberOf(route) === protocol),
      );
      await this.#turn();
      return routes;
    },
  };

  async batch(requests: readonly Request[]): Promise<readonly RequestOutcome[]> {
    this.batches.push(requests.length);
    const outcomes = requests.map((request) => {
      if (request.object !== 'route') throw new Error('the fib changes only routes');
      this.requests.push(words(request));
      return this.change(request, OWN_PORT);
    });
    await this.#turn();
    return outcomes;
  }

  subscribe<O extends ObjectName>(
    _: readonly O[],
    receive: (notifications: readonly Notification<O>[]) => void,
    overrun: () => void,
  ): () => void {
    this.#receive = receive as (notifications: readonly Notification[]) => void;
    this.#overrun = overrun;
    return () => {
      this.#receive = () => undefined;
    };
  }

  overrun(): void {
    this.#overrun();
  }

  tell(...notifications: Notification[]): void {
    if (this.late !== undefined) this.late.push(...notifications);
    else if (!this.deaf) this.#receive(notifications);
  }

  /** Tells what is late, all at once. */
  tellLate(): void {
    const late = this.late ?? [];
    this.late = undefined;
    this.tell(...late);
  }

  /** What anyone asks of the kernel. */
  change(request: RouteRequest, portId: number): RequestOutcome {
    const route = routeOf(request);
    const flags = request.flags ?? 0;
    return request.operation === 'delete' ? this.#remove(route, portId) : this.#add(route, flags, portId);
  }

  #add(route: RouteMessage, flags: number, portId: number): RequestOutcome {
    if (this.unreachable.has(route.gateway ?? ''))
      return refusal('ENETUNREACH', 'Nexthop has invalid gateway');
    const at = this.routeList.findIndex((other) => sameSlot(other, route));
    const slot = this.routeList.filter((other) => sameSlot(other, route));
    if (at >= 0 && (flags & exclusive) !== 0) return refusal('EEXIST');
    const twin = slot.find((other) => sameRoute(other, route));
    const told = (heard: number): void => {
      this.tell(notification('new', heard, portId, route));
    };
    if ((flags & replace) !== 0 && at >= 0) {
      if (twin !== undefined) return twin === slot[0] ? undefined : refusal('EEXIST');
      this.routeList.splice(at, 1, route);
      told(replace);
      return undefined;
    }
    if (twin !== undefined) return refusal('EEXIST');
    this.routeList.splice((flags & append) === 0 || at < 0 ? Math.max(at, 0) : at + slot.length, 0, route);
    told(create | (at < 0 ? exclusive : 0) | (at < 0 ? 0 : flags & append));
    return undefined;
  }

  #remove(route: RouteMessage, portId: number): RequestOutcome {
    const at = this.routeList.findIndex(
      (other) =>
        sameSlot(other, route) &&
        (route.protocol === 'unspecified' || numberOf(other) === numberOf(route)) &&
        (route.gateway === undefined || other.gateway === route.gateway),
    );
    const [removed] = at < 0 ? [] : this.routeList.splice(at, 1);
    if (removed === undefined) return refusal('ESRCH');
    this.tell(notification('delete', 0, portId, removed));
    return undefined;
  }

  async #turn(): Promise<void> {
    await Promise.resolve();
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
  }
}

/** A request as another program would make it. */
export function foreignRoute(
  operation: 'new' | 'delete',
  prefix: string,
  gateway: string | undefined,
  protocol: RouteMessage['protocol'],
  flags = create | exclusive,
): RouteRequest {
  const [destination, length] = prefix.split('/');
  const message = {
    family: 'ipv4',
    destination,
    destinationLength: Number(length),
    table: 254,
    priority: 20,
    protocol,
    scope: 'global',
    type: 'unicast',
    gateway,
    outputInterface: gateway === undefined ? undefined : 2,
  } as const;
  return { object: 'route', operation, flags, message };
}

export function notification(
  operation: 'new' | 'delete',
  flags: number,
  portId: number,
  message: RouteMessage,
): Notification {
  return { object: 'route', operation, flags, sequence: 0, portId, message };
}

function routeOf({ message }: RouteRequest): RouteMessage {
  const header = { sourceLength: 0, tos: 0, headerTable: 0, flags: 0, destinationLength: 0 };
  const present = Object.entries(message).filter(([, value]) => value !== undefined);
  return { ...header, ...Object.fromEntries(present) } as RouteMessage;
}

function sameSlot(a: RouteMessage, b: RouteMessage): boolean {
  return (
    a.destination === b.destination &&
    a.destinationLength === b.destinationLength &&
    a.priority === b.priority &&
    a.tos === b.tos &&
    routeTable(a) === routeTable(b)
  );
}

function sameRoute(a: RouteMessage, b: RouteMessage): boolean {
  const identity = (route: RouteMessage): string =>
    JSON.stringify([numberOf(route), route.gateway, route.multipath, route.type, route.preferredSource]);
  return identity(a) === identity(b);
}

function numberOf(route: RouteMessage): number {
  return routeProtocol.numberOf(route.protocol);
}

function refusal(code: keyof typeof errors, kernelMessage?: string): NetlinkError {
  return new NetlinkError({ errno: errors[code], operation: 'RTM_NEWROUTE', sequence: 0, kernelMessage });
}

function words(request: RouteRequest): string {
  const { operation, flags = 0 } = request;
  const route = routeOf(request);
  const verb =
    operation === 'delete'
      ? 'delete'
      : (flags & replace) !== 0
        ? 'replace'
        : (flags & exclusive) !== 0
          ? 'create exclusively'
          : 'create';
  const gateways = route.multipath?.map((hop) => hop.gateway) ?? [route.gateway];
  const via = operation === 'delete' ? '' : ` via ${gateways.join(' ')}`;
  return `${verb} ${routePrefix(route)}${via}`;
}
