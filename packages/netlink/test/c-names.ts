/**
 * The kernel's names for what our tables call otherwise. A name that is not here is ours in capitals with underscores:
 * `operationalState` of `IF_OPER` … A wrong or missing one does not compile, and fails the test of the headers.
 */
import * as address from './c-names/address.ts';
import * as bridge from './c-names/bridge.ts';
import * as encapsulation from './c-names/encapsulation.ts';
import * as link from './c-names/link.ts';
import * as linkKinds from './c-names/link-kinds.ts';
import * as neighbor from './c-names/neighbor.ts';
import * as netlink from './c-names/netlink.ts';
import * as nexthop from './c-names/nexthop.ts';
import * as route from './c-names/route.ts';
import * as rule from './c-names/rule.ts';

type Names = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Struct members: always spelled out. */
export const memberNames: Names = {
  ...address.members,
  ...bridge.members,
  ...encapsulation.members,
  ...link.members,
  ...linkKinds.members,
  ...neighbor.members,
  ...netlink.members,
  ...nexthop.members,
  ...route.members,
  ...rule.members,
};

/** Attributes, enumerations and flags, by the prefix of their set. */
export const constantNames: Names = {
  ...address.constants,
  ...bridge.constants,
  ...encapsulation.constants,
  ...link.constants,
  ...linkKinds.constants,
  ...neighbor.constants,
  ...netlink.constants,
  ...nexthop.constants,
  ...route.constants,
  ...rule.constants,
};

/** Names that headers before Linux 7.2 may lack. Any other name that the compiler does not know is a mistake of ours. */
export const newerNames: ReadonlySet<string> = new Set<string>([
  ...bridge.newer,
  ...link.newer,
  ...linkKinds.newer,
  ...neighbor.newer,
  ...nexthop.newer,
  ...route.newer,
  ...rule.newer,
]);
