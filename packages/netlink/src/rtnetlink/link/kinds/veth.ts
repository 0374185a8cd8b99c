/** Pairs of virtual Ethernet interfaces: VETH_INFO_*, linux/veth.h. */
import { attributes, headed, nested } from '@ripstop/wire';
import { interfaceTable, linkHeader } from '../link-attributes.ts';

/** `peer`: the other end, as it is to be made. Only in requests. */
export const vethAttributes = attributes('VETH_INFO', {
  peer: [1, nested(headed(linkHeader, attributes('IFLA', interfaceTable)))],
});
