// The address family AF_NETLINK: protocols, types, ports, groups, and programs that talk to each other.
import { writeSync } from 'node:fs';
import { controlTypes, datagramOf, messageFlags, messagesOf, multipartOf } from '@ripstop/netlink';
import { viewOf } from '@ripstop/wire';
import { describe, expect, test, vi } from 'vitest';
import { SyscallError } from '../src/system/libc.ts';
import { listen } from './listener.ts';
import { ip, makeNamespace, namespaceWithLoopback } from './namespaces.ts';
import { runScript, startScript } from './script.ts';

const NETLINK_USERSOCK = 2;
const NETLINK_KOBJECT_UEVENT = 15;
const NETLINK_GENERIC = 16;
const RTNLGRP_IPV4_ROUTE = 7;
const RTNLGRP_IPV6_MCADDR = 38;
const RTM_NEWMULTICAST = 56;
const SECONDS = { timeout: 10_000, interval: 5 };
const { acknowledge, dump, request } = messageFlags.masks;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const typesIn = (datagram: Uint8Array): number[] => [...messagesOf(viewOf(datagram))].map(({ type }) => type);

describe('protocols', () => {
  test.each(['raw', 'datagram'] as const)('NETLINK_ROUTE, type %s: a dump is answered', async (type) => {
    const { socket, datagrams } = listen(namespaceWithLoopback(), { type });
    const RTM_GETLINK = 18;
    const header = { type: RTM_GETLINK, flags: request | dump, sequence: 1 };
    socket.send(datagramOf([{ ...header, payload: new Uint8Array(16) }]));
    await vi.waitFor(() => expect(datagrams.flatMap(typesIn)).toContain(controlTypes.NLMSG_DONE), SECONDS);
    const RTM_NEWLINK = 16;
    expect(datagrams.flatMap(typesIn)).toEqual([RTM_NEWLINK, controlTypes.NLMSG_DONE]);
  });

  test('NETLINK_GENERIC: the controller tells of itself', async () => {
    const { socket, datagrams } = listen(makeNamespace(), { protocol: NETLINK_GENERIC });
    expect(socket.refusedOptions).toEqual([]);
    const [GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME] = [16, 3, 2];
    const name = text('nlctrl\0');
    const attribute = [4 + name.length, 0, CTRL_ATTR_FAMILY_NAME, 0, ...name];
    const payload = Uint8Array.of(CTRL_CMD_GETFAMILY, 1, 0, 0, ...attribute);
    socket.send(datagramOf([{ type: GENL_ID_CTRL, flags: request | acknowledge, sequence: 1, payload }]));
    await vi.waitFor(() => expect(datagrams.flatMap(typesIn)).toHaveLength(2), SECONDS);
    const [answer] = datagrams as [Uint8Array];
    expect(datagrams.flatMap(typesIn)).toEqual([GENL_ID_CTRL, controlTypes.NLMSG_ERROR]);
    const CTRL_CMD_NEWFAMILY = 1;
    expect(answer[16]).toBe(CTRL_CMD_NEWFAMILY);
    expect(textOf(answer.subarray(20))).toContain('nlctrl\0');
  });

  test('NETLINK_KOBJECT_UEVENT: its text comes as it is', async () => {
    const namespace = makeNamespace();
    const { datagrams } = listen(namespace, { protocol: NETLINK_KOBJECT_UEVENT, groupMask: 1 });
    ip(namespace, 'link add eth0 type veth peer name eth1');
    const told = (): string[] => datagrams.map((bytes) => textOf(bytes).split('\0')[0]!);
    await vi.waitFor(() => expect(told()).toContain('add@/devices/virtual/net/eth0'), SECONDS);
  });

  test('one that the kernel does not have is refused by name', () => {
    expect(() => listen(makeNamespace(), { protocol: 31 })).toThrow(
      expect.objectContaining({
        name: 'SyscallError',
        code: 'EPROTONOSUPPORT',
        message: expect.stringContaining('netlink socket of protocol 31 in'),
      }),
    );
  });
});

describe('ports', () => {
  test('the kernel gives every socket of a process another one', () => {
    const namespace = makeNamespace();
    const ports = Array.from({ length: 20 }, () => listen(namespace).socket.portId);
    expect(new Set(ports).size).toBe(20);
    expect(ports).not.toContain(0);
  });

  test('a wanted one is taken once', () => {
    const namespace = makeNamespace();
    expect(listen(namespace, { portId: 0xffff_fffe }).socket.portId).toBe(0xffff_fffe);
    expect(() => listen(namespace, { portId: 0xffff_fffe })).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', detail: expect.stringContaining('port 4294967294') }),
    );
    expect(listen(makeNamespace(), { portId: 0xffff_fffe }).socket.portId, 'elsewhere').toBe(0xffff_fffe);
  });
});

