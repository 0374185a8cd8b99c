/**
 * Memory that `recvmmsg` fills: datagrams, their senders' addresses, and what the kernel tells beside them. Before: `libc`.
 * After: `udp/receive-queue`, `netlink-socket`. recvmmsg(2), recvmsg(2), cmsg(3)
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
  readonly header: number;
}

const ADDRESS_LENGTH = offsetof(messageHeader, 'msg_namelen');
const CONTROL_LENGTH = offsetof(messageHeader, 'msg_controllen');
const LENGTH = offsetof(messageSlot, 'msg_len');

export class MessageMemory {
  readonly #memory: Uint8Array;
  readonly #view: DataView;
  readonly #places: readonly Place[];
  readonly #controls: Uint8Array;
  readonly #room: Room;
  readonly #controlLength: bigint;
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
      return { control, address, payload, header: headerOffset };
    });
    this.#memory = memory;
    this.#view = viewOf(memory);
    this.#controls = memory.subarray(controlsOffset, addressesOffset);
    this.#room = room;
    this.#controlLength = BigInt(room.control);
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
    this.#used = Math.max(received, 0);
    return received;
  }

  /**
   * Tells what the last call read, cut where there was no room.
   *
   * @param take gets the payload as a copy, which lies in one piece of memory with those of the others; and its length
   */
  takeEach(
    take: (payload: Uint8Array, address: Uint8Array, control: Uint8Array, length: number) => void,
  ): void {
    let size = 0;
    for (let at = 0; at < this.#used; at += 1) size += this.#readOf(this.#places[at] as Place);
    const copies = new Uint8Array(size);
    let offset = 0;
    for (let at = 0; at < this.#used; at += 1) {
      const place = this.#places[at] as Place;
      const bytes = this.#readOf(place);
      copies.set(place.payload.subarray(0, bytes), offset);
      const copy = new Uint8Array(copies.buffer, offset, bytes);
      take(copy, place.address, place.control, this.#lengthOf(place));
      offset += bytes;
    }
  }

  /** Bytes of a payload that there was room for. */
  #readOf(place: Place): number {
    return Math.min(this.#lengthOf(place), this.#room.payload);
  }

  #lengthOf({ header }: Place): number {
    return this.#view.getUint32(header + LENGTH, littleEndianHost);
  }

  /** Undoes what the last call did to the lengths and the control messages. */
  #restore(): void {
    for (let at = 0; at < this.#used; at += 1) {
      const { header } = this.#places[at] as Place;
      this.#view.setUint32(header + ADDRESS_LENGTH, this.#room.address, littleEndianHost);
      this.#view.setBigUint64(header + CONTROL_LENGTH, this.#controlLength, littleEndianHost);
    }
    if (this.#room.control > 0) this.#controls.fill(0, 0, this.#used * this.#room.control);
  }
}
