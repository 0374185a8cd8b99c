/**
 * What the change of a device does to addresses and routes: the notifier chains of Linux, in their order.
 *
 * Before it: the world's hands and RTM_NEWLINK, RTM_SETLINK, RTM_DELLINK. After it: `device.ts`, the addresses and the
 * routing tables of both families.
 */
import { type LinkMessage, linkFlags } from '@ripstop/netlink';
import { type Author, kernelItself } from './announcement.ts';
import type { Device, Devices } from './device.ts';
import type { Ipv4Addresses } from './ipv4/addresses.ts';
import type { Ipv4Fib } from './ipv4/fib.ts';
import type { Ipv6Addresses } from './ipv6/addresses.ts';
import type { Ipv6Fib } from './ipv6/fib.ts';
import { Refusal } from './refusal.ts';

const { up, running } = linkFlags.masks;

/** Addresses and routing tables of both families. */
export interface Families {
  readonly ipv4: { readonly addresses: Ipv4Addresses; readonly fib: Ipv4Fib };
  readonly ipv6: { readonly addresses: Ipv6Addresses; readonly fib: Ipv6Fib };
}

export class Interfaces {
  readonly #devices: Devices;
  readonly #families: Families;

  constructor(devices: Devices, families: Families) {
    this.#devices = devices;
    this.#families = families;
  }

  /** RTM_NEWLINK and RTM_SETLINK of a device that is there. @throws Refusal */
  change(request: LinkMessage, author: Author): void {
    const { index, name, mtu, flags, change } = request;
    const device = index > 0 ? this.#devices.find(index) : this.#devices.named(name ?? '');
    if (device === undefined) throw new Refusal('ENODEV');
    if (index > 0 && name !== undefined) this.rename(device, name, author);
    if (mtu !== undefined) this.setMtu(device, mtu, author);
    if ((change & up) !== 0) this.setUp(device, (flags & up) !== 0, author);
  }

  /** @throws Refusal EEXIST */
  rename(device: Device, name: string, author: Author): void {
    if (name === device.name) return;
    this.#devices.rename(device, name);
    this.#devices.tell(device, author);
    this.#families.ipv4.addresses.deviceRenamed(device);
  }

  setUp(device: Device, isUp: boolean, author: Author): void {
    if (isUp === device.isUp) return;
    device.isUp = isUp;
    if (isUp) this.#goUp(device, author);
    else this.#goDown(device, author);
  }

  /** The other end of the wire came or went. */
  setWired(device: Device, isWired: boolean): void {
    if (isWired === device.isWired) return;
    device.isWired = isWired;
    if (device.isUp) this.#followCarrier(device);
  }

  /** Linux: IPv6 goes with an MTU that is too small for it, and comes back without what was added to it. */
  setMtu(device: Device, mtu: number, author: Author): void {
    const { addresses, fib } = this.#families.ipv6;
    if (mtu === device.mtu) return;
    const hadIpv6 = device.hasIpv6;
    device.mtu = mtu;
    this.#devices.tell(device, author);
    if (device.hasIpv6 === hadIpv6) return;
    if (hadIpv6) {
      fib.deviceLost(device.index, 'deleted');
      addresses.deviceDown(device);
    } else if (device.isRunning) {
      addresses.deviceRunning(device);
      addresses.deviceReady(device);
    }
  }

  /** @throws Refusal EOPNOTSUPP: `lo` stays */
  delete(device: Device, author: Author): void {
    if (device.isLoopback) throw new Refusal('EOPNOTSUPP');
    const { ipv4, ipv6 } = this.#families;
    this.setUp(device, false, author);
    ipv4.addresses.deviceDeleted(device);
    ipv4.fib.deviceLost(device.index, 'deleted');
    ipv6.fib.deviceLost(device.index, 'deleted');
    ipv6.addresses.deviceDown(device);
    this.#devices.delete(device, author);
  }

  #goUp(device: Device, author: Author): void {
    const { ipv4, ipv6 } = this.#families;
    if (device.isLoopback) device.isRunning = true;
    this.#devices.tell(device, author, up);
    ipv4.addresses.deviceUp(device);
    ipv4.fib.deviceFound(device);
    ipv6.addresses.deviceUp(device);
    if (!device.isLoopback) this.#followCarrier(device);
  }

  /** Linux: the deletion of IPv6 routes is told, that of IPv4 routes is not. */
  #goDown(device: Device, author: Author): void {
    const { ipv4, ipv6 } = this.#families;
    device.isRunning = false;
    this.#devices.tell(device, author, up | running);
    ipv4.fib.deviceLost(device.index, 'down');
    ipv6.fib.deviceLost(device.index, 'down');
    ipv6.addresses.deviceDown(device);
  }

  /** Linux: routes are marked, and the device's state is told, a moment after the carrier has changed. */
  #followCarrier(device: Device): void {
    if (device.isRunning === device.hasCarrier) return;
    const { ipv4, ipv6 } = this.#families;
    device.isRunning = device.hasCarrier;
    if (device.isRunning) {
      ipv4.fib.carrierFound(device.index);
      ipv6.fib.carrierFound(device.index);
      if (device.hasIpv6) ipv6.addresses.deviceRunning(device);
    } else {
      ipv4.fib.carrierLost(device.index);
      ipv6.fib.carrierLost(device.index);
    }
    this.#devices.tell(device, kernelItself);
    if (device.isRunning && device.hasIpv6) ipv6.addresses.deviceReady(device);
  }
}
