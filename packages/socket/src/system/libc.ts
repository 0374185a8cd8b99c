/**
 * The C library's functions, and what their failure looks like. Every system call of Ripstop that Node does not offer
 * goes through the table below.
 *
 * Invariant: memory that a call reads or writes is an argument of its own, or a member of one. An address stored inside a
 * buffer would hold no reference, and garbage collection could free what it points to; unless that is the buffer itself
 * (`message-memory`).
 */
import { errnoName } from '@ripstop/netlink';
import { littleEndianHost, viewOf } from '@ripstop/wire';
import { errno, load, pointer, type TypeObject } from 'koffi';
import { filterProgram, messageHeader } from './headers.ts';

/** The system refused or failed a call. */
export class SyscallError extends Error {
  override readonly name = 'SyscallError';
  /** Name of the errno: `EPERM`. */
  readonly code: string;
  /** Positive. */
  readonly errno: number;
  /** The C function: `bind`. */
  readonly call: string;
  /** What was attempted and, where known, what is in the way. */
  readonly detail: string;

  constructor(call: string, errno: number, detail: string) {
    const code = errnoName(errno);
    super(`${detail} (${call}: ${code})`);
    this.code = code;
    this.errno = errno;
    this.call = call;
    this.detail = detail;
  }
}

type Memory = Uint8Array;

const library = load(null);

/** struct msghdr. Written as C has it, since koffi takes members by their names. */
interface MessageHeader {
  readonly msg_name: Memory;
  readonly msg_namelen: number;
  readonly msg_iov: { readonly iov_base: Memory; readonly iov_len: number };
  readonly msg_iovlen: 1;
  readonly msg_control: Memory;
  readonly msg_controllen: number;
  readonly msg_flags: 0;
}

/** struct sock_fprog. */
interface FilterProgram {
  readonly len: number;
  readonly filter: Memory;
}

/** A prototype with parameters that point to one of our structs: these have no names. */
type PrototypeParts = [name: string, result: string, parameters: (string | TypeObject)[]];

/** A C function that returns the negative errno where C returns -1. */
function declare<Parameters extends readonly unknown[]>(
  prototype: string | PrototypeParts,
): (...parameters: Parameters) => number {
  const invoke = typeof prototype === 'string' ? library.func(prototype) : library.func(...prototype);
  return (...parameters) => {
    const result: number = invoke(...parameters);
    return result < 0 ? -errno() : result;
  };
}

/** Functions of the C library. Each returns what C returns, or the negative errno where C returns -1. */
export const libc = {
  socket: declare<[domain: number, type: number, protocol: number]>('int socket(int, int, int)'),
  bind: declare<[fd: number, address: Memory, length: number]>('int bind(int, const void *, uint32_t)'),
  connect: declare<[fd: number, address: Memory, length: number]>('int connect(int, const void *, uint32_t)'),
  getsockname: declare<[fd: number, address: Memory, length: Memory]>('int getsockname(int, void *, void *)'),
  setsockopt: declare<[fd: number, level: number, option: number, value: Memory, length: number]>(
    'int setsockopt(int, int, int, const void *, uint32_t)',
  ),
  getsockopt: declare<[fd: number, level: number, option: number, value: Memory, length: Memory]>(
    'int getsockopt(int, int, int, void *, void *)',
  ),
  /** setsockopt for SO_ATTACH_FILTER. */
  attachFilter: declare<[fd: number, level: number, option: number, program: FilterProgram, length: number]>([
    'setsockopt',
    'int',
    ['int', 'int', 'int', pointer(filterProgram), 'uint32_t'],
  ]),
  send: declare<[fd: number, bytes: Memory, length: number, flags: number]>(
    'long send(int, const void *, size_t, int)',
  ),
  sendto: declare<
    [fd: number, bytes: Memory, length: number, flags: number, address: Memory, addressLength: number]
  >('long sendto(int, const void *, size_t, int, const void *, uint32_t)'),
  sendmsg: declare<[fd: number, message: MessageHeader, flags: number]>([
    'sendmsg',
    'long',
    ['int', pointer(messageHeader), 'int'],
  ]),
  recvfrom: declare<
    [fd: number, bytes: Memory, length: number, flags: number, address: Memory, addressLength: Memory]
  >('long recvfrom(int, void *, size_t, int, void *, void *)'),
  /** The messages are an array of struct mmsghdr that points into its own memory. */
  recvmmsg: declare<[fd: number, messages: Memory, count: number, flags: number, timeout: null]>(
    'int recvmmsg(int, void *, uint32_t, int, void *)',
  ),
  ioctl: declare<[fd: number, request: number, value: Memory]>('int ioctl(int, unsigned long, void *)'),
  close: declare<[fd: number]>('int close(int)'),
  flock: declare<[fd: number, operation: number]>('int flock(int, int)'),
  setns: declare<[fd: number, type: number]>('int setns(int, int)'),
  unshare: declare<[flags: number]>('int unshare(int)'),
  mount: declare<[source: string, target: string, type: string, flags: number, data: null]>(
    'int mount(const char *, const char *, const char *, unsigned long, const void *)',
  ),
  umount2: declare<[target: string, flags: number]>('int umount2(const char *, int)'),
} as const;

/** Returns the result of a call, or throws. @throws SyscallError */
export function succeed(
  call: keyof typeof libc | `${keyof typeof libc}(${string})`,
  result: number,
  detail: string,
): number {
  if (result < 0) throw new SyscallError(call, -result, detail);
  return result;
}

/** An `int` in the host's byte order, for calls that read or write one. */
export function intBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setInt32(0, value, littleEndianHost);
  return bytes;
}

/** The `int` that a call left in `bytes`. */
export function intOf(bytes: Uint8Array): number {
  return viewOf(bytes).getInt32(0, littleEndianHost);
}
