/** Address families (AF_*, linux/socket.h) as the first byte of every rtnetlink message gives them. */
import { enumeration, u8 } from '@ripstop/wire';

export const family = enumeration('AF', u8, {
  unspecified: 0,
  ipv4: 2,
  bridge: 7,
  ipv6: 10,
  packet: 17,
  mpls: 28,
});
