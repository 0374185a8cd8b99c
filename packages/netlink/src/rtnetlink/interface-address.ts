/** Addresses of interfaces: RTM_NEWADDR, RTM_DELADDR, RTM_GETADDR (linux/if_addr.h). */
import {
  type AddressFamily,
  address,
  attributes,
  cString,
  enumeration,
  flags,
  headed,
  type InputOf,
  i32,
  struct,
  u8,
  u32,
  type ValueOf,
} from '@ripstop/wire';
import { family } from './family.ts';
import { routeScope } from './route/route-enumerations.ts';

const lowFlags = {
  secondary: 0x1,
  noDuplicateDetection: 0x2,
  optimistic: 0x4,
  duplicateDetectionFailed: 0x8,
  homeAddress: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
} as const;

/** IFA_F_*, the low eight bits, in the header. */
const addressHeaderFlags = flags('IFA_F', u8, lowFlags);

/** IFA_F_*. `secondary` is `temporary` for IPv6. */
export const addressFlags = flags('IFA_F', u32, {
  ...lowFlags,
  manageTemporary: 0x100,
  noPrefixRoute: 0x200,
  multicastAutoJoin: 0x400,
  stablePrivacy: 0x800,
});

/** IFAPROT_*: who put the address there. */
export const addressProtocol = enumeration('IFAPROT', u8, {
  unspecified: 0,
  loopback: 1,
  'router-advertisement': 2,
  'link-local': 3,
});

/** struct ifaddrmsg: 8 bytes, host byte order. Where IFA_FLAGS is there, it counts and `headerFlags` does not. */
const addressHeader = struct('ifaddrmsg', 8, {
  family,
  prefixLength: u8,
  headerFlags: addressHeaderFlags,
  scope: routeScope,
  interfaceIndex: u32,
});

/** struct ifa_cacheinfo: 16 bytes. Lifetimes in seconds, 0xffffffff for ever; time stamps in hundredths since boot. */
const addressCacheInfo = struct('ifa_cacheinfo', 16, {
  preferredLifetime: u32,
  validLifetime: u32,
  created: u32,
  updated: u32,
});

/** IFA_*. On a point-to-point interface `local` is ours and `address` the other end's; else both are ours (IPv4). */
const addressAttributes = attributes('IFA', {
  address: [1, address],
  local: [2, address],
  label: [3, cString],
  broadcast: [4, address],
  anycast: [5, address],
  cacheInfo: [6, addressCacheInfo],
  multicast: [7, address],
  flags: [8, addressFlags],
  /** Metric of the route to its network. */
  priority: [9, u32],
  /** Of the interface, where it is not the asker's. */
  targetNetNamespaceId: [10, i32],
  protocol: [11, addressProtocol],
});

/** Payload of the RTM_*ADDR messages. */
export const addressMessage = headed(addressHeader, addressAttributes);

export type AddressMessage = ValueOf<typeof addressMessage>;
export type AddressInput = InputOf<typeof addressMessage>;

/** Which addresses to list. */
export interface AddressFilter {
  /** Absent: IPv4 and IPv6. */
  readonly family?: AddressFamily | undefined;
  readonly interfaceIndex?: number | undefined;
}

/** The request that lists what a filter selects. */
export function addressQuery({ family, interfaceIndex }: AddressFilter): AddressInput {
  return { family: family ?? 'unspecified', interfaceIndex };
}
