/**
 * All IPv6 addresses of an interface, and when those that are still tentative can be used.
 *
 * A new IPv6 address is tentative until the kernel has asked the link whether somebody else has it (duplicate address
 * detection, RFC 4862 §5.4): no program can bind to it meanwhile. The kernel tells of the end of it with one more message
 * about the same address.
 *
 * Run: node packages/socket/examples/ipv6-addresses.js INTERFACE
 */
import { addressFlags, Rtnetlink } from '@ripstop/socket';

const { tentative, duplicateDetectionFailed } = addressFlags.masks;
const [name] = process.argv.slice(2);

const rtnetlink = Rtnetlink.open();
const { index } = await rtnetlink.links.get({ name });

// Watch first, list second: an address that becomes usable in between is not missed.
const events = rtnetlink.watch(['address']);
/** @type {Set<string>} */
const waiting = new Set();
for (const message of await rtnetlink.addresses.list({ family: 'ipv6', interfaceIndex: index }))
  show(message);

if (waiting.size > 0) {
  for await (const event of events) {
    if (event.object !== 'address' || event.operation !== 'new') continue;
    if (event.message.interfaceIndex === index && waiting.has(event.message.address ?? ''))
      show(event.message);
    if (waiting.size === 0) break;
  }
}
rtnetlink.close();

/** @param {import('@ripstop/socket').AddressMessage} message */
function show({ address = '::', prefixLength, scope, flags = 0 }) {
  const failed = (flags & duplicateDetectionFailed) !== 0;
  const state = failed ? 'somebody else has it' : flags & tentative ? 'tentative' : 'usable';
  console.log(`${address}/${prefixLength} ${scope}: ${state}`);
  if (state === 'tentative') waiting.add(address);
  else waiting.delete(address);
}
