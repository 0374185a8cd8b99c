/**
 * Memory that `recvmsg` fills: a datagram, its sender's address, and what the kernel tells beside it. Before: `libc`.
 * After: `udp/system-receiver`. recvmsg(2), cmsg(3)
 *
 * The message header is made once, and not of an object for each call as that of sendmsg is: that would double the price of
 * a call.
 *
 * Invariant: the header lies in the same memory as all that it points to, and points nowhere else. Whoever has that memory,
 * as an argument of the call, has it all, so garbage collection can free no part of it; and a buffer stays where it is.
 */
import { encode } from 'koffi';
import { messageHeader, vector } from './headers.ts';
import { libc } from './libc.ts';

/** Bytes that there is to be room for. */
interface Room {
  readonly control: number;
  readonly address: number;
  readonly payload: number;
}

export class MessageMemory {
  /** Control messages; zero where the kernel wrote nothing. */
  readonly control: Uint8Array;
  /** The sender's socket address. */
  readonly address: Uint8Array;
  readonly payload: Uint8Array;
  readonly #memory: Uint8Array;
  /** What comes before the payload, as it is before a call: the kernel writes over it. */
  readonly #beforeCall: Uint8Array;

  constructor(room: Room) {
    // In this order each begins at a multiple of what its members need.
    const sizes = [messageHeader.size, vector.size, room.control, room.address, room.payload];
    const memory = new Uint8Array(sizes.reduce((sum, size) => sum + size));
    const vectorOffset = messageHeader.size;
    const controlOffset = vectorOffset + vector.size;
    const addressOffset = controlOffset + room.control;
    const payloadOffset = addressOffset + room.address;
    this.control = memory.subarray(controlOffset, addressOffset);
    this.address = memory.subarray(addressOffset, payloadOffset);
    this.payload = memory.subarray(payloadOffset);
    encode(memory, vectorOffset, vector, { iov_base: this.payload, iov_len: room.payload });
    encode(memory, 0, messageHeader, {
      msg_name: this.address,
      msg_namelen: room.address,
      msg_iov: memory.subarray(vectorOffset),
      msg_iovlen: 1,
      msg_control: this.control,
      msg_controllen: room.control,
      msg_flags: 0,
    });
    this.#memory = memory;
    this.#beforeCall = memory.slice(0, payloadOffset);
  }

  /** Reads one datagram, which is there until the next call. @returns its length, or a negative errno */
  receive(fd: number): number {
    this.#memory.set(this.#beforeCall);
    return libc.recvmsg(fd, this.#memory, 0);
  }
}
