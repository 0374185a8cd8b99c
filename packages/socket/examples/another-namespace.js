/**
 * The links of another network namespace, while this process stays in its own.
 *
 * A socket belongs for life to the namespace in which it was opened. A namespace is a name of `ip netns`, an absolute path
 * such as `/proc/1234/ns/net`, or the id of a process that is in it.
 *
 * Run: node packages/socket/examples/another-namespace.js NAMESPACE      as root
 */
import { Rtnetlink } from '@ripstop/socket';

const [reference = '/proc/self/ns/net'] = process.argv.slice(2);
const namespace = /^\d+$/.test(reference) ? Number(reference) : reference;

const here = Rtnetlink.open();
const there = Rtnetlink.open({ namespace });
const names = async (/** @type {Rtnetlink} */ client) =>
  (await client.links.list()).map(({ name }) => name).join(' ');
console.log(`here: ${await names(here)}`);
console.log(`there: ${await names(there)}`);
here.close();
there.close();
