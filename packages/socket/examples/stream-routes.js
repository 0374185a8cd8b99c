/**
 * A table too big to hold: routes one by one, as the kernel tells them.
 *
 * The kernel makes the next piece of a list when the piece before it was read, so a slow reader costs no memory; `break`
 * or an AbortSignal ends it. A list that changed while it was read cannot be read again here: it ends with an
 * InterruptedDumpError after its last route.
 *
 * Run: node packages/socket/examples/stream-routes.js
 */
import { InterruptedDumpError, Rtnetlink } from '@ripstop/socket';

const rtnetlink = Rtnetlink.open();
/** @type {Map<string | number, number>} */
const counts = new Map();
try {
  const routes = rtnetlink.routes.stream({ family: 'ipv4' }, { signal: AbortSignal.timeout(60_000) });
  for await (const { protocol } of routes) counts.set(protocol, (counts.get(protocol) ?? 0) + 1);
} catch (error) {
  if (!(error instanceof InterruptedDumpError)) throw error;
  console.log('the routes changed meanwhile: some may be missing or counted twice');
}
for (const [protocol, count] of counts) console.log(`${protocol}: ${count} routes`);
rtnetlink.close();
