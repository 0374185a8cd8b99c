/**
 * Changes the MTU of a link, and reads back what the kernel made of it.
 *
 * `set` changes what the request names and nothing else; the mask `change`, which the articles set to 0xffffffff, concerns
 * only `flags`: `set({ name, flags: up, change: up })`.
 *
 * Run: node packages/socket/examples/set-mtu.js INTERFACE MTU      as root
 */
import { NetlinkError, Rtnetlink } from '@ripstop/socket';

const [name, mtu] = process.argv.slice(2);

const rtnetlink = Rtnetlink.open();
try {
  const before = await rtnetlink.links.get({ name });
  await rtnetlink.links.set({ name, mtu: Number(mtu) });
  const after = await rtnetlink.links.get({ name });
  console.log(`${name}: MTU ${before.mtu} → ${after.mtu} (${after.minMtu} to ${after.maxMtu})`);
} catch (error) {
  if (!(error instanceof NetlinkError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
rtnetlink.close();
