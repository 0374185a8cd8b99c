/**
 * What a user of the packages writes: compiled and run against the installed tarballs, on every version of Node. Prints a
 * line for every step. Argument: a network namespace in which nothing has been done yet.
 */
import { routeMessage } from '@ripstop/netlink';
import {
  linkFlags,
  Mirror,
  messageFlags,
  NetlinkError,
  type Request,
  type RouteInput,
  type RouteMessage,
  Rtnetlink,
  routePrefix,
} from '@ripstop/socket';
import { decode, encode, parsePrefix } from '@ripstop/wire';

const [, , namespace] = process.argv;
const LOOPBACK = 1;
const MANY = 5_000;

const route = (number: number): RouteInput => ({
  family: 'ipv4',
  destination: `10.0.${number >> 8}.${number & 0xff}`,
  destinationLength: 32,
  type: 'unicast',
  scope: 'link',
  protocol: 'static',
  table: 100,
  outputInterface: LOOPBACK,
});
const addition = (number: number): Request => ({
  object: 'route',
  operation: 'new',
  flags: messageFlags.masks.create | messageFlags.masks.exclusive,
  message: route(number),
});

const rtnetlink = Rtnetlink.open({ namespace });
const { up } = linkFlags.masks;
await rtnetlink.links.set({ index: LOOPBACK, flags: up, change: up });
const links = await rtnetlink.links.list();
console.log(`links: ${links.map(({ name, flags }) => `${name} ${linkFlags.namesOf(flags)[0]}`).join()}`);

const watched: string[] = [];
const ended = (async () => {
  for await (const event of rtnetlink.watch(['address'])) {
    if (event.object === 'watch') continue;
    watched.push(`${event.operation} ${event.message.local}/${event.message.prefixLength}`);
    if (event.operation === 'delete') break;
  }
})();
const address = { prefix: '192.0.2.1/24', interfaceIndex: LOOPBACK } as const;
await rtnetlink.addresses.add(address);
const refusal = await rtnetlink.addresses.add(address).catch((error: unknown) => error);
if (!(refusal instanceof NetlinkError)) throw new Error('not refused');
console.log(`again: ${refusal.code}`);
await rtnetlink.addresses.delete(address);
await ended;
console.log(`watched: ${watched.join()}`);

const outcomes = await rtnetlink.batch([addition(1), addition(1), addition(2)]);
console.log(`batch: ${outcomes.map((outcome) => outcome?.code ?? 'ok').join()}`);
const found: readonly RouteMessage[] = await rtnetlink.routes.list({ table: 100 });
console.log(`list: ${found.map(routePrefix).sort().join()}`);

// The buffer holds a handful of notifications: most are lost, and the reader is told.
const small = Rtnetlink.open({ namespace, receiveBufferBytes: 4096 });
const reading = (async () => {
  let overruns = 0;
  for await (const event of small.watch(['route'])) {
    if (event.object === 'watch') {
      overruns += 1;
      await rtnetlink.routes.replace({ prefix: '198.51.100.0/24', outputInterface: LOOPBACK, table: 101 });
    } else if (event.message.destination === '198.51.100.0') break;
  }
  return overruns;
})();
await rtnetlink.batch(Array.from({ length: MANY }, (_, number) => addition(number + 3)));
console.log(`overrun: ${(await reading) > 0 ? 'told' : 'not told'}`);
small.close();

const mirror = await Mirror.open(['route'], { namespace });
console.log(`mirror: ${mirror.routes.filter(({ table }) => table === 100).length}`);
mirror.close();

let streamed = 0;
for await (const { table } of rtnetlink.routes.stream({ table: 100 })) if (table === 100) streamed += 1;
console.log(`stream: ${streamed}`);
console.log(`flush: ${await rtnetlink.routes.flush({ table: 100 })}`);
rtnetlink.close();

const bytes = encode(routeMessage, route(7));
console.log(`codec: ${bytes.length} bytes, ${routePrefix(decode(routeMessage, bytes))}`);
console.log(`prefix: ${parsePrefix('2001:DB8::/32')}`);
