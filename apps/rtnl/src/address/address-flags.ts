/**
 * The words for the flags of an address: as they are shown, as selectors, and those that `add` sets. After this file: the
 * fields, the selection and the specification of addresses. ip-address(8), linux/if_addr.h.
 */
import { addressFlags } from '@ripstop/netlink';

const { masks } = addressFlags;

const ofBothFamilies = { noprefixroute: masks.noPrefixRoute, autojoin: masks.multicastAutoJoin } as const;

/** Flags that a request may set. */
export const settableFlags = {
  ipv4: ofBothFamilies,
  ipv6: {
    ...ofBothFamilies,
    nodad: masks.noDuplicateDetection,
    optimistic: masks.optimistic,
    home: masks.homeAddress,
    mngtmpaddr: masks.manageTemporary,
  },
} as const;

/** In the order in which `ip` shows them; `permanent` is shown as `dynamic` where it is missing. */
const shownFlags: readonly (readonly [name: string, mask: number])[] = [
  ['secondary', masks.secondary],
  ['nodad', masks.noDuplicateDetection],
  ['optimistic', masks.optimistic],
  ['dadfailed', masks.duplicateDetectionFailed],
  ['home', masks.homeAddress],
  ['deprecated', masks.deprecated],
  ['tentative', masks.tentative],
  ['permanent', masks.permanent],
  ['mngtmpaddr', masks.manageTemporary],
  ['noprefixroute', masks.noPrefixRoute],
  ['autojoin', masks.multicastAutoJoin],
  ['stable-privacy', masks.stablePrivacy],
];

/** Names of what an address is. Linux: the same bit is `secondary` for IPv4 and `temporary` for IPv6. */
export function namesOfFlags(flags: number, isIpv6: boolean): string[] {
  return shownFlags.flatMap(([name, mask]) => {
    const isSet = (flags & mask) !== 0;
    if (mask === masks.permanent) return isSet ? [] : ['dynamic'];
    if (mask === masks.secondary && isIpv6) return isSet ? ['temporary'] : [];
    return isSet ? [name] : [];
  });
}

/** A selector: a bit, and whether it must be set. With a minus sign before the name it is the other way round. */
export interface FlagCondition {
  readonly name: string;
  readonly mask: number;
  readonly isSet: boolean;
}

export const flagConditions: readonly FlagCondition[] = [
  ...shownFlags.map(([name, mask]) => ({ name, mask, isSet: true })),
  { name: 'temporary', mask: masks.secondary, isSet: true },
  { name: 'primary', mask: masks.secondary, isSet: false },
  { name: 'dynamic', mask: masks.permanent, isSet: false },
];
