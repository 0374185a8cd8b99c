/**
 * Carrier up and down: the cable is plugged in, the cable is pulled out.
 *
 * A pulled cable is no RTM_DELLINK: the link is still there. It is an RTM_NEWLINK whose flag `lowerUp` is off. `up` is
 * what the administrator wants; `lowerUp` is the carrier; `running` is both, as the operational state (RFC 2863) says it.
 *
 * Run: node packages/socket/examples/carrier.js      Ctrl-C ends it
 */
import { linkFlags, Rtnetlink } from '@ripstop/socket';

const { up, lowerUp } = linkFlags.masks;

const rtnetlink = Rtnetlink.open();
process.once('SIGINT', () => rtnetlink.close());

const events = rtnetlink.watch(['link']);
/** @type {Map<number, string>} */
const states = new Map();
for (const link of await rtnetlink.links.list()) told(link);

for await (const event of events) {
  if (event.object !== 'link') throw new Error('some changes were lost');
  if (event.operation === 'new') told(event.message);
  // Linux: a link that leaves a bridge sends a deletion too, of family `bridge`. It is still there.
  else if (event.message.family === 'unspecified') states.delete(event.message.index);
}

/** @param {import('@ripstop/socket').LinkMessage} link */
function told({ index, name, flags, operationalState, family }) {
  if (family !== 'unspecified') return;
  const carrier = flags & lowerUp ? 'carrier' : 'no carrier';
  const state = flags & up ? carrier : 'switched off';
  if (states.get(index) === state) return;
  states.set(index, state);
  console.log(`${name}: ${state} (${operationalState})`);
}
