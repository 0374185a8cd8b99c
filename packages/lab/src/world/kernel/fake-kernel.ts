/**
 * A kernel in memory that speaks netlink: links, addresses and routes of both families with Linux' rules, its answers and
 * notifications as bytes. What is above a socket is the real code. `packages/lab/test/kernel` holds it against a real
 * kernel.
 *
 * Before it: the world, which plugs links in and pulls them out, and clients (`open`). After it: `interfaces.ts`, the
 * addresses and routing tables, `answers.ts`.
 *
 * Invariants: everything is done at once and in order; only what is told comes later, through `later`, and duplicate
 * address detection ends later, through `after`. No clock and no chance in here: the same calls give the same bytes.
 *
 * What it does not have: rules, next hop objects, neighbors, encapsulations, and questions for a single thing (EOPNOTSUPP).
 */
import {
  type AddressInput,
  type AddressMessage,
  type Inputs,
  type ObjectName,
  type RouteFilter,
  type RouteMessage,
  routeMessage,
  routeProtocol,
  routeType,
} from '@ripstop/netlink';
import { type Address, type AddressFamily, addressFamily, decode, encode } from '@ripstop/wire';
import { type Announce, type Author, kernelItself } from './announcement.ts';
import { answersTo, notificationOf } from './answers.ts';
import { type Device, type DeviceOptions, Devices } from './device.ts';
import { type Families, Interfaces } from './interfaces.ts';
import { Ipv4Addresses } from './ipv4/addresses.ts';
import { Ipv4Fib } from './ipv4/fib.ts';
import { type After, Ipv6Addresses } from './ipv6/addresses.ts';
import { Ipv6Fib } from './ipv6/fib.ts';
import { KernelClient, type SocketSource } from './kernel-client.ts';
import { KernelRequests } from './kernel-requests.ts';
import { KernelSocket } from './kernel-socket.ts';
import type { ErrorName } from './refusal.ts';

export interface FakeKernelOptions {
  /** Runs a callback after the present call has ended, in the order of the calls. */
  readonly later: (callback: () => void) => void;
  /** Runs a callback when a time has passed; as `later`, if not given. Nothing but duplicate address detection takes time. */
  readonly after?: After;
  /** Notifications that a subscription holds until it is read; 10,000 if not given. */
  readonly queueLength?: number;
}

/** What a new link is like. */
export interface LinkOptions {
  /** Bytes; 1500 if not given. */
  readonly mtu?: number;
  /** Set up by the administrator, if not given. */
  readonly isUp?: boolean;
  /** The other end is there, if not given. */
  readonly hasCarrier?: boolean;
  /** `02:00:00:00:00:01`; with it the link makes itself a link-local IPv6 address (EUI-64) when it has carrier. */
  readonly hardwareAddress?: string;
  /** Its IPv6 addresses are tentative for a while: accept_dad. Not, if not given. */
  readonly detectsDuplicates?: boolean;
}

/** As 8 MiB of the real socket's buffer. */
const QUEUE_LENGTH = 10_000;
const LOOPBACK_MTU = 65_536;
const plainLink: DeviceOptions = {
  mtu: 1500,
  isLoopback: false,
  isWired: true,
  hardwareAddress: undefined,
  detectsDuplicates: false,
};
/** Netlink ports of clients, counted from here: processes usually have their number. */
const FIRST_PORT = 1_000;

export class FakeKernel {
  readonly #later: (callback: () => void) => void;
  readonly #queueLength: number;
  readonly #sockets = new Set<KernelSocket>();
  readonly #devices: Devices;
  readonly #families: Families;
  readonly #interfaces: Interfaces;
  readonly #requests: KernelRequests;
  #nextPort = FIRST_PORT;

