/**
 * What kind of link each one is, and what only links of that kind have: the nested attribute IFLA_LINKINFO.
 *
 * `data` is decoded by `kind`; of kinds that the library does not know it is the bytes themselves. Hardware has no kind.
 *
 * Run: node packages/socket/examples/link-kinds.js
 */
import { Rtnetlink } from '@ripstop/socket';

const rtnetlink = Rtnetlink.open();
const links = await rtnetlink.links.list();
const names = new Map(links.map((link) => [link.index, link.name]));
for (const { name, master, linkInfo } of links) {
  const { kind = 'no kind', data } = linkInfo ?? {};
  const parts = [kind];
  if (data !== undefined && 'stpState' in data) {
    parts.push(`spanning tree ${data.stpState === 0 ? 'off' : 'on'}`, `priority ${data.priority}`);
  }
  if (master !== undefined) parts.push(`port of ${linkInfo?.slaveKind} ${names.get(master)}`);
  console.log(`${name}: ${parts.join(', ')}`);
}
rtnetlink.close();
