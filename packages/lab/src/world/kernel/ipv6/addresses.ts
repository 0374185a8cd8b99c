/**
 * IPv6 addresses of the simulated kernel's devices, and the routes that come and go with them: net/ipv6/addrconf.c. There
 * is no duplicate address detection, and no address comes by itself but ::1. Forwarding is on: so every subnet has its
 * routers' anycast address.
 *
 * Linux: whoever asked for a change of an IPv6 address, it is told as the kernel's own.
 *
 * Before it: requests and the world's hands. After it: `fib.ts`, notifications.
 */
import {
  type AddressInput,
  type AddressMessage,
  addressFlags,
  messageFlags,
  nextHopFlags,
  routeProtocol,
  routeTables,
  routeType,
} from '@ripstop/netlink';
import { type Address, prefixAddress, prefixOf } from '@ripstop/wire';
import { type Announce, kernelItself } from '../announcement.ts';
import type { Device, Devices } from '../device.ts';
import { Refusal } from '../refusal.ts';
import type { Ipv6Fib } from './fib.ts';
import { isLinkLocal } from './next-hop.ts';
import type { Ipv6Route } from './route.ts';

const { permanent, noDuplicateDetection, noPrefixRoute } = addressFlags.masks;
const { replace } = messageFlags.masks;
const { values: types } = routeType;
const SETTABLE = noDuplicateDetection | noPrefixRoute;
const FOREVER = 0xffff_ffff;
/** Linux: IP6_RT_PRIO_ADDRCONF, the priority of routes to subnets; routes to single addresses have 0. */
const SUBNET_PRIORITY = 256;
const MULTICAST = 'ff00::/8';

interface Ipv6InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  readonly flags: number;
}

export class Ipv6Addresses {
  readonly #devices: Devices;
  readonly #fib: Ipv6Fib;
  readonly #announce: Announce;
  /** By the device's index. */
  readonly #addresses = new Map<number, readonly Ipv6InterfaceAddress[]>();

  constructor(devices: Devices, fib: Ipv6Fib, announce: Announce) {
    this.#devices = devices;
    this.#fib = fib;
    this.#announce = announce;
  }

  /** RTM_NEWADDR. @param flags NLM_F_* @throws Refusal */
  add(request: AddressMessage, flags: number): void {
    const device = this.#deviceOf(request);
    const { prefixLength, local = request.address } = request;
    if (local === undefined) throw new Refusal('EINVAL');
    if (prefixLength > 128) throw new Refusal('EINVAL', 'ipv6: Invalid prefix length');
    const given = (request.flags ?? request.headerFlags) & SETTABLE;
    const address = { address: local, prefixLength, flags: permanent | given };
    if (this.#of(device).some((other) => other.address === local)) {
      if ((flags & replace) === 0) throw new Refusal('EEXIST', 'ipv6: address already assigned');
      this.#announce('address', 'new', messageOf(device, address), replace, kernelItself);
      return;
    }
    // Linux: what reaches farther comes first, and younger before older.
    const others = this.#of(device);
    const place = others.findIndex((other) => reachOf(address.address) >= reachOf(other.address));
    this.#addresses.set(device.index, others.toSpliced(place < 0 ? others.length : place, 0, address));
    // Linux: on a device that is down, the address has its subnet's route when it is up.
    if (device.isUp) {
      this.#insert(device, 'multicast', MULTICAST);
      this.#addSubnet(device, address);
    }
    this.#announce('address', 'new', messageOf(device, address), 0, kernelItself);
    this.#addOwn(device, address);
  }

  /** RTM_DELADDR. @throws Refusal */
  delete(request: AddressMessage): void {
    const device = this.#deviceOf(request);
    const { prefixLength, local = request.address } = request;
    const found = this.#of(device).find((one) => one.address === local && one.prefixLength === prefixLength);
    if (found === undefined) throw new Refusal('EADDRNOTAVAIL', 'ipv6: address not found');
    const others = this.#of(device).filter((other) => other !== found);
    this.#addresses.set(device.index, others);
    this.#announce('address', 'delete', messageOf(device, found), 0, kernelItself);
    const subnet = prefixOf(found.address, found.prefixLength);
    const isKept = others.some((other) => prefixOf(other.address, other.prefixLength) === subnet);
    if (!isKept) this.#remove(device, 'anycast', `${prefixAddress(subnet)}/128`);
    this.#remove(device, 'local', `${found.address}/128`);
    if (!isKept && (found.flags & noPrefixRoute) === 0) this.#remove(device, 'unicast', subnet);
  }

