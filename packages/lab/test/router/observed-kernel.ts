/**
 * The simulated kernel under a runtime or a fib, with an eye on every request, and with the troubles that come from outside
 * the kernel: calls that fail as a whole, notifications that come late or never. It has one link, `eth0`, with 10.0.0.1/26.
 */
import {
  messageFlags,
  type NetlinkError,
  type ObjectName,
  type Request,
  type RouteFilter,
  type RouteInput,
  type RouteMessage,
  type Told,
} from '@ripstop/netlink';
import type { Kernel, KernelSubscriptionOptions, RequestOutcome } from '@ripstop/router';
import { addressFamily } from '@ripstop/wire';
import { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';

type RouteRequest = Extract<Request, { object: 'route' }>;
type Receive = (told: readonly Told[]) => void;
interface Subscribed {
  readonly objects: readonly ObjectName[];
  readonly receive: Receive;
  readonly overrun: () => void;
  readonly options: KernelSubscriptionOptions;
}

const { create, exclusive, replace } = messageFlags.masks;

export class ObservedKernel implements Kernel {
  readonly fake = new FakeKernel({ later: queueMicrotask });
  readonly #client = this.fake.open();
  readonly #stranger = this.fake.open();
  /** Every request of ours, in a few words. */
  readonly requests: string[] = [];
  readonly batches: number[] = [];
  lists = 0;
  /** Set to make the next call fail as a whole. */
  failure: Error | undefined;
  /** Set to `[]` to collect notifications, which come on a socket of their own, until `tellLate`. */
  late: Told[] | undefined;
  #subscribed: Subscribed | undefined;
  #end: () => void = () => undefined;

  constructor() {
    this.fake.setUp('lo', true);
    this.fake.addLink('eth0');
    this.fake.addAddress('eth0', '10.0.0.1', 26);
  }

  get portId(): number {
    return this.#client.portId;
  }

  /** Netlink port of the other program. */
  get strangerPort(): number {
    return this.#stranger.portId;
  }

  readonly links = { list: () => this.#unlessFailing(this.#client.links.list()) };
  readonly addresses = { list: () => this.#unlessFailing(this.#client.addresses.list()) };
  readonly routes = {
    list: (filter?: RouteFilter) => {
      this.lists += 1;
      return this.#unlessFailing(this.#client.routes.list(filter));
    },
  };

  batch(
    requests: readonly Request[],
    options?: Parameters<Kernel['batch']>[1],
  ): Promise<readonly RequestOutcome[]> {
    this.batches.push(requests.length);
    this.requests.push(...requests.map(words));
    return this.#unlessFailing(this.#client.batch(requests, options));
  }

  /** Our own changes come as receipts. */
  subscribe<O extends ObjectName>(
    objects: readonly O[],
    receive: (told: readonly Told<O>[]) => void,
    overrun: () => void,
    options: KernelSubscriptionOptions = {},
  ): () => void {
    this.#subscribed = { objects, receive: receive as Receive, overrun, options };
    this.#listen();
    return () => {
      this.#end();
      this.#subscribed = undefined;
    };
  }

  poll(): void {
    this.#client.poll();
  }

  /** Notifications were lost. */
  overrun(): void {
    this.#subscribed?.overrun();
  }

  /** Nobody is told of what happens meanwhile. */
  unheard(happening: () => void): void {
    this.deaf();
    happening();
    this.#listen();
  }

  /** From now on nobody is told of anything. */
  deaf(): void {
    this.#end();
  }

  /** Tells what is late, all at once. */
  tellLate(): void {
    const late = this.late ?? [];
    this.late = undefined;
    this.#subscribed?.receive(late);
  }

  /** The link goes down for a moment: Linux drops its routes and tells nobody. */
  dropRoutes(): void {
    this.fake.setUp('eth0', false);
    this.fake.setUp('eth0', true);
  }

  /** Of programs, in the order of a list. */
  get routeList(): readonly RouteMessage[] {
    return this.fake.routes().filter(({ protocol }) => protocol !== 'kernel');
  }

  /** Another program asks for something; the kernel has done it when this returns. What it refuses fails the test. */
  someone(request: RouteRequest): void {
    void this.#stranger.batch([request]).then(([refusal]) => requireNone(refusal));
  }

  #listen(): void {
    if (this.#subscribed === undefined) return;
    const { objects, receive, overrun, options } = this.#subscribed;
    this.#end = this.#client.subscribe(
      objects,
      (notifications) => {
        if (this.late === undefined) receive(notifications);
        else this.late.push(...notifications);
      },
      overrun,
      { ...options, receipts: true },
    );
  }

  async #unlessFailing<Answer>(call: Promise<Answer>): Promise<Answer> {
    const { failure } = this;
    this.failure = undefined;
    const answer = await call;
    if (failure !== undefined) throw failure;
    return answer;
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
  const [destination = '', length] = prefix.split('/');
  const message = {
    family: addressFamily(destination),
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

function requireNone(refusal: NetlinkError | undefined): void {
  if (refusal !== undefined) throw refusal;
}

/** `create exclusively 10.9.0.0/16 via 2`: of a gateway the last number. */
function words({ operation, flags = 0, message }: Request): string {
  const { destination, destinationLength, gateway, multipath } = message as RouteInput;
  const verb =
    operation === 'delete'
      ? 'delete'
      : (flags & replace) !== 0
        ? 'replace'
        : (flags & exclusive) !== 0
          ? 'create exclusively'
          : 'create';
  const gateways = (multipath?.map((hop) => hop.gateway) ?? [gateway]).filter((each) => each !== undefined);
  const via = gateways.length === 0 ? '' : ` via ${gateways.map(hostNumber).join(' ')}`;
  return `${verb} ${destination}/${destinationLength}${via}`;
}

/** What stands last in an address: 2 of `10.0.0.2` and of `fe80::2`. */
export function hostNumber(address: string): string {
  return address.replace(/^.*[.:](?=.)/, '');
}