describe('groups', () => {
  test('by mask, by number, joined and left while open', async () => {
    const namespace = namespaceWithLoopback();
    const byMask = listen(namespace, { groupMask: 2 ** (RTNLGRP_IPV4_ROUTE - 1) });
    const byNumber = listen(namespace, { groups: [RTNLGRP_IPV4_ROUTE] });
    const later = listen(namespace);
    ip(namespace, 'route add 10.0.0.0/8 dev lo');
    later.socket.join(RTNLGRP_IPV4_ROUTE);
    later.socket.join(RTNLGRP_IPV4_ROUTE);
    ip(namespace, 'route add 11.0.0.0/8 dev lo');
    later.socket.leave(RTNLGRP_IPV4_ROUTE);
    ip(namespace, 'route add 12.0.0.0/8 dev lo');
    await vi.waitFor(() => expect(byMask.datagrams).toHaveLength(3), SECONDS);
    await vi.waitFor(() => expect(byNumber.datagrams).toHaveLength(3), SECONDS);
    await vi.waitFor(() => expect(later.datagrams).toEqual([byMask.datagrams[1]]), SECONDS);
    expect(byNumber.datagrams).toEqual(byMask.datagrams);
    expect(byMask.senders[0]).toEqual({ portId: 0, groupMask: 2 ** (RTNLGRP_IPV4_ROUTE - 1) });
  });

  test('beyond 32', async ({ skip }) => {
    const namespace = makeNamespace();
    const listener = listen(namespace);
    try {
      listener.socket.join(RTNLGRP_IPV6_MCADDR);
    } catch (error) {
      if (!(error instanceof SyscallError) || error.code !== 'EINVAL') throw error;
      writeSync(2, 'skipped: a group beyond 32, as this kernel has none that can be made to speak\n');
      return skip();
    }
    ip(namespace, 'link add eth0 type veth peer name eth1');
    ip(namespace, 'link set eth0 up');
    await vi.waitFor(() => expect(listener.datagrams.flatMap(typesIn)).toContain(RTM_NEWMULTICAST), SECONDS);
    expect(listener.senders[0]).toEqual({ portId: 0, groupMask: 0 });
    expect(() => listener.socket.join(100_000)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  });
});

describe('programs talk to each other', () => {
  const open = (namespace: string, options: Parameters<typeof listen>[1] = {}) =>
    listen(namespace, { protocol: NETLINK_USERSOCK, senders: 'any', ...options });

  test('one to one; the receiver knows who it was', async () => {
    const namespace = makeNamespace();
    const [one, two, three] = [open(namespace), open(namespace), open(namespace)];
    one.socket.send(text('to two'), { portId: two.socket.portId });
    two.socket.send(text('to one'), { portId: one.socket.portId });
    await vi.waitFor(() => expect(two.datagrams.map(textOf)).toEqual(['to two']), SECONDS);
    await vi.waitFor(() => expect(one.datagrams.map(textOf)).toEqual(['to one']), SECONDS);
    expect(two.senders).toEqual([{ portId: one.socket.portId, groupMask: 0 }]);
    expect(three.datagrams).toEqual([]);
  });

  test('one to a group, the sender left out', async () => {
    const namespace = makeNamespace();
    const [one, two, three, outside] = [
      open(namespace, { groups: [32] }),
      open(namespace, { groups: [32] }),
      open(namespace, { groupMask: 0x8000_0000 }),
      open(namespace, { groups: [31] }),
    ];
    one.socket.send(text('to 32'), { group: 32 });
    one.socket.send(text('to 31'), { group: 31 });
    for (const listener of [two, three, outside])
      await vi.waitFor(() => expect(listener.datagrams).toHaveLength(1), SECONDS);
    expect([one, two, three, outside].map(({ datagrams }) => datagrams.map(textOf))).toEqual([
      [],
      ['to 32'],
      ['to 32'],
      ['to 31'],
    ]);
    expect(two.senders).toEqual([{ portId: one.socket.portId, groupMask: 0x8000_0000 }]);
    for (const group of [0, 33, 1.5]) {
      expect(() => one.socket.send(text('nowhere'), { group })).toThrow(RangeError);
    }
  });

  test('only chosen senders are heard', async () => {
    const namespace = makeNamespace();
    const [friend, stranger] = [open(namespace), open(namespace)];
    const careful = open(namespace, { senders: [friend.socket.portId] });
    const { portId } = careful.socket;
    for (const { socket } of [stranger, friend, stranger]) socket.send(text('hello'), { portId });
    await vi.waitFor(() => expect(careful.socket.foreignDatagrams).toBe(2), SECONDS);
    expect(careful.senders).toEqual([{ portId: friend.socket.portId, groupMask: 0 }]);
  });

  test('a multipart answer to another process, several messages in each datagram', async () => {
    const namespace = makeNamespace();
    const PARTS = 1000;
    const { socket } = open(namespace, {
      receive: (datagrams, senders) => {
        for (const [at, datagram] of datagrams.entries()) {
          const { portId } = senders[at]!;
          for (const { sequence } of messagesOf(viewOf(datagram))) {
            const parts = Array.from({ length: PARTS }, (_, number) => {
              return { type: 20, sequence, portId, payload: new Uint8Array(number % 7) };
            });
            for (const answer of multipartOf(parts, { sequence, portId }, 4096))
              socket.send(answer, { portId });
          }
        }
      },
    });
    const stdout = await startScript(`
      const { datagramOf, messageFlags, messagesOf } = netlink;
      const viewOf = ({ buffer, byteOffset, byteLength }) => new DataView(buffer, byteOffset, byteLength);
      const found = { parts: 0, datagrams: 0, multi: true, ours: true };
      const asking = socket.openNetlinkSocket({
        protocol: ${NETLINK_USERSOCK}, namespace: '${namespace}', senders: [${socket.portId}],
        receive(datagrams) {
          found.datagrams += datagrams.length;
          for (const datagram of datagrams)
            for (const { type, flags, sequence, portId } of messagesOf(viewOf(datagram))) {
              found.multi &&= (flags & messageFlags.masks.multi) !== 0;
              found.ours &&= sequence === 77 && portId === asking.portId;
              if (type === 20) found.parts += 1;
              else asking.close();
            }
        },
        overrun() {}, failed() {},
      });
      asking.send(datagramOf([{ type: 18, flags: ${request | dump}, sequence: 77 }]), { portId: ${socket.portId} });
      process.on('exit', () => console.log(JSON.stringify(found)));`);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({ parts: PARTS, multi: true, ours: true });
    expect(found.datagrams).toBeLessThan(PARTS / 100);
  });

  test('a port that nobody has, a full receiver, a datagram beyond the send buffer', () => {
    const namespace = makeNamespace();
    const [one, two] = [open(namespace), open(namespace, { receiveBufferBytes: 4096 })];
    const { portId } = two.socket;
    expect(() => one.socket.send(text('hello'), { portId: 4711 })).toThrow(
      expect.objectContaining({ code: 'ECONNREFUSED', call: 'sendto' }),
    );
    expect(() => {
      for (let count = 0; count < 1000; count += 1) one.socket.send(new Uint8Array(1000), { portId });
    }).toThrow(expect.objectContaining({ code: 'EAGAIN' }));
    let reason: unknown;
    try {
      one.socket.send(new Uint8Array(64 * 1024 * 1024), { portId });
    } catch (error) {
      reason = error;
    }
    expect(reason).toMatchObject({ name: 'SyscallError', code: 'EMSGSIZE' });
    const limit = Number(/67108864 bytes, the send buffer takes at most (\d+)/.exec(String(reason))?.[1]);
    const sendOf = (bytes: number): void => listen(namespace).socket.send(new Uint8Array(bytes));
    expect(() => sendOf(limit)).not.toThrow();
    expect(() => sendOf(limit + 1)).toThrow(expect.objectContaining({ code: 'EMSGSIZE', call: 'send' }));
  });
});

describe('strangers', () => {
  test('a notification that another process has forged, byte by byte, is not taken', async () => {
    const namespace = namespaceWithLoopback();
    const listener = listen(namespace, { groups: [RTNLGRP_IPV4_ROUTE] });
    ip(namespace, 'route add 10.0.0.0/8 dev lo');
    await vi.waitFor(() => expect(listener.datagrams).toHaveLength(1), SECONDS);
    const forged = Buffer.from(listener.datagrams[0]!).toString('hex');
    await startScript(`
      const forger = socket.openNetlinkSocket({ namespace: '${namespace}', receive() {}, overrun() {}, failed() {} });
      const forged = Buffer.from('${forged}', 'hex');
      forger.send(forged, { portId: ${listener.socket.portId} });
      forger.send(forged, { group: ${RTNLGRP_IPV4_ROUTE} });
      forger.close();`);
    await vi.waitFor(() => expect(listener.socket.foreignDatagrams).toBe(2), SECONDS);
    ip(namespace, 'route del 10.0.0.0/8 dev lo');
    await vi.waitFor(() => expect(listener.datagrams).toHaveLength(2), SECONDS);
    const [RTM_NEWROUTE, RTM_DELROUTE] = [24, 25];
    expect(listener.datagrams.flatMap(typesIn)).toEqual([RTM_NEWROUTE, RTM_DELROUTE]);
  });

  test('without CAP_NET_ADMIN nobody can send to another’s port', () => {
    const namespace = makeNamespace();
    const { socket } = listen(namespace);
    const script = `
      const forger = socket.openNetlinkSocket({ receive() {}, overrun() {}, failed() {} });
      try { forger.send(new Uint8Array(16), { portId: ${socket.portId} }); } catch (error) { console.log(error.code); }
      forger.close();`;
    const through = ['ip', 'netns', 'exec', namespace, 'setpriv', '--bounding-set=-net_admin'];
    expect(runScript(script, through)).toEqual(
      expect.objectContaining({ status: 0, stdout: 'EPERM\n', stderr: '' }),
    );
  });
});
