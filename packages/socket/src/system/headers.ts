/**
 * Numbers and structs of the C headers that the system calls of this package need. Nothing else in the package writes
 * such a number down. A test compiles C against the machine's headers and compares.
 *
 * The numbers are those of Linux on x86, ARM and RISC-V; on MIPS, SPARC and PA-RISC some differ. A `size_t` has 64 bits.
 */
import { fixedBytes, i32, ipv4, ipv6, padding, struct, u8, u16, u16be, u32, u64 } from '@ripstop/wire';
import { pointer, struct as pointingStruct } from 'koffi';

/** Constants by the header that defines them. */
export const headers = {
  'sys/socket.h': {
    AF_UNIX: 1,
    AF_INET: 2,
    AF_INET6: 10,
    AF_NETLINK: 16,
    SOCK_DGRAM: 2,
    SOCK_RAW: 3,
    SOCK_NONBLOCK: 0x800,
    SOCK_CLOEXEC: 0x8_0000,
    MSG_TRUNC: 0x20,
    SOL_SOCKET: 1,
    SO_REUSEADDR: 2,
    SO_BROADCAST: 6,
    SO_SNDBUF: 7,
    SO_RCVBUF: 8,
    SO_PRIORITY: 12,
    SO_BINDTODEVICE: 25,
    SO_ATTACH_FILTER: 26,
    SO_RCVBUFFORCE: 33,
    SOL_NETLINK: 270,
  },
  'sys/uio.h': {},
  'sys/un.h': {},
  'netinet/in.h': {
    IPPROTO_IP: 0,
    IP_TOS: 1,
    IP_TTL: 2,
    IP_PKTINFO: 8,
    IP_MULTICAST_IF: 32,
    IP_MULTICAST_TTL: 33,
    IP_MULTICAST_LOOP: 34,
    IP_ADD_MEMBERSHIP: 35,
    IP_MULTICAST_ALL: 49,
    IPPROTO_IPV6: 41,
    IPV6_UNICAST_HOPS: 16,
    IPV6_MULTICAST_IF: 17,
    IPV6_MULTICAST_HOPS: 18,
    IPV6_MULTICAST_LOOP: 19,
    IPV6_JOIN_GROUP: 20,
    IPV6_V6ONLY: 26,
    IPV6_MULTICAST_ALL: 29,
    IPV6_RECVPKTINFO: 49,
    IPV6_PKTINFO: 50,
    IPV6_TCLASS: 67,
    IPV6_FREEBIND: 78,
  },
  'linux/filter.h': {
    BPF_LD: 0x00,
    BPF_JMP: 0x05,
    BPF_RET: 0x06,
    BPF_W: 0x00,
    BPF_H: 0x08,
    BPF_B: 0x10,
    BPF_ABS: 0x20,
    BPF_LEN: 0x80,
    BPF_JEQ: 0x10,
    BPF_K: 0x00,
    SKF_NET_OFF: -0x10_0000,
  },
  'linux/netlink.h': {
    NETLINK_ROUTE: 0,
    NETLINK_ADD_MEMBERSHIP: 1,
    NETLINK_DROP_MEMBERSHIP: 2,
    NETLINK_CAP_ACK: 10,
    NETLINK_EXT_ACK: 11,
    NETLINK_GET_STRICT_CHK: 12,
  },
  'linux/rtnetlink.h': {
    RTNLGRP_LINK: 1,
    RTNLGRP_NEIGH: 3,
    RTNLGRP_IPV4_IFADDR: 5,
    RTNLGRP_IPV4_ROUTE: 7,
    RTNLGRP_IPV4_RULE: 8,
    RTNLGRP_IPV6_IFADDR: 9,
    RTNLGRP_IPV6_ROUTE: 11,
    RTNLGRP_IPV6_RULE: 19,
    RTNLGRP_NEXTHOP: 32,
  },
  'sys/ioctl.h': { FIONREAD: 0x541b },
  'sys/file.h': { LOCK_EX: 2 },
  'sys/mount.h': { MNT_DETACH: 2, MS_BIND: 0x1000, MS_REC: 0x4000, MS_SHARED: 0x10_0000 },
  'sched.h': { CLONE_NEWNET: 0x4000_0000 },
} as const;

