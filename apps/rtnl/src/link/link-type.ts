/** What an interface carries: names of ARPHRD_* (linux/if_arp.h) as iproute2 has them. */
const types: Readonly<Record<number, string>> = {
  0: 'netrom',
  1: 'ether',
  2: 'eether',
  3: 'ax25',
  6: 'ieee802',
  24: 'ieee1394',
  32: 'infiniband',
  256: 'slip',
  280: 'can',
  512: 'ppp',
  768: 'ipip',
  769: 'tunnel6',
  772: 'loopback',
  774: 'fddi',
  776: 'sit',
  778: 'gre',
  779: 'pimreg',
  801: 'ieee802.11',
  802: 'ieee802.11/prism',
  803: 'ieee802.11/radiotap',
  804: 'ieee802.15.4',
  823: 'gre6',
  824: 'netlink',
  825: '6lowpan',
  65534: 'none',
  65535: 'void',
};

/** `ether`; `[4711]` for a type without a name. */
export function linkTypeName(type: number): string {
  return types[type] ?? `[${type}]`;
}

/** Types whose hardware addresses are IP addresses: the ends of a tunnel. */
export const tunnelTypes: ReadonlySet<number> = new Set([768, 769, 776, 778, 823]);
