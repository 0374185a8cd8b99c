/**
 * IPv4 addresses of the simulated kernel's devices, and the routes that come and go with them: net/ipv4/devinet.c,
 * fib_frontend.c.
 *
 * Before it: requests and the world's hands. After it: `fib.ts`, notifications.
 *
 * Invariant: of the addresses of one subnet on one device the first is primary, the others are secondary and go with it.
 */
import {
  type AddressInput,
  type AddressMessage,
  addressFlags,
  messageFlags,
  routeScope,
} from '@ripstop/netlink';
import { type Address, ipv4FromNumber, ipv4ToNumber, maskFromLength, prefixOf } from '@ripstop/wire';
import { type Announce, type Author, kernelItself } from '../announcement.ts';
import type { Device, Devices } from '../device.ts';
import { Refusal } from '../refusal.ts';
import type { Ipv4Fib } from './fib.ts';

const { secondary, permanent, noPrefixRoute } = addressFlags.masks;
const { create, replace, append } = messageFlags.masks;
const { values: scopes } = routeScope;
/** IFA_F_* that a request may set here. */
const SETTABLE = noPrefixRoute;
const FOREVER = 0xffff_ffff;

interface Ipv4InterfaceAddress {
  readonly local: Address;
  /** Of the other end of a point-to-point link; else the same as `local`. */
  readonly peer: Address;
  readonly prefixLength: number;
  readonly broadcast: Address | undefined;
  readonly scope: number;
  readonly flags: number;
  readonly protocol: AddressMessage['protocol'] | undefined;
  readonly priority: number | undefined;
}

export class Ipv4Addresses {
  readonly #devices: Devices;
  readonly #fib: Ipv4Fib;
  readonly #announce: Announce;
  /** By the device's index; primary addresses first. */
  readonly #addresses = new Map<number, readonly Ipv4InterfaceAddress[]>();

  constructor(devices: Devices, fib: Ipv4Fib, announce: Announce) {
    this.#devices = devices;
    this.#fib = fib;
    this.#announce = announce;
  }

  /** RTM_NEWADDR. @param flags NLM_F_* @throws Refusal */
  add(request: AddressMessage, flags: number, author: Author): void {
    const device = this.#deviceOf(request);
    const given = addressOf(request);
    const others = this.#of(device);
    if (others.some((other) => isSameSubnet(other, given) && other.local === given.local)) {
      if ((flags & replace) === 0) throw new Refusal('EEXIST', 'ipv4: Address already assigned');
      this.#replace(device, given, author);
      return;
    }
    const sibling = others.find((other) => isSameSubnet(other, given));
    if (sibling !== undefined && sibling.scope !== given.scope)
      throw new Refusal('EINVAL', 'ipv4: Invalid scope value');
    const address = sibling === undefined ? given : { ...given, flags: given.flags | secondary };
    const last = others.findLastIndex((other) => !isSecondary(other) && given.scope <= other.scope);
    const place = isSecondary(address) ? others.length : last + 1;
    this.#addresses.set(device.index, others.toSpliced(place, 0, address));
    this.#announce('address', 'new', messageOf(device, address), 0, author);
    this.#addRoutes(device, address);
    this.#fib.deviceFound(device);
  }

