/**
 * Network devices: what they are, what RTM_NEWLINK says of them. What a change of a device does to addresses and routes is
 * the business of `interfaces.ts`.
 */
import { type LinkInput, linkFlags } from '@ripstop/netlink';
import { type Announce, type Author, kernelItself } from './announcement.ts';
import { Refusal } from './refusal.ts';

const { up, broadcast, loopback, running, multicast, lowerUp } = linkFlags.masks;

/** ARPHRD_*, linux/if_arp.h. */
const hardwareTypes = { ethernet: 1, loopback: 772 } as const;
/** IFF_* are 32 bits: all may have changed. */
const ALL_FLAGS = 0xffff_ffff;
/** RFC 8200 §5. */
const IPV6_MTU_MIN = 1280;

/** What a device is like when it is made. */
export interface DeviceOptions {
  /** Bytes. */
  readonly mtu: number;
  readonly isLoopback: boolean;
  /** The other end of the wire is there. */
  readonly isWired: boolean;
  /** Of Ethernet: `02:00:00:00:00:01`. With it the device makes itself a link-local IPv6 address. */
  readonly hardwareAddress: string | undefined;
  /** An IPv6 address is not used before its duplicate address detection has ended. */
  readonly detectsDuplicates: boolean;
}

export class Device {
  readonly index: number;
  readonly isLoopback: boolean;
  readonly hardwareAddress: string | undefined;
  readonly detectsDuplicates: boolean;
  name: string;
  mtu: number;
  /** Set up by the administrator. */
  isUp = false;
  /** The other end of the wire is there. */
  isWired: boolean;
  /** The operational state has followed: Linux does that a moment later than the administrator's change. */
  isRunning = false;

  constructor(index: number, name: string, options: DeviceOptions) {
    this.index = index;
    this.name = name;
    this.mtu = options.mtu;
    this.isLoopback = options.isLoopback;
    this.isWired = options.isWired;
    this.hardwareAddress = options.hardwareAddress;
    this.detectsDuplicates = options.detectsDuplicates;
  }

  /** Linux: a device whose packets are too small for IPv6 has none. */
  get hasIpv6(): boolean {
    return this.mtu >= IPV6_MTU_MIN;
  }

  /** Linux: a veth that is down has no carrier. */
  get hasCarrier(): boolean {
    return this.isLoopback || (this.isUp && this.isWired);
  }

  get flags(): number {
    const state = this.isUp ? up | (this.isRunning ? running : 0) | (this.hasCarrier ? lowerUp : 0) : 0;
    return state | (this.isLoopback ? loopback : broadcast | multicast);
  }

  message(): LinkInput {
    const { index, name, mtu, flags, isLoopback, hardwareAddress } = this;
    return {
      family: 'unspecified',
      type: isLoopback ? hardwareTypes.loopback : hardwareTypes.ethernet,
      index,
      flags,
      address: hardwareAddress,
      name,
      mtu,
      operationalState: this.#operationalState(),
      carrier: this.hasCarrier ? 1 : 0,
      ...(isLoopback ? {} : { linkInfo: { kind: 'veth' } }),
    };
  }

  #operationalState(): 'unknown' | 'up' | 'down' {
    if (this.isLoopback) return this.isUp ? 'unknown' : 'down';
    return this.isRunning ? 'up' : 'down';
  }
}

export class Devices {
  readonly #announce: Announce;
  readonly #devices = new Map<number, Device>();
  #nextIndex = 1;

  constructor(announce: Announce) {
    this.#announce = announce;
  }

  /** In the order of their indexes, which is the kernel's. */
  [Symbol.iterator](): IterableIterator<Device> {
    return this.#devices.values();
  }

  find(index: number): Device | undefined {
    return this.#devices.get(index);
  }

  named(name: string): Device | undefined {
    return [...this].find((device) => device.name === name);
  }

  /** @throws Refusal ENODEV */
  require(index: number): Device {
    const device = this.find(index);
    if (device === undefined) throw new Refusal('ENODEV');
    return device;
  }

  /** @throws Refusal EEXIST */
  add(name: string, options: DeviceOptions): Device {
    this.#requireFree(name);
    const device = new Device(this.#nextIndex, name, options);
    this.#nextIndex += 1;
    this.#devices.set(device.index, device);
    this.tell(device, kernelItself, ALL_FLAGS);
    return device;
  }

  /** @throws Refusal EEXIST */
  rename(device: Device, name: string): void {
    if (name === device.name) return;
    this.#requireFree(name);
    device.name = name;
  }

  delete(device: Device, author: Author): void {
    this.#devices.delete(device.index);
    this.#announce('link', 'delete', { ...device.message(), change: ALL_FLAGS }, 0, author);
  }

  /** @param change IFF_*: what is new */
  tell(device: Device, author: Author, change = 0): void {
    this.#announce('link', 'new', { ...device.message(), change }, 0, author);
  }

  #requireFree(name: string): void {
    if (this.named(name) !== undefined) throw new Refusal('EEXIST');
  }
}
