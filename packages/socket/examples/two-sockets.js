/**
 * Two sockets of user space that talk to each other: unicast by port, multicast by group.
 *
 * The protocol NETLINK_USERSOCK belongs to nobody, and what is in a datagram is up to you. A port is any number that is
 * free; several sockets of one process need one each, so a process id is not enough. A socket hands on what the kernel
 * sent, unless it names other senders: anybody could send to it.
 *
 * Run: node packages/socket/examples/two-sockets.js      as root
 */
import { openNetlinkSocket } from '@ripstop/socket';

const NETLINK_USERSOCK = 2;

/**
 * @param {string} name
 * @param {Partial<import('@ripstop/socket').NetlinkSocketOptions>} options
 */
function open(name, options) {
  return openNetlinkSocket({
    protocol: NETLINK_USERSOCK,
    receive(datagrams, senders) {
      for (const [at, datagram] of datagrams.entries()) {
        const { portId, groupMask } = senders[at] ?? {};
        const to = groupMask === 0 ? name : `all of group mask ${groupMask}`;
        console.log(
          `${portId === alice.portId ? 'Alice' : 'Bob'} to ${to}: ${new TextDecoder().decode(datagram)}`,
        );
      }
    },
    overrun: () => console.log(`${name} was too slow`),
    failed(error) {
      throw error;
    },
    ...options,
  });
}

const alice = open('Alice', { senders: 'any' });
const bob = open('Bob', { senders: [alice.portId], groups: [5] });

alice.send(new TextEncoder().encode('hello'), { portId: bob.portId });
bob.poll(); // reads what is there now; left alone, it is read when the event loop gets to it
bob.send(new TextEncoder().encode('hello, Alice'), { portId: alice.portId });
alice.poll();
alice.send(new TextEncoder().encode('is anybody there?'), { group: 5 });
bob.poll();

alice.close();
bob.close();
