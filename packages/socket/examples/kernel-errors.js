/**
 * What the kernel says when it refuses: the error's name, its own words, and the attribute that it did not like.
 *
 * The words are the kernel's (extended acknowledgement, Linux 4.12 and newer) and differ between versions; test `code`.
 *
 * Run: node packages/socket/examples/kernel-errors.js      as root
 */
import { NetlinkError, Rtnetlink } from '@ripstop/socket';

const rtnetlink = Rtnetlink.open();
const lo = await rtnetlink.links.get({ name: 'lo' });

const attempts = {
  'a gateway that nobody reaches': () =>
    rtnetlink.routes.add({ prefix: '198.51.100.0/24', gateway: '203.0.113.1' }),
  'a prefix with host bits': () =>
    rtnetlink.routes.add({ prefix: '198.51.100.1/24', outputInterface: lo.index }),
  'a name that is too long': () => rtnetlink.links.set({ index: lo.index, name: 'a-very-long-interface' }),
  'a link that is not there': () => rtnetlink.links.get({ name: 'nowhere' }),
  'a route that is not there': () => rtnetlink.routes.delete({ prefix: '198.51.100.0/24' }),
};
for (const [title, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
    console.log(`${title}: accepted`);
  } catch (error) {
    if (!(error instanceof NetlinkError)) throw error;
    const { code, errno, operation, kernelMessage, attribute } = error;
    console.log(`${title}: ${code}`, { errno, operation, kernelMessage, attribute });
  }
}
rtnetlink.close();