  /** The device was set up: what hangs on its addresses is there, but for what an address has had from the beginning. */
  deviceUp(device: Device): void {
    if (device.isLoopback && this.#of(device).length === 0) this.#addLoopback(device);
    for (const address of this.#of(device)) this.#addSubnet(device, address);
  }

  /** The device has become usable. */
  deviceRunning(device: Device): void {
    this.#insert(device, 'multicast', MULTICAST);
  }

  /** Linux: an IPv6 address does not outlive its device's going down. */
  deviceDown(device: Device): void {
    for (const address of this.#of(device))
      this.#announce('address', 'delete', messageOf(device, address), 0, kernelItself);
    this.#addresses.delete(device.index);
  }

  list(index: number | undefined): AddressInput[] {
    return [...this.#devices]
      .filter((device) => !index || device.index === index)
      .flatMap((device) => this.#of(device).map((address) => messageOf(device, address)));
  }

  #of(device: Device): readonly Ipv6InterfaceAddress[] {
    return this.#addresses.get(device.index) ?? [];
  }

  #deviceOf({ interfaceIndex }: AddressMessage): Device {
    const device = this.#devices.find(interfaceIndex);
    if (device === undefined) throw new Refusal('ENODEV', 'ipv6: Unable to find the interface');
    return device;
  }

  #addLoopback(device: Device): void {
    const address = { address: '::1', prefixLength: 128, flags: permanent };
    this.#addresses.set(device.index, [address]);
    this.#addSubnet(device, address);
    this.#announce('address', 'new', messageOf(device, address), 0, kernelItself);
    this.#insert(device, 'local', '::1/128');
  }

  #addSubnet(device: Device, { address, prefixLength, flags }: Ipv6InterfaceAddress): void {
    if ((flags & noPrefixRoute) === 0) this.#insert(device, 'unicast', prefixOf(address, prefixLength));
  }

  #addOwn(device: Device, { address, prefixLength }: Ipv6InterfaceAddress): void {
    this.#insert(device, 'local', `${address}/128`);
    if (prefixLength < 127)
      this.#insert(device, 'anycast', `${prefixAddress(prefixOf(address, prefixLength))}/128`);
  }

  #insert(device: Device, type: keyof typeof types, prefix: string): void {
    this.#fib.addOwn(routeOf(device, type, prefix));
  }

  #remove(device: Device, type: keyof typeof types, prefix: string): void {
    this.#fib.removeOwn(routeOf(device, type, prefix));
  }
}

function routeOf(device: Device, type: keyof typeof types, prefix: string): Ipv6Route {
  const isSingle = type === 'local' || type === 'anycast';
  return {
    table: type === 'unicast' ? routeTables.main : routeTables.local,
    prefix,
    priority: isSingle ? 0 : SUBNET_PRIORITY,
    protocol: routeProtocol.values.kernel,
    type: types[type],
    metrics: undefined,
    preferredSource: undefined,
    gateway: undefined,
    device: device.index,
    extraWeight: 0,
    flags: isSingle || device.hasCarrier ? 0 : nextHopFlags.masks.linkDown,
  };
}

function messageOf(device: Device, { address, prefixLength, flags }: Ipv6InterfaceAddress): AddressInput {
  return {
    family: 'ipv6',
    prefixLength,
    headerFlags: flags & 0xff,
    scope: scopeOf(address),
    interfaceIndex: device.index,
    address,
    flags,
    cacheInfo: { preferredLifetime: FOREVER, validLifetime: FOREVER, created: 0, updated: 0 },
    protocol: address === '::1' ? 'loopback' : undefined,
  };
}

function scopeOf(address: Address): 'host' | 'link' | 'global' {
  if (address === '::1') return 'host';
  return isLinkLocal(address) ? 'link' : 'global';
}

function reachOf(address: Address): number {
  return ['host', 'link', 'global'].indexOf(scopeOf(address));
}
