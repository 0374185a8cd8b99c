/**
 * A monitor of links, addresses and routes that says what changed since it was last told.
 *
 * The kernel tells of one cable, or of one `ip link set up`, several times: the flag `up` changes at once, the operational
 * state a moment later, and each time the message has everything about the link. Without the message before it, that looks
 * like the same event twice; beside it, each says something else.
 *
 * Run: node packages/socket/examples/network-monitor.js      Ctrl-C ends it
 */
import { differences, linkFlags, messageFlags, Rtnetlink, routePrefix } from '@ripstop/socket';

const rtnetlink = Rtnetlink.open();
process.once('SIGINT', () => rtnetlink.close());

// Watch first, list second: nothing that happens in between is lost.
const events = rtnetlink.watch(['link', 'address', 'route']);
/** @type {Map<number, import('@ripstop/socket').LinkMessage>} */
const links = new Map();
for (const link of await rtnetlink.links.list()) links.set(link.index, link);
console.log(`watching ${links.size} links`);

for await (const event of events) {
  if (event.operation === 'overrun') console.log('some changes were lost: start again');
  else if (event.object === 'link') console.log(linkChange(event.operation, event.message));
  else {
    const replaced = (event.flags & messageFlags.masks.replace) !== 0;
    const what = event.operation === 'delete' ? 'deleted' : replaced ? 'replaced' : 'added';
    if (event.object === 'route') console.log(`route ${routePrefix(event.message)} ${what}`);
    else {
      const { interfaceIndex, local, address, prefixLength } = event.message;
      const name = links.get(interfaceIndex)?.name ?? `interface ${interfaceIndex}`;
      console.log(`${name}: address ${local ?? address}/${prefixLength} ${what}`);
    }
  }
}

/**
 * @param {'new' | 'delete'} operation
 * @param {import('@ripstop/socket').LinkMessage} link
 */
function linkChange(operation, link) {
  const { index, name, flags, family } = link;
  // A port of a bridge is told of once more, as that: with family `bridge`, and without much of what a link has.
  if (family !== 'unspecified') return `${name}: ${operation === 'new' ? 'is' : 'was'} a port of a bridge`;
  const before = links.get(index);
  if (operation === 'delete') {
    links.delete(index);
    return `${name}: deleted`;
  }
  links.set(index, link);
  const state = flags & linkFlags.masks.up ? 'UP' : 'DOWN';
  const running = flags & linkFlags.masks.running ? 'RUNNING' : 'NOT RUNNING';
  if (before === undefined) return `${name}: new, ${state}, ${running}`;
  const changes = differences('link', before, link)
    .filter((path) => path !== 'flags')
    .map((path) => `${path} ${valueAt(before, path)} → ${valueAt(link, path)}`);
  const on = linkFlags.namesOf(flags & ~before.flags).map((flag) => `+${flag}`);
  const off = linkFlags.namesOf(before.flags & ~flags).map((flag) => `-${flag}`);
  const all = [...on, ...off, ...changes].join(', ') || 'told again, nothing has changed';
  return `${name}: ${state}, ${running} (${all})`;
}

/**
 * @param {any} value
 * @param {string} path for example `linkInfo.data.stpState`
 */
function valueAt(value, path) {
  return path.split('.').reduce((part, key) => part?.[key], value);
}
