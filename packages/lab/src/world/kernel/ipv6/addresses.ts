/**
 * IPv6 addresses of the simulated kernel's devices, and the routes that come and go with them: net/ipv6/addrconf.c.
 * Forwarding is on: so every subnet has its routers' anycast address.
 *
 * Linux: whoever asked for a change of an IPv6 address, it is told as the kernel's own. An address is *tentative* until
 * its duplicate address detection has ended, which takes a second or two; only then is it ours, and has the routes that
 * say so. Detection begins when the device is *ready*: for the first time with carrier since it was set up. Nobody has an
 * address twice here: detection always ends well.
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
import type { Millis } from '@ripstop/rip';
import { type Address, ipv6FromBytes, prefixAddress, prefixOf } from '@ripstop/wire';
import { type Announce, kernelItself } from '../announcement.ts';
import type { Device, Devices } from '../device.ts';
import { Refusal } from '../refusal.ts';
import type { Ipv6Fib } from './fib.ts';
import { isLinkLocal } from './next-hop.ts';
import type { Ipv6Route } from './route.ts';

const { permanent, noDuplicateDetection, noPrefixRoute, tentative } = addressFlags.masks;
const { replace } = messageFlags.masks;
const { values: types } = routeType;
const SETTABLE = noDuplicateDetection | noPrefixRoute;
const FOREVER = 0xffff_ffff;
/** Linux: IP6_RT_PRIO_ADDRCONF, the priority of routes to subnets; routes to single addresses have 0. */
const SUBNET_PRIORITY = 256;
const MULTICAST = 'ff00::/8';
/** RFC 4862 §5.1: RetransTimer. Linux waits up to a second before it begins: this kernel has no chance in it. */
const DETECTION: Millis = 1_000;

/** Calls something when a time has passed. */
export type After = (delay: Millis, callback: () => void) => void;

interface Ipv6InterfaceAddress {
  readonly address: Address;
  readonly prefixLength: number;
  readonly flags: number;
  /** Counts addresses: later ones have more. Linux tells the time in hundredths of a second. */
  readonly created: number;
  /** Who put it there, if the kernel itself. */
  readonly protocol?: 'loopback' | 'link-local';
}

export class Ipv6Addresses {
  readonly #devices: Devices;
  readonly #fib: Ipv6Fib;
  readonly #announce: Announce;
  readonly #after: After;
  /** By the device's index. */
  readonly #addresses = new Map<number, readonly Ipv6InterfaceAddress[]>();
  /** Indexes of devices that have had carrier since they were set up. */
  readonly #ready = new Set<number>();
  #created = 0;

  constructor(devices: Devices, fib: Ipv6Fib, announce: Announce, after: After) {
    this.#devices = devices;
    this.#fib = fib;
    this.#announce = announce;
    this.#after = after;
  }

  /** RTM_NEWADDR. @param flags NLM_F_* @throws Refusal */
  add(request: AddressMessage, flags: number): void {
    const device = this.#deviceOf(request);
    const { prefixLength, local = request.address } = request;
    if (local === undefined || !device.hasIpv6) throw new Refusal('EINVAL');
    if (prefixLength > 128) throw new Refusal('EINVAL', 'ipv6: Invalid prefix length');
    const given = (request.flags ?? request.headerFlags) & SETTABLE;
    const there = this.#of(device).find((other) => other.address === local);
    if (there !== undefined) {
      if ((flags & replace) === 0) throw new Refusal('EEXIST', 'ipv6: address already assigned');
      if (!isTentative(there)) this.#tell('new', device, there);
      return;
    }
    const state = (given & noDuplicateDetection) === 0 ? tentative : 0;
    const address = this.#make(device, local, prefixLength, given | state);
    // Linux: on a device that is down, the address has its subnet's route when it is up.
    if (device.isUp) {
      this.#insert(device, 'multicast', MULTICAST);
      this.#addSubnet(device, address);
    }
    this.#tell('new', device, address);
    if (isTentative(address)) this.#detect(device, address);
    else this.#addOwn(device, address);
  }

  /** RTM_DELADDR. @throws Refusal */
  delete(request: AddressMessage): void {
    const device = this.#deviceOf(request);
    const { prefixLength, local = request.address } = request;
    const found = this.#of(device).find((one) => one.address === local && one.prefixLength === prefixLength);
    if (found === undefined) throw new Refusal('EADDRNOTAVAIL', 'ipv6: address not found');
    const others = this.#of(device).filter((other) => other !== found);
    this.#addresses.set(device.index, others);
    this.#tell('delete', device, found);
    const subnet = prefixOf(found.address, found.prefixLength);
    const ofSubnet = others.filter((other) => prefixOf(other.address, other.prefixLength) === subnet);
    if (ofSubnet.every(isTentative)) this.#remove(device, 'anycast', `${prefixAddress(subnet)}/128`);
    this.#remove(device, 'local', `${found.address}/128`);
    if (ofSubnet.length === 0 && (found.flags & noPrefixRoute) === 0) this.#remove(device, 'unicast', subnet);
  }

