import type { Journal } from '@ripstop/router';
import pino from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { createJournal } from '../src/log/journal.ts';
import { prettyLine } from '../src/log/log.ts';
import { Quiet } from '../src/log/quiet.ts';

describe('the journal', () => {
  let records: Record<string, unknown>[];
  let now: number;
  let journal: Journal;

  beforeEach(() => {
    records = [];
    now = 0;
    const log = pino(
      { level: 'debug', base: null, timestamp: false },
      { write: (line) => void records.push(JSON.parse(line)) },
    );
    journal = createJournal(log, new Quiet({ now: () => ({ monotonic: now, wall: 0 }) }));
  });

  const drop = (neighbor: string): void =>
    journal.report({
      type: 'packet-dropped',
      interface: 'eth0',
      neighbor,
      reason: 'source-port',
      detail: 'port 5200, expected 520',
    });

  it('writes who, where, what came and what was expected in one record', () => {
    drop('10.0.0.2');
    expect(records).toEqual([
      {
        level: 40,
        interface: 'eth0',
        neighbor: '10.0.0.2',
        reason: 'source-port',
        detail: 'port 5200, expected 520',
        msg: 'packet dropped: a response that was not sent from port 520',
      },
    ]);
  });

  it('writes the same complaint about the same neighbor once in 10 s, then with the number kept back', () => {
    for (let packet = 0; packet < 1_000; packet += 1) drop('10.0.0.2');
    expect(records).toHaveLength(1);
    now = 10_000;
    drop('10.0.0.2');
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ suppressed: 999 });
  });

  it('does not keep back a complaint about another neighbor', () => {
    drop('10.0.0.2');
    drop('10.0.0.3');
    expect(records.map(({ neighbor }) => neighbor)).toEqual(['10.0.0.2', '10.0.0.3']);
  });

  const heal = (prefix: string, culprit: string): void =>
    journal.report({ type: 'route-healed', prefix, change: 'altered', culprit });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
    heal('10.9.0.0/24', `netlink port ${process.pid}`);
    heal('10.9.1.0/24', 'netlink port 4294967295');
    await turn();
    expect(records.map(({ culprit }) => culprit)).toEqual([
      expect.stringMatching(/^\S.* \(netlink port \d+\)$/),
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
