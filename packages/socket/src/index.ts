/** Sockets of the kernel for Node: netlink and UDP, in any network namespace. */
export { SyscallError } from './libc.ts';
export { createNamespace, deleteNamespace, type NamespaceReference, withNamespace } from './namespace.ts';
export { type NetlinkSocket, type NetlinkSocketOptions, openNetlinkSocket } from './netlink-socket.ts';
export { InterruptedDumpError, Rtnetlink, type RtnetlinkOptions } from './rtnetlink.ts';
export { notifyServiceManager } from './service-manager.ts';
export { openUdpSocket, type UdpDatagram, type UdpSocket, type UdpSocketOptions } from './udp-socket.ts';
