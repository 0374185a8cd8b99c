/** Sockets of the kernel for Node: netlink and UDP, in any network namespace. */
export { type NameKind, nameOfNumber, numberOfName } from './iproute2-names.ts';
export { SyscallError } from './libc.ts';
export { createNamespace, deleteNamespace, type NamespaceReference, withNamespace } from './namespace.ts';
export { type NetlinkSocket, type NetlinkSocketOptions, openNetlinkSocket } from './netlink-socket.ts';
export type { ObjectClient } from './object-client.ts';
export { type CallOptions, InterruptedDumpError } from './request-socket.ts';
export { Rtnetlink, type RtnetlinkOptions } from './rtnetlink.ts';
export { notifyServiceManager } from './service-manager.ts';
export { openUdpSocket, type UdpDatagram, type UdpSocket, type UdpSocketOptions } from './udp-socket.ts';
export type { WatchEvent, WatchOptions } from './watch.ts';