/** The same constants without their headers. */
export const constants = {
  ...headers['sys/socket.h'],
  ...headers['netinet/in.h'],
  ...headers['linux/filter.h'],
  ...headers['linux/netlink.h'],
  ...headers['linux/rtnetlink.h'],
  ...headers['sys/ioctl.h'],
  ...headers['sys/file.h'],
  ...headers['sys/mount.h'],
  ...headers['sched.h'],
} as const;

/** struct sockaddr_nl, linux/netlink.h: who sent a message. Port 0 is the kernel. */
export const netlinkAddress = struct('sockaddr_nl', 12, {
  family: u16,
  unused: padding(2),
  portId: u32,
  groups: u32,
});

/** struct sockaddr_in, netinet/in.h. */
export const internetAddress = struct('sockaddr_in', 16, {
  family: u16,
  port: u16be,
  address: ipv4,
  unused: padding(8),
});

/** struct sockaddr_in6, netinet/in.h. The scope of a link-local address is its interface. */
export const internetAddress6 = struct('sockaddr_in6', 28, {
  family: u16,
  port: u16be,
  flowInformation: u32,
  address: ipv6,
  scopeId: u32,
});

/** struct ip_mreqn, netinet/in.h: a multicast group on the interface with this index. */
export const multicastRequest = struct('ip_mreqn', 12, { group: ipv4, local: ipv4, interfaceIndex: i32 });

/** struct ipv6_mreq, netinet/in.h: the same in IPv6. */
export const multicastRequest6 = struct('ipv6_mreq', 20, { group: ipv6, interfaceIndex: u32 });

/** struct sockaddr_un, sys/un.h: a path, or a name that begins with NUL. unix(7) */
export const localAddress = struct('sockaddr_un', 110, { family: u16, path: fixedBytes(108) });

/** struct cmsghdr, sys/socket.h: what precedes a control message; its length counts these bytes too. cmsg(3) */
export const controlHeader = struct('cmsghdr', 16, { length: u64, level: i32, type: i32 });

/** struct in_pktinfo, netinet/in.h. For a packet that leaves, `source` is its source address. ip(7) */
export const packetInformation = struct('in_pktinfo', 12, {
  interfaceIndex: i32,
  source: ipv4,
  destination: ipv4,
});

/**
 * struct in6_pktinfo, netinet/in.h. For a packet that leaves, `address` is its source address; for one that has come, its
 * destination. ipv6(7)
 */
export const packetInformation6 = struct('in6_pktinfo', 20, { address: ipv6, interfaceIndex: u32 });

/** struct sock_filter, linux/filter.h: one instruction. The jumps count the instructions that are passed over. */
export const filterInstruction = struct('sock_filter', 8, {
  code: u16,
  jumpIfTrue: u8,
  jumpIfFalse: u8,
  operand: u32,
});

// Structs that point elsewhere. They are written for the length of a call from an object that holds what they point to;
// or once, if that lies in the same memory as the struct.

/** struct iovec, sys/uio.h. */
export const vector = pointingStruct({ iov_base: 'const void *', iov_len: 'size_t' });

/** struct msghdr, sys/socket.h: what sendmsg(2) sends, where to, and how; a part of what recvmmsg(2) fills. */
export const messageHeader = pointingStruct({
  msg_name: 'const void *',
  msg_namelen: 'uint32_t',
  msg_iov: pointer(vector),
  msg_iovlen: 'size_t',
  msg_control: 'const void *',
  msg_controllen: 'size_t',
  msg_flags: 'int',
});

/** struct mmsghdr, sys/socket.h: one of the messages of recvmmsg(2), with the length of what came. */
export const messageSlot = pointingStruct({ msg_hdr: messageHeader, msg_len: 'unsigned int' });

/** struct sock_fprog, linux/filter.h. */
export const filterProgram = pointingStruct({ len: 'uint16_t', filter: 'const void *' });