  constructor({
    later,
    after = (_, callback) => later(callback),
    queueLength = QUEUE_LENGTH,
  }: FakeKernelOptions) {
    this.#later = later;
    this.#queueLength = queueLength;
    const announce: Announce = (...change) => this.#announce(...change);
    this.#devices = new Devices(announce);
    const ipv4 = new Ipv4Fib(this.#devices, announce);
    const ipv6 = new Ipv6Fib(this.#devices, announce);
    this.#families = {
      ipv4: { fib: ipv4, addresses: new Ipv4Addresses(this.#devices, ipv4, announce) },
      ipv6: { fib: ipv6, addresses: new Ipv6Addresses(this.#devices, ipv6, announce, after) },
    };
    this.#interfaces = new Interfaces(this.#devices, this.#families);
    this.#requests = new KernelRequests(this.#devices, this.#families, this.#interfaces);
    this.#devices.add('lo', { ...plainLink, mtu: LOOPBACK_MTU, isLoopback: true });
  }

  /** A client with a netlink port of its own, as each process has one. */
  open(): KernelClient {
    const source: SocketSource = {
      open: (...subscription) => this.#openSocket(...subscription),
      send: (socket, datagram) => {
        for (const answer of answersTo(datagram, socket.portId, this.#requests)) socket.deliver(answer);
      },
      close: (socket) => {
        this.#sockets.delete(socket);
        socket.close();
      },
    };
    return new KernelClient(source);
  }

  // The world's hands. All throw an Error if there is no such link, or if Linux would refuse it.

  /** Plugs in a link; `lo` is always there, and down until it is set up. @returns its index */
  addLink(name: string, { isUp = true, hasCarrier = true, ...others }: LinkOptions = {}): number {
    const device = this.#devices.add(name, { ...plainLink, isWired: hasCarrier, ...others });
    if (isUp) this.#interfaces.setUp(device, true, kernelItself);
    return device.index;
  }

  setUp(name: string, isUp: boolean): void {
    this.#interfaces.setUp(this.#device(name), isUp, kernelItself);
  }

  /** The other end of the link came or went. */
  setCarrier(name: string, hasCarrier: boolean): void {
    this.#interfaces.setWired(this.#device(name), hasCarrier);
  }

  setMtu(name: string, mtu: number): void {
    this.#interfaces.setMtu(this.#device(name), mtu, kernelItself);
  }

  rename(name: string, newName: string): void {
    this.#interfaces.rename(this.#device(name), newName, kernelItself);
  }

  deleteLink(name: string): void {
    this.#interfaces.delete(this.#device(name), kernelItself);
  }

  /** @param peer the other end's address, on a point-to-point link */
  addAddress(name: string, address: Address, prefixLength: number, peer: Address = address): void {
    const message = this.#addressMessage(name, address, prefixLength, peer);
    this.#families[addressFamily(address)].addresses.add(message, 0, kernelItself);
  }

  deleteAddress(name: string, address: Address, prefixLength: number, peer: Address = address): void {
    const message = this.#addressMessage(name, address, prefixLength, peer);
    this.#families[addressFamily(address)].addresses.delete(message, kernelItself);
  }

  indexOf(name: string): number {
    return this.#device(name).index;
  }

  /** Of both families, in the order of a list, at this moment: also those that are tentative. */
  addresses(name: string): readonly AddressInput[] {
    const { ipv4, ipv6 } = this.#families;
    const index = this.indexOf(name);
    return [...ipv4.addresses.list(index), ...ipv6.addresses.list(index)];
  }

  /** What is there, in the order of a list, at this moment. */
  routes({
    family,
    table,
    protocol = 0,
    type = 0,
    outputInterface,
  }: RouteFilter = {}): readonly RouteMessage[] {
    const selection = {
      table,
      protocol: routeProtocol.numberOf(protocol),
      type: routeType.numberOf(type),
      outputInterface,
    };
    const families = family === undefined ? (['ipv4', 'ipv6'] as const) : [family];
    return families
      .flatMap((each) => this.#families[each].fib.list(selection))
      .map((message) => decode(routeMessage, encode(routeMessage, message)));
  }

  /** Another program deletes the routes that are selected, and leaves those of the kernel alone: `ip route flush`. */
  flush(filter: RouteFilter): void {
    const author = { portId: this.#takePort(), sequence: 1 };
    for (const route of this.routes(filter)) {
      if (route.protocol === 'kernel') continue;
      this.#families[route.family === 'ipv6' ? 'ipv6' : 'ipv4'].fib.remove({ ...route, flags: 0 }, author);
    }
  }

  // Faults.

  /** Of the requests to come, refuses the next that make routes. */
  refuseInstalls(count: number, code: ErrorName = 'ENOMEM'): void {
    this.#requests.refuseInstalls(count, code);
  }

  /** Lists are interrupted by changes, as many of them as this. */
  interruptLists(count: number): void {
    this.#requests.interruptLists(count);
  }

  /** Every subscription loses what it is told until it is read next. */
  overrun(): void {
    for (const socket of this.#sockets) if (socket.objects.size > 0) socket.overrun();
  }

  /** Every client loses the answers that come before it reads next: what became of its requests it does not know. */
  loseAnswers(): void {
    for (const socket of this.#sockets) if (socket.objects.size === 0) socket.overrun();
  }

  #announce<O extends ObjectName>(
    object: O,
    operation: 'new' | 'delete',
    message: Inputs[O],
    flags: number,
    author: Author,
  ): void {
    const told = [...this.#sockets].filter((socket) => socket.hears(object, message.family));
    if (told.length === 0) return;
    const datagram = notificationOf(object, operation, message, flags, author);
    for (const socket of told) socket.deliver(datagram);
  }

  #openSocket(
    objects: readonly ObjectName[],
    receive: (datagrams: readonly Uint8Array[]) => void,
    overrun: () => void,
    family?: AddressFamily,
  ): KernelSocket {
    const socket = new KernelSocket({
      portId: this.#takePort(),
      objects: new Set(objects),
      family,
      // Answers are asked for no faster than they are read: they always fit.
      queueLength: objects.length > 0 ? this.#queueLength : Number.POSITIVE_INFINITY,
      later: this.#later,
      receive,
      overrun,
    });
    this.#sockets.add(socket);
    return socket;
  }

  #takePort(): number {
    const port = this.#nextPort;
    this.#nextPort += 1;
    return port;
  }

  #device(name: string): Device {
    const device = this.#devices.named(name);
    if (device === undefined) throw new Error(`The kernel has no link ${name}`);
    return device;
  }

  #addressMessage(name: string, local: Address, prefixLength: number, peer: Address): AddressMessage {
    const family = addressFamily(local);
    const isOwnAttribute = family === 'ipv4' || peer !== local;
    return {
      family,
      prefixLength,
      headerFlags: 0,
      scope: 'global',
      interfaceIndex: this.indexOf(name),
      ...(isOwnAttribute ? { local } : {}),
      address: peer,
    };
  }
}
