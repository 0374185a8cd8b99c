/**
 * A router's interface on a segment: joins the sockets above it, the kernel beside it and the segment below it.
 *
 * Before this file: `segment.ts` with what arrives. After it: the sockets of `datagrams.ts`.
 *
 * Invariant: the kernel says which addresses there are. Those that the port was given are those that it should have:
 * IPv6 addresses go when the link goes down, or when its packets get too small for IPv6, and whoever manages the machine
 * gives them back.
 */
import { addressFlags } from '@ripstop/netlink';
import { type Address, type AddressFamily, addressFamily, ipv4ToNumber, maskFromLength } from '@ripstop/wire';
import type { FakeKernel } from './kernel/fake-kernel.ts';
import type { Packet, Port, Segment } from './segment.ts';

export interface PortAddress {
  readonly address: Address;
  readonly prefixLength: number;
}

/** Where a port is, and what it is given. */
export interface PortOptions {
  readonly router: string;
  /** Its name. */
  readonly interface: string;
  /** Primary first. Without a link-local one of IPv6 the kernel makes it. */
  readonly addresses: readonly PortAddress[];
  readonly hardwareAddress: string;
}

const limitedBroadcast: Address = '255.255.255.255';
const { tentative } = addressFlags.masks;
/** RFC 8200 §5. */
const IPV6_MTU_MIN = 1280;

export class RouterPort implements Port {
  readonly router: string;
  readonly interface: string;
  readonly segment: Segment;
  readonly #kernel: FakeKernel;
  /** Those that it should have. */
  #given: readonly PortAddress[];
  #isUp = true;
  /** Get what arrives, by UDP port; those that are open. */
  readonly sockets = new Map<number, (packet: Packet) => void>();

  /** Plugs a link into the kernel; it is up. */
  constructor(options: PortOptions, segment: Segment, kernel: FakeKernel) {
    const { router, interface: name, addresses, hardwareAddress } = options;
    this.router = router;
    this.interface = name;
    this.segment = segment;
    this.#kernel = kernel;
    this.#given = addresses;
    kernel.addLink(name, {
      mtu: segment.mtu,
      detectsDuplicates: true,
      ...(!addresses.some(isLinkLocal) && { hardwareAddress }),
    });
    for (const { address, prefixLength } of addresses) kernel.addAddress(name, address, prefixLength);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Bytes of an IP packet. */
  get mtu(): number {
    return this.segment.mtu;
  }

  /** Those of a family that can be used now, in the kernel's order. */
  addresses(family: AddressFamily): readonly PortAddress[] {
    return this.#there(family)
      .filter(({ flags = 0 }) => (flags & tentative) === 0)
      .map(({ address, prefixLength }) => ({ address, prefixLength }));
  }

  /** Sets the interface administratively up or down: `ip link set`. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    this.#kernel.setUp(this.interface, isUp);
    if (isUp) this.#giveIpv6();
  }

  setMtu(mtu: number): void {
    this.#kernel.setMtu(this.interface, mtu);
    this.#giveIpv6();
  }

  /**
   * Gives the interface these addresses in place of those it has. Without a link-local one among them it keeps those that
   * it has.
   */
  readdress(addresses: readonly PortAddress[]): void {
    const before = this.#given;
    this.#given = addresses;
    this.#readdressIpv4(before.filter(isIpv4), addresses.filter(isIpv4));
    const keepsLinkLocal = !addresses.some(isLinkLocal);
    for (const one of this.#there('ipv6')) {
      if (addresses.some((other) => isSame(one, other)) || (keepsLinkLocal && isLinkLocal(one))) continue;
      this.#kernel.deleteAddress(this.interface, one.address, one.prefixLength);
    }
    this.#giveIpv6();
  }

  setCarrier(carrier: boolean): void {
    this.#kernel.setCarrier(this.interface, carrier);
  }

  has(address: Address): boolean {
    return this.addresses(addressFamily(address)).some((own) => own.address === address);
  }

  isMeant(destination: Address): boolean {
    return isMulticast(destination) || this.has(destination) || this.#isBroadcast(destination);
  }

  receive(packet: Packet): void {
    this.sockets.get(packet.port)?.(packet);
  }

  /** Their order counts: those that both lists begin with stay untouched. */
  #readdressIpv4(before: readonly PortAddress[], after: readonly PortAddress[]): void {
    const change = before.findIndex((one, at) => !isSame(one, after[at]));
    const kept = change < 0 ? before.length : change;
    for (const { address, prefixLength } of before.slice(kept))
      this.#kernel.deleteAddress(this.interface, address, prefixLength);
    for (const { address, prefixLength } of after.slice(kept))
      this.#kernel.addAddress(this.interface, address, prefixLength);
  }

  #giveIpv6(): void {
    if (this.mtu < IPV6_MTU_MIN) return;
    const there = this.#there('ipv6');
    for (const one of this.#given) {
      if (isIpv4(one) || there.some((other) => isSame(one, other))) continue;
      this.#kernel.addAddress(this.interface, one.address, one.prefixLength);
    }
  }

  #isBroadcast(destination: Address): boolean {
    if (destination === limitedBroadcast) return true;
    const number = ipv4ToNumber(destination);
    if (number === undefined) return false;
    return this.addresses('ipv4').some(
      ({ address, prefixLength }) =>
        prefixLength < 31 && ((ipv4ToNumber(address) ?? 0) | ~maskFromLength(prefixLength)) >>> 0 === number,
    );
  }

  #there(family: AddressFamily): readonly (PortAddress & { readonly flags?: number | undefined })[] {
    return this.#kernel
      .addresses(this.interface)
      .filter((message) => message.family === family)
      .map(({ local, address = '', prefixLength = 0, flags }) => ({
        address: local ?? address,
        prefixLength,
        flags,
      }));
  }
}

/** 224.0.0.0/4, ff00::/8. */
export function isMulticast(address: Address): boolean {
  if (address.includes(':')) return address.startsWith('ff');
  const first = Number.parseInt(address, 10);
  return first >= 224 && first < 240;
}

/** fe80::/10. */
export function isLinkLocal({ address }: Pick<PortAddress, 'address'>): boolean {
  return /^fe[89ab]/.test(address);
}

function isIpv4({ address }: PortAddress): boolean {
  return addressFamily(address) === 'ipv4';
}

function isSame(one: PortAddress, other: PortAddress | undefined): boolean {
  return one.address === other?.address && one.prefixLength === other.prefixLength;
}