  /** RTM_DELADDR. @throws Refusal */
  delete(request: AddressMessage, author: Author): void {
    const device = this.#deviceOf(request);
    const { local, address, prefixLength } = request;
    const found = this.#of(device).find(
      (one) =>
        (local === undefined || local === one.local) &&
        (address === undefined ||
          (prefixLength === one.prefixLength &&
            prefixOf(address, prefixLength) === prefixOf(one.peer, prefixLength))),
    );
    if (found === undefined) throw new Refusal('EADDRNOTAVAIL', 'ipv4: Address not found');
    this.#delete(device, found, author);
  }

  /** The device is up: what hangs on its addresses is there again. */
  deviceUp(device: Device): void {
    if (device.isLoopback && this.#of(device).length === 0) this.#addLoopback(device);
    for (const address of this.#of(device)) this.#addRoutes(device, address);
  }

  deviceRenamed(device: Device): void {
    for (const address of this.#of(device))
      this.#announce('address', 'new', messageOf(device, address), 0, kernelItself);
  }

  deviceDeleted(device: Device): void {
    for (let [first] = this.#of(device); first !== undefined; [first] = this.#of(device))
      this.#delete(device, first, kernelItself);
    this.#addresses.delete(device.index);
  }

  list(index: number | undefined): AddressInput[] {
    return [...this.#devices]
      .filter((device) => !index || device.index === index)
      .flatMap((device) => this.#of(device).map((address) => messageOf(device, address)));
  }

  #of(device: Device): readonly Ipv4InterfaceAddress[] {
    return this.#addresses.get(device.index) ?? [];
  }

  #deviceOf({ interfaceIndex }: AddressMessage): Device {
    const device = this.#devices.find(interfaceIndex);
    if (device === undefined) throw new Refusal('ENODEV', 'ipv4: Device not found');
    return device;
  }

  #replace(device: Device, given: Ipv4InterfaceAddress, author: Author): void {
    const others = this.#of(device);
    const address =
      others.find((other) => isSameSubnet(other, given) && other.local === given.local) ?? given;
    this.#announce('address', 'new', messageOf(device, address), replace, author);
  }

  #addLoopback(device: Device): void {
    const address = { family: 'ipv4', interfaceIndex: device.index, prefixLength: 8 } as const;
    const both = { local: '127.0.0.1', address: '127.0.0.1' };
    this.add({ ...address, ...both, headerFlags: 0, scope: 'host' }, create, kernelItself);
  }

  #delete(device: Device, address: Ipv4InterfaceAddress, author: Author): void {
    const isDependent = (other: Ipv4InterfaceAddress): boolean =>
      isSecondary(other) && isSameSubnet(other, address);
    if (!isSecondary(address)) {
      for (const other of this.#of(device).filter(isDependent)) this.#deleteOne(device, other, author);
    }
    this.#deleteOne(device, address, author);
  }

  /** Linux: that the address is gone is told before its routes are. */
  #deleteOne(device: Device, address: Ipv4InterfaceAddress, author: Author): void {
    const primary = this.#primaryOf(device, address);
    const others = this.#of(device).filter((other) => other !== address);
    this.#addresses.set(device.index, others);
    this.#announce('address', 'delete', messageOf(device, address), 0, author);
    this.#removeRoutes(device, address, primary);
    if (others.length === 0) this.#fib.deviceLost(device.index, 'without-addresses');
  }

  #primaryOf(device: Device, address: Ipv4InterfaceAddress): Ipv4InterfaceAddress {
    return this.#of(device).find((other) => !isSecondary(other) && isSameSubnet(other, address)) ?? address;
  }

  #addRoutes(device: Device, address: Ipv4InterfaceAddress): void {
    const { local } = this.#primaryOf(device, address);
    const { broadcast, peer, prefixLength, flags, priority } = address;
    const insert = (type: 'local' | 'broadcast' | 'unicast', prefix: string, metric = 0): void => {
      unlessRefused(() =>
        this.#fib.insert(routeRequest(device, type, prefix, local, metric), create | append, kernelItself),
      );
    };
    insert('local', `${address.local}/32`);
    if (!device.isUp) return;
    if (broadcast !== undefined && broadcast !== '255.255.255.255') insert('broadcast', `${broadcast}/32`);
    const subnet = prefixOf(peer, prefixLength);
    if (isZeroNet(subnet) || isSecondary(address) || subnet === `${address.local}/32`) return;
    if ((flags & noPrefixRoute) === 0) insert(device.isLoopback ? 'local' : 'unicast', subnet, priority);
    if (prefixLength < 31) insert('broadcast', `${lastOf(peer, prefixLength)}/32`);
  }

  #removeRoutes(device: Device, address: Ipv4InterfaceAddress, primary: Ipv4InterfaceAddress): void {
    const { broadcast, peer, prefixLength, flags, local, priority } = address;
    const remove = (type: 'local' | 'broadcast' | 'unicast', prefix: string, metric = 0): void => {
      const request = routeRequest(device, type, prefix, primary.local, metric);
      unlessRefused(() => this.#fib.remove(request, kernelItself));
    };
    const others = this.#of(device).filter((other) => !isSecondary(other) && other.local === primary.local);
    const isKept = (broadcastAddress: Address | undefined): boolean =>
      others.some(
        (other) =>
          broadcastAddress === other.broadcast || broadcastAddress === lastOf(other.peer, other.prefixLength),
      );
    const subnet = prefixOf(peer, prefixLength);
    const hasSubnet = !isSecondary(address) && !isZeroNet(subnet) && subnet !== `${local}/32`;
    if (hasSubnet && (flags & noPrefixRoute) === 0)
      remove(device.isLoopback ? 'local' : 'unicast', subnet, priority);
    if (broadcast !== undefined && !isKept(broadcast)) remove('broadcast', `${broadcast}/32`);
    const last = lastOf(peer, prefixLength);
    if (hasSubnet && prefixLength < 31 && !isKept(last)) remove('broadcast', `${last}/32`);
    if (others.some((other) => other.local === local)) return;
    remove('local', `${local}/32`);
    this.#fib.sourceLost(local);
  }
}

