/**
 * What each request means to the simulated kernel, and which of them it is told to fail.
 *
 * Before it: `answers.ts`, with a request that was read. After it: `interfaces.ts`, the addresses and routing tables.
 */
import {
  type AddressMessage,
  type Inputs,
  type LinkMessage,
  type RouteMessage,
  routeFlags,
  routeProtocol,
  routeTable,
  routeType,
} from '@ripstop/netlink';
import type { Author } from './announcement.ts';
import type { IncomingRequest, Listing, RequestHandler } from './answers.ts';
import type { Devices } from './device.ts';
import type { Families, Interfaces } from './interfaces.ts';
import { type ErrorName, Refusal } from './refusal.ts';

export class KernelRequests implements RequestHandler {
  readonly #devices: Devices;
  readonly #families: Families;
  readonly #interfaces: Interfaces;
  #refusals: { count: number; readonly code: ErrorName } = { count: 0, code: 'ENOMEM' };
  #interruptions = 0;

  constructor(devices: Devices, families: Families, interfaces: Interfaces) {
    this.#devices = devices;
    this.#families = families;
    this.#interfaces = interfaces;
  }

  /** Of the requests to come, refuses the next that make routes. */
  refuseInstalls(count: number, code: ErrorName): void {
    this.#refusals = { count, code };
  }

  /** The next lists are interrupted by changes. */
  interruptLists(count: number): void {
    this.#interruptions = count;
  }

  change({ entry, flags, message, author }: IncomingRequest): void {
    const isMaking = entry.operation === 'new';
    switch (entry.object) {
      case 'link':
        this.#changeLink(entry.operation, message as LinkMessage, author);
        return;
      case 'address': {
        const request = message as AddressMessage;
        const { addresses } = this.#family(request);
        if (isMaking) addresses.add(request, flags, author);
        else if (entry.operation === 'delete') addresses.delete(request, author);
        else throw new Refusal('EOPNOTSUPP');
        return;
      }
      case 'route': {
        const request = message as RouteMessage;
        const { fib } = this.#family(request);
        if (isMaking) {
          this.#refuseInstall();
          fib.insert(request, flags, author);
        } else if (entry.operation === 'delete') fib.remove(request, author);
        else throw new Refusal('EOPNOTSUPP');
        return;
      }
      default:
        throw new Refusal('EOPNOTSUPP');
    }
  }

  #changeLink(operation: string, message: LinkMessage, author: Author): void {
    if (operation === 'new' || operation === 'set') {
      this.#interfaces.change(message, author);
      return;
    }
    if (operation !== 'delete') throw new Refusal('EOPNOTSUPP');
    this.#interfaces.delete(this.#devices.require(message.index), author);
  }

  list({ entry: { object }, message }: IncomingRequest): Listing {
    const isInterrupted = this.#interruptions > 0;
    if (isInterrupted) this.#interruptions -= 1;
    switch (object) {
      case 'link':
        return { object, messages: [...this.#devices].map((device) => device.message()), isInterrupted };
      case 'address':
        return { object, messages: this.#listAddresses(message as AddressMessage), isInterrupted };
      case 'route':
        return { object, messages: this.#listRoutes(message as RouteMessage), isInterrupted };
      default:
        throw new Refusal('EOPNOTSUPP');
    }
  }

  #listAddresses({ family, interfaceIndex }: AddressMessage): readonly Inputs['address'][] {
    if (interfaceIndex > 0) this.#devices.require(interfaceIndex);
    return this.#familiesOf(family).flatMap(({ addresses }) => addresses.list(interfaceIndex));
  }

  #listRoutes(request: RouteMessage): readonly Inputs['route'][] {
    const { family, protocol, type, outputInterface } = request;
    const table = routeTable(request) || undefined;
    if (outputInterface !== undefined) this.#devices.require(outputInterface);
    // What was learned of single destinations: nothing.
    if ((request.flags & routeFlags.masks.cloned) !== 0) return [];
    const selection = {
      table,
      protocol: routeProtocol.numberOf(protocol),
      type: routeType.numberOf(type),
      outputInterface,
    };
    return this.#familiesOf(family).flatMap(({ fib }, _, asked) => {
      if (table !== undefined && asked.length === 1 && !fib.hasTable(table))
        throw new Refusal('ENOENT', 'FIB table does not exist');
      return fib.list(selection);
    });
  }

  #familiesOf(family: AddressMessage['family']): readonly Families['ipv4' | 'ipv6'][] {
    const { ipv4, ipv6 } = this.#families;
    return family === 'ipv4' ? [ipv4] : family === 'ipv6' ? [ipv6] : [ipv4, ipv6];
  }

  #family({ family }: AddressMessage | RouteMessage): Families['ipv4' | 'ipv6'] {
    if (family === 'ipv4' || family === 'ipv6') return this.#families[family];
    throw new Refusal('EOPNOTSUPP');
  }

  #refuseInstall(): void {
    if (this.#refusals.count === 0) return;
    this.#refusals.count -= 1;
    throw new Refusal(this.#refusals.code);
  }
}
