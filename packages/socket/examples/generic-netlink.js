/**
 * Another protocol of netlink, with tables of your own: the families of generic netlink (`genl ctrl list`).
 *
 * A table of `@ripstop/wire` is a C struct or a set of attributes, written once: it encodes, decodes and explains. The
 * names are yours, the numbers are the kernel's (linux/netlink.h, linux/genetlink.h).
 *
 * Run: node packages/socket/examples/generic-netlink.js
 */
import { controlTypes, datagramOf, messageFlags, messagesOf } from '@ripstop/netlink';
import { openNetlinkSocket } from '@ripstop/socket';
import { attributes, cString, encode, headed, padding, struct, u8, u16, viewOf } from '@ripstop/wire';

const NETLINK_GENERIC = 16;
const GENL_ID_CTRL = 16;
const CTRL_CMD_GETFAMILY = 3;

const header = struct('genlmsghdr', 4, { command: u8, version: u8, pad: padding(2) });
const family = headed(header, attributes('CTRL_ATTR', { id: [1, u16], name: [2, cString] }));

const socket = openNetlinkSocket({
  protocol: NETLINK_GENERIC,
  receive(datagrams) {
    for (const datagram of datagrams) read(viewOf(datagram));
  },
  overrun: () => console.log('some families were lost'),
  failed(error) {
    throw error;
  },
});
const { request, dump } = messageFlags.masks;
const payload = encode(family, { command: CTRL_CMD_GETFAMILY, version: 1 });
socket.send(datagramOf([{ type: GENL_ID_CTRL, flags: request | dump, sequence: 1, payload }]));

/** @param {DataView} view */
function read(view) {
  for (const { type, start, end } of messagesOf(view)) {
    if (type === controlTypes.NLMSG_DONE) return socket.close();
    const { name, id } = family.decode(view, start, end);
    console.log(`${name} is ${id}`);
  }
}
