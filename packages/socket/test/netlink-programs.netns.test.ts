// Who has a netlink port: this very process, in whatever namespace; nobody, when its socket is closed.
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { NetlinkPrograms } from '../src/netlink-programs.ts';
import { Rtnetlink } from '../src/rtnetlink.ts';
import { makeNamespace } from './namespaces.ts';

test('names the program that has the port, in the namespace of its socket and in no other', () => {
  const [namespace, elsewhere] = [makeNamespace(), makeNamespace()];
  const client = Rtnetlink.open({ namespace });
  const port = client.portId;
  const programs = new NetlinkPrograms(namespace);
  expect(programs.at(port)).toBe(basename(process.argv0));
  expect(programs.at(port)).toBe(basename(process.argv0));
  expect(new NetlinkPrograms(elsewhere).at(port)).toBeUndefined();
  client.close();
  expect(programs.at(port)).toBeUndefined();
});

test('knows the second socket of a process, too, in the own namespace', () => {
  const clients = [Rtnetlink.open(), Rtnetlink.open()];
  const programs = new NetlinkPrograms();
  for (const { portId } of clients) expect(programs.at(portId)).toBe(basename(process.argv0));
  for (const client of clients) client.close();
});

test('knows nobody where there is no such namespace', () => {
  expect(new NetlinkPrograms('nowhere').at(process.pid)).toBeUndefined();
});
