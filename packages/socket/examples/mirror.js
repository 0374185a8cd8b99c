/**
 * What there is and every change of it, without a gap: a copy of links, addresses and routes that follows the kernel.
 *
 * `watch` alone tells only what happens from now on, and after a loss not even that. A mirror lists, follows, and lists
 * again by itself after a loss; it also finds what Linux does not tell, such as the IPv4 routes that go with a link that is
 * switched off. Each change says which fields are different.
 *
 * Run: node packages/socket/examples/mirror.js      Ctrl-C ends it
 */
import { Mirror, routePrefix } from '@ripstop/socket';

const mirror = await Mirror.open(['link', 'address', 'route']);
process.once('SIGINT', () => mirror.close());

const { links, addresses, routes } = mirror;
console.log(`${links.length} links, ${addresses.length} addresses, ${routes.length} routes`);

for await (const change of mirror.changes()) {
  if (change.event === 'resync') console.log(`listed everything again: ${change.reason}`);
  else console.log(change.event, change.object, nameOf(change), ...change.changed);
}

/** @param {Exclude<import('@ripstop/socket').MirrorChange<'link' | 'address' | 'route'>, { event: 'resync' }>} change */
function nameOf({ object, message }) {
  if (object === 'route') return routePrefix(message);
  return object === 'link' ? message.name : `${message.local ?? message.address}/${message.prefixLength}`;
}
