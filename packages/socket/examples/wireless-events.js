/**
 * Wireless links come and go: the events of the wireless extensions in IFLA_WIRELESS. A link message that holds one says
 * nothing else.
 *
 * Drivers that follow cfg80211 only send the events of the connection itself: SIOCGIWAP with the access point's address, or
 * with zeros when the association is over.
 *
 * Run: node packages/socket/examples/wireless-events.js [HEX …]      HEX: the payload of a link message, instead of watching
 */
import { linkMessage } from '@ripstop/netlink';
import { Rtnetlink } from '@ripstop/socket';
import { decode } from '@ripstop/wire';

const recorded = process.argv.slice(2);
for (const hex of recorded) show(decode(linkMessage, Buffer.from(hex, 'hex')));

if (recorded.length === 0) {
  const rtnetlink = Rtnetlink.open();
  process.once('SIGINT', () => rtnetlink.close());
  for await (const event of rtnetlink.watch(['link'])) {
    if (event.object === 'link') show(event.message);
  }
}

/** @param {import('@ripstop/socket').LinkMessage} link */
function show({ name, wireless }) {
  if (wireless?.command === 'SIOCGIWAP') {
    const { address } = wireless;
    console.log(`${name}: ${address === '00:00:00:00:00:00' ? 'disconnected' : `connected to ${address}`}`);
  } else if (wireless !== undefined) console.log(`${name}:`, wireless);
}
