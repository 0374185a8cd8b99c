/** Opening a socket's file descriptor and setting its options; `netlink-socket` and `udp-socket` are made of these. */
import { constants as os } from 'node:os';
import { constants } from './headers.ts';
import { intBytes, intOf, libc, succeed } from './libc.ts';

type Level = 'SOL_SOCKET' | 'SOL_NETLINK' | 'IPPROTO_IP' | 'IPPROTO_IPV6';
type Option = Extract<
  keyof typeof constants,
  `SO_${string}` | `NETLINK_${string}` | `IP_${string}` | `IPV6_${string}`
>;

/**
 * Opens a non-blocking socket that child processes do not inherit, and prepares it.
 *
 * @param detail what the socket is for, as errors say it: `UDP port 520 on eth0`
 * @param prepare if it throws, the descriptor is closed
 * @throws SyscallError
 */
export function openDescriptor<Prepared>(
  domain: number,
  type: number,
  protocol: number,
  detail: string,
  prepare: (fd: number) => Prepared,
): Prepared {
  const flags = constants.SOCK_CLOEXEC | constants.SOCK_NONBLOCK;
  const fd = libc.socket(domain, type | flags, protocol);
  // Linux: so it is with `ipv6.disable=1` on the kernel's command line, too.
  const lacksIpv6 = domain === constants.AF_INET6 && fd === -os.errno.EAFNOSUPPORT;
  succeed('socket', fd, lacksIpv6 ? `${detail}: this kernel has no IPv6` : detail);
  try {
    return prepare(fd);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

/** Sets a socket option to an `int` or to the bytes of a struct. @throws SyscallError */
export function setOption(
  fd: number,
  level: Level,
  option: Option,
  value: number | Uint8Array,
  detail: string,
): void {
  const bytes = typeof value === 'number' ? intBytes(value) : value;
  const result = libc.setsockopt(fd, constants[level], constants[option], bytes, bytes.byteLength);
  succeed(`setsockopt(${option})`, result, detail);
}

/** The value of a socket option that is an `int`. @throws SyscallError */
export function optionOf(fd: number, level: Level, option: Option, detail: string): number {
  const value = intBytes(0);
  const length = intBytes(value.byteLength);
  const result = libc.getsockopt(fd, constants[level], constants[option], value, length);
  succeed(`getsockopt(${option})`, result, detail);
  return intOf(value);
}

/**
 * Asks for a receive buffer: beyond the limit net.core.rmem_max with CAP_NET_ADMIN, up to it without.
 *
 * @returns bytes the kernel granted; it doubles what it is asked for, and counts its own overhead into it
 * @throws SyscallError
 */
export function setReceiveBuffer(fd: number, bytes: number, detail: string): number {
  const value = intBytes(bytes);
  const { SOL_SOCKET, SO_RCVBUFFORCE } = constants;
  const forced = libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, value, value.byteLength);
  if (forced === -os.errno.EPERM) setOption(fd, 'SOL_SOCKET', 'SO_RCVBUF', bytes, detail);
  else succeed('setsockopt(SO_RCVBUFFORCE)', forced, detail);
  return optionOf(fd, 'SOL_SOCKET', 'SO_RCVBUF', detail);
}
