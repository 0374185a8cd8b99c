/**
 * A router's interface on a segment: joins the socket above it, the kernel beside it and the segment below it.
 *
 * Before this file: `segment.ts` with what arrives. After it: the socket of `datagrams.ts`.
 */
import { type Address, ipv4ToNumber, maskFromLength } from '@ripstop/wire';
import type { FakeKernel } from './kernel/fake-kernel.ts';
import type { Packet, Port, Segment } from './segment.ts';

export interface PortAddress {
  readonly address: Address;
  readonly prefixLength: number;
}

const limitedBroadcast: Address = '255.255.255.255';

export class RouterPort implements Port {
  readonly router: string;
  readonly interface: string;
  readonly segment: Segment;
  readonly #kernel: FakeKernel;
  #addresses: readonly PortAddress[];
  #isUp = true;
  /** Gets what arrives; undefined: no socket is open here. */
  socket: ((packet: Packet) => void) | undefined;

  constructor(
    router: string,
    name: string,
    addresses: readonly PortAddress[],
    segment: Segment,
    kernel: FakeKernel,
  ) {
    this.router = router;
    this.interface = name;
    this.#addresses = addresses;
    this.segment = segment;
    this.#kernel = kernel;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get addresses(): readonly PortAddress[] {
    return this.#addresses;
  }

  /** Sets the interface administratively up or down: `ip link set`. */
  setUp(isUp: boolean): void {
    this.#isUp = isUp;
    this.#kernel.setUp(this.interface, isUp);
  }

  /** Gives the interface these addresses in place of those it has. Those that both lists begin with stay untouched. */
  readdress(addresses: readonly PortAddress[]): void {
    const before = this.#addresses;
    this.#addresses = addresses;
    const change = before.findIndex(
      ({ address, prefixLength }, at) =>
        address !== addresses[at]?.address || prefixLength !== addresses[at].prefixLength,
    );
    const kept = change < 0 ? before.length : change;
    for (const { address, prefixLength } of before.slice(kept))
      this.#kernel.deleteAddress(this.interface, address, prefixLength);
    for (const { address, prefixLength } of addresses.slice(kept))
      this.#kernel.addAddress(this.interface, address, prefixLength);
  }

  setCarrier(carrier: boolean): void {
    this.#kernel.setCarrier(this.interface, carrier);
  }

  has(address: Address): boolean {
    return this.#addresses.some((own) => own.address === address);
  }

  isMeant(destination: Address): boolean {
    const number = ipv4ToNumber(destination) ?? 0;
    if (number >= 0xe000_0000) return number < 0xf000_0000 || destination === limitedBroadcast;
    return this.#addresses.some(
      ({ address, prefixLength }) =>
        address === destination ||
        (prefixLength < 31 &&
          ((ipv4ToNumber(address) ?? 0) | ~maskFromLength(prefixLength)) >>> 0 === number),
    );
  }

  receive(packet: Packet): void {
    this.socket?.(packet);
  }
}
