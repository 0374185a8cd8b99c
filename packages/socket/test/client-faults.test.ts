// A client and a kernel that is made up: it tells of a route that cannot be read, loses its answers, or breaks off.
import { controlTypes, datagramOf, messageFlags, messagesOf, type PlainMessage } from '@ripstop/netlink';
import { type DecodeError, viewOf } from '@ripstop/wire';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { NetlinkSocketOptions } from '../src/netlink-socket.ts';
import { Rtnetlink } from '../src/rtnetlink.ts';
import { SyscallError } from '../src/system/libc.ts';

const RTM_NEWROUTE = 24;
const PORT = 7;
const { multi } = messageFlags.masks;

const broken = new SyscallError('recvfrom', 5, 'a made-up kernel');

/** What the kernel does with a request. */
const answers = {
  tell(options: NetlinkSocketOptions, sequence: number) {
    const header = { flags: multi, sequence, portId: PORT };
    const done = { ...header, type: controlTypes.NLMSG_DONE, payload: new Uint8Array(4) };
    options.receive([datagramOf([...routes(header), done])], [{ portId: 0, groupMask: 0 }]);
  },
  lose: (options: NetlinkSocketOptions) => options.overrun(),
  break: (options: NetlinkSocketOptions) => options.failed(broken),
};
let manner: keyof typeof answers = 'tell';

/** Every socket that is open, by what it was opened with. */
const sockets: NetlinkSocketOptions[] = [];

vi.mock('../src/netlink-socket.ts', () => ({
  openNetlinkSocket(options: NetlinkSocketOptions) {
    sockets.push(options);
    return {
      portId: PORT,
      send(request: Uint8Array) {
        for (const { sequence } of messagesOf(viewOf(request))) {
          queueMicrotask(() => answers[manner](options, sequence));
        }
      },
      poll: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      close: () => undefined,
    };
  },
}));

/** Three routes by their table's number; the attributes of the second are longer than the message. */
function routes(header: Partial<PlainMessage>): PlainMessage[] {
  return [1, 2, 3].map((table) => {
    const attribute = [table === 2 ? 200 : 8, 0, 5, 0, 0, 0, 0, 0];
    const payload = Uint8Array.of(2, 0, 0, 0, table, 0, 0, 1, 0, 0, 0, 0, ...attribute);
    return { ...header, type: RTM_NEWROUTE, payload };
  });
}

const reported: DecodeError[] = [];
let client: Rtnetlink;
beforeEach(() => {
  manner = 'tell';
  sockets.length = 0;
  reported.length = 0;
  client = Rtnetlink.open({ undecodable: (error) => reported.push(error) });
});

/** That one, and only one, was reported. */
function expectOneReport(): void {
  expect(reported.map(({ name, message }) => [name, message])).toEqual([
    ['DecodeError', expect.stringContaining('RTM_NEWROUTE')],
  ]);
}

describe('a message that cannot be read is reported and left out, the others are not', () => {
  test('in a list', async () => {
    expect((await client.routes.list()).map(({ headerTable }) => headerTable)).toEqual([1, 3]);
    expectOneReport();
  });

  test('in a stream', async () => {
    const tables: number[] = [];
    for await (const { headerTable } of client.routes.stream()) tables.push(headerTable);
    expect(tables).toEqual([1, 3]);
    expectOneReport();
  });

  test('among the changes', async () => {
    const events = client.watch(['route']);
    sockets.at(-1)?.receive([datagramOf(routes({}))], [{ portId: 0, groupMask: 64 }]);
    client.close();
    const tables: unknown[] = [];
    for await (const event of events) tables.push(event.object === 'route' && event.message.headerTable);
    expect(tables).toEqual([1, 3]);
    expectOneReport();
  });

  test('nobody need listen', async () => {
    expect(await Rtnetlink.open().routes.list()).toHaveLength(2);
    expect(reported).toEqual([]);
  });
});

describe('answers that are lost', () => {
  test('fail a list and a stream with ENOBUFS; the client goes on', async () => {
    manner = 'lose';
    const lost = { name: 'NetlinkError', code: 'ENOBUFS' };
    await expect(client.routes.list()).rejects.toMatchObject(lost);
    await expect(client.routes.stream().next()).rejects.toMatchObject(lost);
    manner = 'tell';
    expect(await client.routes.list()).toHaveLength(2);
  });

  test('are told to a watch in their place', async () => {
    const events = client.watch(['route']);
    const told = datagramOf(routes({}));
    const { receive, overrun } = sockets.at(-1)!;
    receive([told], [{ portId: 0, groupMask: 64 }]);
    overrun();
    receive([told], [{ portId: 0, groupMask: 64 }]);
    client.close();
    const operations: string[] = [];
    for await (const { operation } of events) operations.push(operation);
    expect(operations).toEqual(['new', 'new', 'overrun', 'new', 'new']);
  });
});

describe('a socket that breaks', () => {
  test('under a stream ends the stream alone', async () => {
    manner = 'break';
    await expect(client.routes.stream().next()).rejects.toBe(broken);
    manner = 'tell';
    expect(await client.routes.list()).toHaveLength(2);
  });

  test('under the requests ends all', async () => {
    const events = client.watch(['route']);
    const waiting = events.next();
    manner = 'break';
    await expect(client.routes.list()).rejects.toBe(broken);
    await expect(waiting).rejects.toBe(broken);
    expect(() => client.watch(['route'])).toThrow(broken);
    await expect(client.routes.stream().next()).rejects.toBe(broken);
    await expect(client.links.list()).rejects.toBe(broken);
  });

  test('under a watch ends all: nobody goes on blind', async () => {
    const [events, others] = [client.watch(['route']), client.watch(['link'])];
    sockets.at(-2)!.failed(broken);
    await expect(events.next()).rejects.toBe(broken);
    await expect(others.next()).rejects.toBe(broken);
    await expect(client.links.list()).rejects.toBe(broken);
  });
});
