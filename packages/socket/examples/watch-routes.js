/**
 * What happens to the routing tables, as it happens: added, replaced or deleted, and by whom.
 *
 * `operation` tells an addition from a deletion (RTM_NEWROUTE, RTM_DELROUTE); the flag `replace` tells a route that took
 * another one's place. Linux: deletions are told one by one only if they are asked for; the routes of an interface that
 * goes down vanish without a word (IPv4).
 *
 * Run: node packages/socket/examples/watch-routes.js      Ctrl-C ends it
 */
import {
  messageFlags,
  nameOfNumber,
  Rtnetlink,
  routeNextHops,
  routePrefix,
  routeTable,
} from '@ripstop/socket';

const rtnetlink = Rtnetlink.open();
process.once('SIGINT', () => rtnetlink.close());

const events = rtnetlink.watch(['route']);
console.log('watching routes');
for await (const event of events) {
  if (event.operation === 'overrun') {
    console.log('some changes were lost: list the routes again');
    continue;
  }
  const { operation, flags, message } = event;
  const replaced = (flags & messageFlags.masks.replace) !== 0;
  const what = operation === 'delete' ? 'deleted' : replaced ? 'replaced' : 'added';
  const table = routeTable(message);
  const gateways = routeNextHops(message).map(({ gateway }) => gateway ?? 'directly');
  console.log(
    what,
    routePrefix(message),
    ...gateways,
    `in table ${nameOfNumber('rt_tables', table) ?? table} by ${message.protocol}`,
  );
}