  /** The device was set up: what hangs on its addresses is there, but for what an address has had from the beginning. */
  deviceUp(device: Device): void {
    if (device.isLoopback && this.#of(device).length === 0) this.#addLoopback(device);
    for (const address of this.#of(device)) this.#addSubnet(device, address);
  }

  /** The device has carrier; nobody has been told yet. Linux: its own link-local address is not told while tentative. */
  deviceRunning(device: Device): void {
    this.#insert(device, 'multicast', MULTICAST);
    if (this.#ready.has(device.index) || device.hardwareAddress === undefined) return;
    const address = linkLocalOf(device.hardwareAddress);
    if (this.#of(device).some((other) => other.address === address)) return;
    this.#addSubnet(device, this.#make(device, address, 64, tentative, 'link-local'));
  }

  /** Everybody has been told that the device has carrier. What is being detected already ends when it would have ended. */
  deviceReady(device: Device): void {
    this.#ready.add(device.index);
    for (const address of this.#of(device)) if (isTentative(address)) this.#detect(device, address);
  }

  /** Linux: an IPv6 address does not outlive its device's going down. */
  deviceDown(device: Device): void {
    this.#ready.delete(device.index);
    for (const address of this.#of(device)) this.#tell('delete', device, address);
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
    const address = this.#make(device, '::1', 128, 0, 'loopback');
    this.#addSubnet(device, address);
    this.#tell('new', device, address);
    this.#insert(device, 'local', '::1/128');
  }

  /** Linux: what reaches farther comes first, and younger before older. */
  #make(
    device: Device,
    address: Address,
    prefixLength: number,
    flags: number,
    protocol?: 'loopback' | 'link-local',
  ): Ipv6InterfaceAddress {
    this.#created += 1;
    const made = {
      address,
      prefixLength,
      flags: permanent | flags,
      created: this.#created,
      ...(protocol && { protocol }),
    };
    const others = this.#of(device);
    const place = others.findIndex((other) => reachOf(address) >= reachOf(other.address));
    this.#addresses.set(device.index, others.toSpliced(place < 0 ? others.length : place, 0, made));
    return made;
  }

  /** Linux: where nobody is asked, detection ends as soon as it begins, and does not wait for the carrier. */
  #detect(device: Device, address: Ipv6InterfaceAddress): void {
    if (!device.detectsDuplicates) this.#settle(device, address);
    else if (this.#ready.has(device.index)) this.#after(DETECTION, () => this.#settle(device, address));
  }

  /** Detection has ended, unless the address has gone meanwhile. */
  #settle(device: Device, address: Ipv6InterfaceAddress): void {
    const all = this.#of(device);
    const at = all.indexOf(address);
    if (at < 0) return;
    const settled = { ...address, flags: address.flags & ~tentative };
    this.#addresses.set(device.index, all.with(at, settled));
    this.#tell('new', device, settled);
    this.#addOwn(device, settled);
  }

  #addSubnet(device: Device, { address, prefixLength, flags }: Ipv6InterfaceAddress): void {
    if ((flags & noPrefixRoute) === 0) this.#insert(device, 'unicast', prefixOf(address, prefixLength));
  }

  #addOwn(device: Device, { address, prefixLength }: Ipv6InterfaceAddress): void {
    this.#insert(device, 'local', `${address}/128`);
    if (prefixLength < 127)
      this.#insert(device, 'anycast', `${prefixAddress(prefixOf(address, prefixLength))}/128`);
  }

  #tell(operation: 'new' | 'delete', device: Device, address: Ipv6InterfaceAddress): void {
    this.#announce('address', operation, messageOf(device, address), 0, kernelItself);
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

function messageOf(device: Device, one: Ipv6InterfaceAddress): AddressInput {
  const { address, prefixLength, flags, created, protocol } = one;
  return {
    family: 'ipv6',
    prefixLength,
    headerFlags: flags & 0xff,
    scope: scopeOf(address),
    interfaceIndex: device.index,
    address,
    flags,
    cacheInfo: { preferredLifetime: FOREVER, validLifetime: FOREVER, created, updated: created },
    protocol,
  };
}

function isTentative({ flags }: Ipv6InterfaceAddress): boolean {
  return (flags & tentative) !== 0;
}

/** EUI-64, RFC 4291 appendix A. */
function linkLocalOf(hardwareAddress: string): Address {
  const bytes = hardwareAddress.split(':').map((digits) => Number.parseInt(digits, 16));
  const [first = 0, ...others] = bytes;
  const identifier = [first ^ 0x02, ...others.slice(0, 2), 0xff, 0xfe, ...others.slice(2)];
  return ipv6FromBytes(Uint8Array.from([0xfe, 0x80, 0, 0, 0, 0, 0, 0, ...identifier]));
}

function scopeOf(address: Address): 'host' | 'link' | 'global' {
  if (address === '::1') return 'host';
  return isLinkLocal(address) ? 'link' : 'global';
}

function reachOf(address: Address): number {
  return ['host', 'link', 'global'].indexOf(scopeOf(address));
}
