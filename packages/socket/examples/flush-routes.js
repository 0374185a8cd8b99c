/**
 * Deletes all routes of a protocol from a table, and says how many: `ip route flush proto PROTOCOL table TABLE`.
 *
 * Each route is deleted by all that identifies it, so that nobody else's goes with it. There is no route cache to flush:
 * Linux has none for IPv4 since 3.6.
 *
 * Run: node packages/socket/examples/flush-routes.js PROTOCOL [TABLE]      as root
 */
import { numberOfName, Rtnetlink } from '@ripstop/socket';

const [protocolName = '', tableName = 'main'] = process.argv.slice(2);
const protocol = numberOfName('rt_protos', protocolName) ?? Number(protocolName);
const table = numberOfName('rt_tables', tableName) ?? Number(tableName);

const rtnetlink = Rtnetlink.open();
const count = await rtnetlink.routes.flush({ protocol, table });
console.log(`${count} routes deleted`);
rtnetlink.close();
