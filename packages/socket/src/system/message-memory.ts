/**
 * Memory that `recvmmsg` fills: datagrams, their senders' addresses, and what the kernel tells beside them. Before: `libc`.
 * After: `udp/receive-queue`, `netlink-queue`. recvmmsg(2), recvmsg(2), cmsg(3)
 *
 * The message headers are made once, and not of objects for each call as that of sendmsg is: that would cost more than the
 * call. Payloads are copied out of it: room for the longest is needed, and what is read is mostly short. Pages that no
 * datagram has reached take no memory.
 *
 * Invariants: the headers lie in the same memory as all that they point to, and point nowhere else. Whoever has that
 * memory, as an argument of the call, has it all, so garbage collection can free no part of it; and a buffer stays where it
 * is. When a call begins, all lengths are as they were made: the kernel writes over those that it uses.
 */
import { littleEndianHost, viewOf } from '@ripstop/wire';
import { encode, offsetof } from 'koffi';
import { messageHeader, messageSlot, vector } from './headers.ts';
import { libc } from './libc.ts';

/** Bytes that there is to be room for with each message; those of control messages are a multiple of 8. */
interface Room {
  readonly control: number;
  readonly address: number;
  readonly payload: number;
}

/** Where the parts of one message are. */
interface Place {
  /** Control messages; zero where the kernel wrote nothing. */
  readonly control: Uint8Array;
  /** The sender's socket address. A shorter one leaves the rest as it was. */
  readonly address: Uint8Array;
  readonly payload: Uint8Array;
  /** Where its header begins. */
  readonly headerOffset: number;
}

const NONE: readonly Place[] = [];
// In a message's header.
const ADDRESS_LENGTH_OFFSET = offsetof(messageHeader, 'msg_namelen');
const CONTROL_LENGTH_OFFSET = offsetof(messageHeader, 'msg_controllen');
const LENGTH_OFFSET = offsetof(messageSlot, 'msg_len');

export class MessageMemory {
  /** Messages that one call can read. */
  readonly count: number;

  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #places: readonly Place[];
  readonly #controls: Uint8Array;
  readonly #room: Room;
  /** What the last call read. */
  #used = NONE;

  constructor(count: number, room: Room) {
    this.count = count;
    // In this order each part begins at a multiple of what its members need.
    const vectorsOffset = count * messageSlot.size;
    const controlsOffset = vectorsOffset + count * vector.size;
    const addressesOffset = controlsOffset + count * room.control;
    const payloadsOffset = addressesOffset + count * room.address;
    const memory = new Uint8Array(payloadsOffset + count * room.payload);
    const part = (offset: number, at: number, size: number): Uint8Array =>
      memory.subarray(offset + at * size, offset + (at + 1) * size);
    this.#places = Array.from({ length: count }, (_, at) => {
      const headerOffset = at * messageSlot.size;
      const vectorOffset = vectorsOffset + at * vector.size;
      const control = part(controlsOffset, at, room.control);
      const address = part(addressesOffset, at, room.address);
      const payload = part(payloadsOffset, at, room.payload);
      encode(memory, vectorOffset, vector, { iov_base: payload, iov_len: room.payload });
      encode(memory, headerOffset, messageHeader, {
        msg_name: address,
        msg_namelen: room.address,
        msg_iov: memory.subarray(vectorOffset),
        msg_iovlen: 1,
        msg_control: control,
        msg_controllen: room.control,
        msg_flags: 0,
      });
      return { control, address, payload, headerOffset };
    });
    this.#memory = memory;
    this.#view = viewOf(memory);
    this.#controls = memory.subarray(controlsOffset, addressesOffset);
    this.#room = room;
  }

  /**
   * Reads datagrams in order, until nothing is queued or there are `count`. They are there until the next call.
   *
   * Linux: an error that ends a call early is told by the next one.
   *
   * @param flags MSG_TRUNC: lengths are those that were sent, not those that there was room for
   * @returns how many, or a negative errno if there is none
   */
  receive(fd: number, count: number, flags = 0): number {
    this.#restore();
    const received = libc.recvmmsg(fd, this.#memory, count, flags, null);
    this.#used = received > 0 ? this.#places.slice(0, received) : NONE;
    return received;
  }

  /**
   * Tells what the last call read, cut where there was no room.
   *
   * @param take gets the payload as a copy, which lies in one piece of memory with those of the others; and its length, as
   *   `receive` was asked for it
   */
  takeEach(
    take: (payload: Uint8Array, address: Uint8Array, control: Uint8Array, length: number) => void,
  ): void {
    const copies = this.#copies();
    for (const [at, place] of this.#used.entries()) {
      take(copies[at] as Uint8Array, place.address, place.control, this.#lengthOf(place));
    }
  }

  /** Payloads in one piece of memory: a piece for each would cost more. But one that is alone costs least by itself. */
  #copies(): Uint8Array[] {
    const [first] = this.#used;
    if (first !== undefined && this.#used.length === 1) return [first.payload.slice(0, this.#sizeOf(first))];
    const piece = new Uint8Array(this.#used.reduce((size, place) => size + this.#sizeOf(place), 0));
    let end = 0;
    return this.#used.map((place) => {
      const offset = end;
      end += this.#sizeOf(place);
      piece.set(place.payload.subarray(0, end - offset), offset);
      return piece.subarray(offset, end);
    });
  }

  /** Bytes of a payload that are there. */
  #sizeOf(place: Place): number {
    return Math.min(this.#lengthOf(place), this.#room.payload);
  }

  #lengthOf({ headerOffset }: Place): number {
    return this.#view.getUint32(headerOffset + LENGTH_OFFSET, littleEndianHost);
  }

  /** Undoes what the last call did. Linux: of a header it changes lengths and flags, and those flags it does not read. */
  #restore(): void {
    const { address, control } = this.#room;
    for (const { headerOffset } of this.#used) {
      this.#view.setUint32(headerOffset + ADDRESS_LENGTH_OFFSET, address, littleEndianHost);
      this.#view.setBigUint64(headerOffset + CONTROL_LENGTH_OFFSET, BigInt(control), littleEndianHost);
    }
    this.#controls.fill(0, 0, this.#used.length * control);
  }
}
