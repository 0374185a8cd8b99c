/**
 * A UDP port that is held for a whole network namespace, and not used. Sockets of different interfaces may share a port
 * (`udp-socket`), so two programs may have it without noticing each other; whoever holds it here is noticed.
 *
 * Linux: the socket is bound to the loopback interface, which every namespace has, up or not. A port below 1024 takes
 * CAP_NET_BIND_SERVICE, so that nobody without rights can be in the way. It is free when the process has ended, however it does.
 */
import type { AddressFamily } from '@ripstop/wire';
import { openDescriptor, setOption } from '../system/descriptor.ts';
import { constants } from '../system/headers.ts';
import { libc } from '../system/libc.ts';
import { type NamespaceReference, withNamespace } from '../system/namespace.ts';
import { bindPort, families } from './udp-socket.ts';

const LOOPBACK = 'lo';

export class HeldUdpPort {
  #fd: number | undefined;

  /**
   * @param family only there: the port of the other one is another port
   * @param namespace the own one if not given
   * @throws SyscallError if it cannot be had; `EADDRINUSE` names the process that has it
   */
  constructor(port: number, family: AddressFamily, namespace?: NamespaceReference | undefined) {
    const { domain } = families[family];
    const detail = `UDP port ${port} of this network namespace`;
    this.#fd = withNamespace(namespace, () =>
      openDescriptor(domain, constants.SOCK_DGRAM, 0, detail, (fd) => {
        setOption(fd, 'SOL_SOCKET', 'SO_BINDTODEVICE', Buffer.from(LOOPBACK), detail);
        if (family === 'ipv6') setOption(fd, 'IPPROTO_IPV6', 'IPV6_V6ONLY', 1, detail);
        // Nobody reads: what comes in ends in the smallest buffer there is.
        setOption(fd, 'SOL_SOCKET', 'SO_RCVBUF', 0, detail);
        bindPort(fd, families[family], port, detail);
        return fd;
      }),
    );
  }

  /** Lets go of it. Calling it again does nothing. */
  release(): void {
    if (this.#fd !== undefined) libc.close(this.#fd);
    this.#fd = undefined;
  }
}
