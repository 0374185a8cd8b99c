/** `type vrf`: its table, which its interfaces tell too. */
import type { LinkData, LinkPortData } from '@ripstop/netlink';
import { linkKind, option, told } from './link-option.ts';
import { routingTable } from './notation.ts';

export const vrf = linkKind<LinkData['vrf']>([option('table', routingTable, 'table')]);

export const vrfPort = linkKind<LinkPortData['vrf']>([told('table', routingTable, 'table')]);
