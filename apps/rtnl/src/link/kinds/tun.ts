/** `type tun`: what `ip` tells of a TUN or TAP. Nothing can be set: `ip tuntap` makes them through /dev/net/tun. */
import type { LinkData } from '@ripstop/netlink';
import { type LinkOption, linkKind, told } from './link-option.ts';
import { choice, number32, onOff } from './notation.ts';

type Data = LinkData['tun'];

const multiQueue: LinkOption<Data> = {
  words: [],
  read: (_word, _words, data) => data,
  show({ multiQueue: isSet, queues, disabledQueues }) {
    if (isSet === undefined || isSet === 0) return { multi_queue: false };
    return { multi_queue: true, numqueues: queues, numdisabled: disabledQueues };
  },
  text({ multi_queue: isSet, numqueues, numdisabled }) {
    return isSet === true ? `multi_queue numqueues ${numqueues} numdisabled ${numdisabled}` : '';
  },
};

export const tun = linkKind<Data>([
  told('type', choice('tun', 'tap'), 'type'),
  told('packetInformation', onOff, 'pi'),
  told('vnetHeader', onOff, 'vnet_hdr'),
  multiQueue,
  told('persist', onOff, 'persist'),
  told('owner', number32, 'user'),
  told('group', number32, 'group'),
]);