function addressOf(request: AddressMessage): Ipv4InterfaceAddress {
  const { local, address = local, prefixLength, broadcast, priority } = request;
  if (prefixLength > 32) throw new Refusal('EINVAL', 'ipv4: Invalid prefix length');
  if (local === undefined || address === undefined)
    throw new Refusal('EINVAL', 'ipv4: Local address is not supplied');
  return {
    local,
    peer: address,
    prefixLength,
    broadcast,
    scope: routeScope.numberOf(request.scope),
    flags: permanent | ((request.flags ?? request.headerFlags) & SETTABLE),
    protocol: request.protocol,
    priority,
  };
}

function messageOf(device: Device, address: Ipv4InterfaceAddress): AddressInput {
  const { local, peer, prefixLength, broadcast, scope, flags, protocol, priority } = address;
  return {
    family: 'ipv4',
    prefixLength,
    headerFlags: flags & 0xff,
    scope,
    interfaceIndex: device.index,
    address: peer,
    local,
    broadcast,
    label: device.name,
    flags,
    cacheInfo: { preferredLifetime: FOREVER, validLifetime: FOREVER, created: 0, updated: 0 },
    protocol,
    priority,
  };
}

/** What Linux' fib_magic() asks for. */
function routeRequest(
  device: Device,
  type: 'local' | 'broadcast' | 'unicast',
  prefix: string,
  preferredSource: Address,
  priority: number,
) {
  const [destination = '', length] = prefix.split('/');
  return {
    family: 'ipv4',
    destination,
    destinationLength: Number(length),
    sourceLength: 0,
    tos: 0,
    headerTable: 0,
    flags: 0,
    table: type === 'unicast' ? 254 : 255,
    protocol: 'kernel',
    scope: type === 'local' ? scopes.host : scopes.link,
    type,
    preferredSource,
    outputInterface: device.index,
    priority,
  } as const;
}

/** Routes of addresses are asked for again and again: that they are there, or gone, is no failure. */
function unlessRefused(change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function isSecondary({ flags }: Ipv4InterfaceAddress): boolean {
  return (flags & secondary) !== 0;
}

function isSameSubnet(one: Ipv4InterfaceAddress, other: Ipv4InterfaceAddress): boolean {
  const { prefixLength } = one;
  return (
    prefixLength === other.prefixLength &&
    prefixOf(one.peer, prefixLength) === prefixOf(other.peer, prefixLength)
  );
}

function isZeroNet(prefix: string): boolean {
  return prefix.startsWith('0.');
}

/** The last address of a subnet. */
function lastOf(address: Address, length: number): Address {
  return ipv4FromNumber(((ipv4ToNumber(address) ?? 0) | ~maskFromLength(length)) >>> 0);
}
