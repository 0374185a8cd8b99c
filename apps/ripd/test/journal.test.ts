import { rip, ripng } from '@ripstop/rip';
import type { Journal } from '@ripstop/router';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { DropLog } from '../src/log/drop-log.ts';
import { createJournal } from '../src/log/journal.ts';
import { prettyLine } from '../src/log/log.ts';

describe('the journal', () => {
  let records: Record<string, unknown>[];
  let now: number;
  let timers: { readonly deadline: number; readonly due: () => void }[];
  let journal: Journal;
  let journalOfRipng: Journal;

  beforeEach(() => {
    records = [];
    now = 0;
    timers = [];
    const log = pino(
      { level: 'debug', base: null, timestamp: false },
      { write: (line) => void records.push(JSON.parse(line)) },
    );
    const clock = { now: () => ({ monotonic: now, wall: 0 }) };
    const createTimer = () => ({
      set: (deadline: number, due: () => void) => void timers.push({ deadline, due }),
      clear: () => undefined,
    });
    const dropped = new DropLog(log, { clock, createTimer });
    const programAt = (port: number) => (port === 3095768269 ? 'zebra' : undefined);
    journal = createJournal(log, rip, dropped, programAt);
    journalOfRipng = createJournal(log, ripng, dropped, programAt);
  });

  const wait = (milliseconds: number): void => {
    now += milliseconds;
    const due = timers.filter(({ deadline }) => deadline <= now);
    timers = timers.filter(({ deadline }) => deadline > now);
    for (const timer of due) timer.due();
  };

  const drop = (neighbor: string, detail = 'port 5200, expected 520', on = 'eth0'): void =>
    journal.report({ type: 'packet-dropped', interface: on, neighbor, reason: 'source-port', detail });

  it('writes who, where, what came and what was expected in one record', () => {
    drop('10.0.0.2');
    expect(records).toEqual([
      {
        level: 40,
        interface: 'eth0',
        neighbor: '10.0.0.2',
        reason: 'source-port',
        detail: 'port 5200, expected 520',
        msg: 'packet dropped: a response that was not sent from the port of routers',
      },
    ]);
  });

  it('writes the same complaint about the same neighbor once in 10 s, then with the number kept back', () => {
    for (let packet = 0; packet < 1_000; packet += 1) drop('10.0.0.2');
    expect(records).toHaveLength(1);
    wait(10_000);
    drop('10.0.0.2');
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ suppressed: 999 });
  });

  it('does not keep back a complaint about another neighbor', () => {
    drop('10.0.0.2');
    drop('10.0.0.3');
    expect(records.map(({ neighbor }) => neighbor)).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  it('does not keep back another complaint about the same neighbor', () => {
    drop('10.0.0.2');
    drop('10.0.0.2', 'port 5201, expected 520');
    expect(records.map(({ detail }) => detail)).toEqual([
      'port 5200, expected 520',
      'port 5201, expected 520',
    ]);
  });

  it('writes ten lines about one reason on one interface, whoever sends, then one with the numbers of the rest', () => {
    for (let packet = 0; packet < 1_000; packet += 1) drop(`10.0.1.${packet % 250}`, `port ${packet}`);
    expect(records).toHaveLength(10);
    wait(9_999);
    expect(records).toHaveLength(10);
    wait(1);
    expect(records.slice(10)).toEqual([
      {
        level: 40,
        interface: 'eth0',
        reason: 'source-port',
        suppressed: 990,
        senders: 250,
        msg: 'packet dropped: a response that was not sent from the port of routers; more of the same were kept back',
      },
    ]);
    wait(10_000);
    expect(records).toHaveLength(11);
    drop('10.0.0.2');
    expect(records).toHaveLength(12);
  });

  it('does not let a flood on one interface hide what happens on another', () => {
    for (let packet = 0; packet < 100; packet += 1) drop(`10.0.1.${packet}`);
    drop('10.0.0.2', 'port 5200', 'eth1');
    expect(records.at(-1)).toMatchObject({ interface: 'eth1', neighbor: '10.0.0.2' });
  });

  it('remembers neither senders nor timers beyond a bound, however many send', () => {
    for (let packet = 0; packet < 10_000; packet += 1) drop(`10.1.${packet >> 8}.${packet & 255}`);
    expect(timers).toHaveLength(1);
    wait(10_000);
    expect(records.at(-1)).toMatchObject({ suppressed: 9_990, senders: 4_096 });
    expect(timers).toEqual([]);
  });

  it('calls the protocol by its name', () => {
    for (const each of [journal, journalOfRipng]) {
      each.report({ type: 'interface-started', interface: 'eth0', passive: false });
      each.report({ type: 'interface-stopped', interface: 'eth0', reason: 'down' });
    }
    expect(records.map(({ msg }) => msg)).toEqual([
      'RIP runs on the interface',
      'RIP has stopped on the interface: the link is down or gone',
      'RIPng runs on the interface',
      'RIPng has stopped on the interface: the link is down or gone',
    ]);
  });

  it.each([
    ['no-address', 'it has no IPv4 address any more', 'it has no link-local address any more'],
    ['not-configured', 'it is not configured any more', 'it is not configured any more'],
  ] as const)('says why a protocol has stopped: %s', (reason, ofRip, ofRipng) => {
    for (const each of [journal, journalOfRipng])
      each.report({ type: 'interface-stopped', interface: 'eth0', reason });
    expect(records.map(({ msg }) => msg)).toEqual([
      `RIP has stopped on the interface: ${ofRip}`,
      `RIPng has stopped on the interface: ${ofRipng}`,
    ]);
  });

  it('says nothing of an interface without a socket: the instance tells of all of them together', () => {
    journal.report({ type: 'listen-failed', interface: 'eth0', reason: 'no' });
    expect(records).toEqual([]);
  });

  it('names an address that another host has', () => {
    journalOfRipng.report({ type: 'address-duplicate', interface: 'eth0', address: 'fe80::1' });
    const msg =
      'fe80::1 is used by another host on the link (duplicate address detection failed): RIPng does not speak from it';
    expect(records).toEqual([{ level: 50, interface: 'eth0', address: 'fe80::1', msg }]);
  });

  it('does not claim whose the routes are that were there at start', () => {
    journal.report({ type: 'stale-routes', change: 'adopted', routes: 3 });
    const msg = 'routes of our protocol are in the kernel; they stay until they are confirmed or stale';
    expect(records).toEqual([{ level: 30, change: 'adopted', routes: 3, msg }]);
  });

  it('warns of a neighbor that can never be heard', () => {
    journal.report({ type: 'neighbor-off-subnet', interface: 'eth0', neighbor: '192.168.99.9' });
    expect(records).toEqual([
      {
        level: 40,
        interface: 'eth0',
        neighbor: '192.168.99.9',
        msg: expect.stringContaining('see validate-source'),
      },
    ]);
  });

  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('names who has a route that we wanted', async () => {
    journal.report({ type: 'route-conflict', prefix: '10.9.0.0/16', protocol: 'static' });
    await turn();
    const msg = 'the route belongs to somebody else; ours waits until it is gone';
    expect(records).toEqual([{ level: 40, prefix: '10.9.0.0/16', holder: 'proto static', msg }]);
  });

  it('names whose route with which metric serves in the place of ours', async () => {
    journal.report({ type: 'route-shadowed', prefix: '10.9.0.0/16', protocol: 'static', metric: 5 });
    journal.report({ type: 'route-serves-again', prefix: '10.9.0.0/16' });
    await turn();
    expect(records).toEqual([
      {
        level: 40,
        prefix: '10.9.0.0/16',
        holder: 'proto static',
        metric: 5,
        msg: 'another route serves; ours stays in the kernel behind it',
      },
      { level: 30, prefix: '10.9.0.0/16', msg: 'the other route is gone; ours serves again' },
    ]);
  });

  it('writes one record for many routes that are refused for one reason', async () => {
    for (let route = 0; route < 1_000; route += 1)
      journal.report({ type: 'route-install-failed', prefix: `10.9.${route}.0/24`, reason: 'ENOMEM' });
    journal.report({ type: 'route-install-failed', prefix: '10.8.0.0/24', reason: 'EPERM' });
    await turn();
    expect(records.map(({ msg, routes, reason }) => [msg, routes, reason])).toEqual([
      ['1000 routes were refused by the kernel; they are tried again', 1_000, 'ENOMEM'],
      ['the kernel refused the route; it is tried again', undefined, 'EPERM'],
    ]);
  });

  it('says once that there is a fight, and once that it is over', () => {
    const fight = { routes: 10_000, prefix: '10.9.0.0/16', culprit: 'proto static' };
    journal.report({ type: 'routes-contested', ...fight });
    journal.report({ type: 'routes-uncontested', routes: 10_000 });
    expect(records).toEqual([
      { level: 40, ...fight, msg: expect.stringContaining('changes 10000 of our routes again and again') },
      { level: 30, routes: 10_000, msg: expect.stringContaining('the fight is over') },
    ]);
  });

  it('says when a route that was kept out is in the kernel', async () => {
    journal.report({ type: 'route-admitted', prefix: '10.9.0.0/16' });
    await turn();
    expect(records).toEqual([{ level: 30, prefix: '10.9.0.0/16', msg: 'our route is in the kernel now' }]);
  });

  it('writes when a key ends as a date', () => {
    const end = Date.UTC(2026, 0, 1);
    journal.report({ type: 'key-ended', interface: 'eth0', chain: 'core', key: 1, use: 'send', end });
    expect(records).toMatchObject([{ chain: 'core', end: '2026-01-01T00:00:00.000Z' }]);
  });

  const heal = (prefix: string, culprit: string): void =>
    journal.report({ type: 'route-healed', prefix, change: 'altered', culprit });
  it('names the culprit of a change to our route', async () => {
    heal('10.9.0.0/24', 'proto static');
    await turn();
    expect(records).toEqual([
      {
        level: 40,
        prefix: '10.9.0.0/24',
        change: 'altered',
        culprit: 'proto static',
        msg: 'our route was altered; it is back',
      },
    ]);
  });

  it('names the program behind a netlink port while it runs', async () => {
    heal('10.9.0.0/24', 'netlink port 3095768269');
    heal('10.9.1.0/24', 'netlink port 4294967295');
    await turn();
    expect(records.map(({ culprit }) => culprit)).toEqual([
      'zebra (netlink port 3095768269)',
      'netlink port 4294967295',
    ]);
  });

  it('writes one record for many routes that were put back in one go', async () => {
    for (let route = 0; route < 1_000; route += 1) heal(`10.9.${route}.0/24`, 'proto static');
    await turn();
    heal('10.8.0.0/24', 'proto static');
    await turn();
    expect(records.map(({ msg, routes }) => [msg, routes])).toEqual([
      ['1000 of our routes were altered; they are back', 1_000],
      ['our route was altered; it is back', undefined],
    ]);
  });
});

describe('the log for people', () => {
  it('has the protocol before the message, once', () => {
    const record = {
      level: 'info',
      time: '2026-11-21T07:32:37.123Z',
      protocol: 'ripng',
      msg: 'neighbor appeared',
    };
    expect(prettyLine(JSON.stringify({ ...record, interface: 'eth0' }))).toBe(
      '07:32:37.123 info  RIPng  neighbor appeared  interface=eth0',
    );
    expect(prettyLine(JSON.stringify({ ...record, msg: 'RIPng runs' }))).toBe(
      '07:32:37.123 info  RIPng runs',
    );
  });

  it('has time, level, message and fields in one line', () => {
    const record = {
      level: 'warn',
      time: '2026-11-21T07:32:37.123Z',
      msg: 'neighbor lost',
      neighbor: '10.0.0.2',
      routes: 3,
      why: 'a b',
    };
    expect(prettyLine(JSON.stringify(record))).toBe(
      '07:32:37.123 warn  neighbor lost  neighbor=10.0.0.2  routes=3  why="a b"',
    );
  });
});
