/**
 * Memory that `recvmmsg` fills: datagrams, their senders' addresses, and what the kernel tells beside them. Before: `libc`.
 * After: `udp/receive-queue`. recvmmsg(2), recvmsg(2), cmsg(3)
 *
 * The message headers are made once, and not of objects for each call as that of sendmsg is: that would cost more than the
 * call. Payloads are copied out of it: room for the longest is needed, and what is read is mostly short. Pages that no
 * datagram has reached take no memory.
 *
 * Invariants: the headers lie in the same memory as all that they point to, and point nowhere else. Whoever has that
 * memory, as an argument of the call, has it all, so garbage collection can free no part of it; and a buffer stays where it
 * is. When a call begins, every header is as it was made: the kernel writes over those that it uses.
 */
import { littleEndianHost, viewOf } from '@ripstop/wire';
import { encode } from 'koffi';
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
  /** Of the length of what came. */
  readonly lengthOffset: number;
}

export class MessageMemory {
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #places: readonly Place[];
  /** The message headers as they were made. */
  readonly #made: Uint8Array;
  readonly #controls: Uint8Array;
  readonly #controlBytes: number;
  /** Messages that the last call read. */
  #used = 0;

  /** @param count messages that one call can read */
  constructor(count: number, room: Room) {
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
      return { control, address, payload, lengthOffset: headerOffset + messageHeader.size };
    });
    this.#memory = memory;
    this.#view = viewOf(memory);
    this.#made = memory.slice(0, vectorsOffset);
    this.#controls = memory.subarray(controlsOffset, addressesOffset);
    this.#controlBytes = room.control;
  }

  /**
   * Reads datagrams in order, until nothing is queued or there are `count`. They are there until the next call.
   *
   * @returns how many, or a negative errno if there is none
   */
  receive(fd: number, count: number): number {
    this.#restore();
    const received = libc.recvmmsg(fd, this.#memory, count, 0, null);
    this.#used = Math.max(received, 0);
    return received;
  }

  /**
   * Tells what the last call read, cut where there was no room.
   *
   * @param take gets the payload as a copy, which lies in one piece of memory with those of the others
   */
  takeEach(take: (payload: Uint8Array, address: Uint8Array, control: Uint8Array) => void): void {
    const places = this.#places.slice(0, this.#used);
    const copies = new Uint8Array(places.reduce((size, place) => size + this.#lengthOf(place), 0));
    let offset = 0;
    for (const place of places) {
      const length = this.#lengthOf(place);
      const copy = copies.subarray(offset, offset + length);
      copy.set(place.payload.subarray(0, length));
      take(copy, place.address, place.control);
      offset += length;
    }
  }

  #lengthOf({ lengthOffset }: Place): number {
    return this.#view.getUint32(lengthOffset, littleEndianHost);
  }

  /** Undoes what the last call did to the headers and the control messages. */
  #restore(): void {
    this.#memory.set(this.#made.subarray(0, this.#used * messageSlot.size));
    this.#controls.fill(0, 0, this.#used * this.#controlBytes);
  }
}
