/**
 * Many requests at once, with an outcome for each: a refused one does not keep back those after it.
 *
 * Requests go to the kernel in as few datagrams as fit, and only the last of a datagram asks for an acknowledgement; the
 * refused ones answer by themselves. Nothing is filled in here: a request is sent as it is written.
 *
 * Run: node packages/socket/examples/batch.js INTERFACE      as root
 */
import { messageFlags, Rtnetlink, routeTables } from '@ripstop/socket';

const { create, exclusive } = messageFlags.masks;
const [name] = process.argv.slice(2);

const rtnetlink = Rtnetlink.open();
const { index } = await rtnetlink.links.get({ name });
const destinations = ['198.51.100.0', '203.0.113.0', '198.51.100.0', '203.0.113.1'];

const outcomes = await rtnetlink.batch(
  destinations.map((destination) => ({
    object: 'route',
    operation: 'new',
    flags: create | exclusive,
    message: {
      family: 'ipv4',
      destination,
      destinationLength: 24,
      type: 'unicast',
      scope: 'link',
      protocol: 'static',
      table: routeTables.main,
      outputInterface: index,
    },
  })),
);
for (const [at, refusal] of outcomes.entries()) {
  console.log(`${destinations[at]}/24: ${refusal?.message ?? 'added'}`);
}
rtnetlink.close();
