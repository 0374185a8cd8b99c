/** The families of netlink, NETLINK_* of linux/netlink.h: the third argument of `socket`. */
import { CommandError } from '../command.ts';
import { wholeNumber } from '../numerals.ts';

export const NETLINK_ROUTE = 0;

const protocols: Readonly<Record<string, number>> = {
  route: NETLINK_ROUTE,
  usersock: 2,
  sock_diag: 4,
  nflog: 5,
  xfrm: 6,
  selinux: 7,
  iscsi: 8,
  audit: 9,
  fib_lookup: 10,
  connector: 11,
  netfilter: 12,
  kobject_uevent: 15,
  generic: 16,
  scsitransport: 18,
  ecryptfs: 19,
  rdma: 20,
  crypto: 21,
  smc: 22,
};

/** `NETLINK_GENERIC`; a number where nobody gave it a name. */
export function nameOfProtocol(protocol: number): string {
  const found = Object.entries(protocols).find(([, number]) => number === protocol);
  return found === undefined ? `netlink protocol ${protocol}` : `NETLINK_${found[0].toUpperCase()}`;
}

/** The number of `generic`, `NETLINK_GENERIC` or `16`. @throws CommandError */
export function protocolNamed(name: string): number {
  const known = name.toLowerCase().replace(/^netlink_/, '');
  const number = Object.hasOwn(protocols, known) ? protocols[known] : wholeNumber(name);
  if (number !== undefined && number < 256) return number;
  throw new CommandError(`protocol "${name}" is unknown: ${Object.keys(protocols).join(', ')} or a number`);
}
