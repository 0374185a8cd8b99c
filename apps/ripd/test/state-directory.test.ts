import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StateDirectory } from '../src/host/state-directory.ts';

const SOCKET = '/run/ripd/ripd.sock';
const FILE = 'run-ripd-ripd.sock.sequence';

let directory: string;
let warnings: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ripd-state-'));
  warnings = [];
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (path = directory, socket = SOCKET): StateDirectory =>
  new StateDirectory({ directory: path, socket, warn: (message) => void warnings.push(message) });

describe('the state directory', () => {
  it('has no number at first, then the one that was reserved last', () => {
    const first = open();
    expect(first.sequence).toBe(0);
    for (const sequence of [1_790_000_060, 1_790_000_120]) first.reserveSequence(sequence);
    expect([first.sequence, open().sequence]).toEqual([1_790_000_120, 1_790_000_120]);
    expect(warnings).toEqual([]);
  });

  it('is made when it is needed, and holds one file, which a person can read', () => {
    const path = join(directory, 'lib', 'ripd');
    open(path);
    expect(readdirSync(directory)).toEqual([]);
    open(path).reserveSequence(4_294_967_295);
    expect(readdirSync(path)).toEqual([FILE]);
    expect(readFileSync(join(path, FILE), 'utf8')).toBe('4294967295\n');
    expect(open(path).sequence).toBe(4_294_967_295);
  });

  it.each([
    ['/run/ripd/a.sock', '/run/ripd/b.sock'],
    ['/run/a-b', '/run/a/b'],
    ['/run/a%2Db', '/run/a-b'],
  ])('keeps %s and %s apart', (one, other) => {
    open(directory, one).reserveSequence(1);
    open(directory, other).reserveSequence(2);
    expect([open(directory, one).sequence, open(directory, other).sequence]).toEqual([1, 2]);
  });

  it.each(['', '\n', '12', '-5\n', '1e9\n', '12\n13\n', '99999999999\n', '\0\0\0\n'])(
    'moves a file that holds %j aside, and says so',
    (text) => {
      writeFileSync(join(directory, FILE), text);
      expect(open().sequence).toBe(0);
      expect(warnings).toEqual([expect.stringContaining(`${FILE}.damaged`)]);
      expect(readFileSync(join(directory, `${FILE}.damaged`), 'utf8')).toBe(text);
      open().reserveSequence(7);
      expect(open().sequence).toBe(7);
      expect(warnings).toHaveLength(1);
    },
  );

  it('that cannot be written to is told of once, until it can', () => {
    const path = join(directory, 'state');
    writeFileSync(path, 'a file where the directory should be');
    const state = open(path);
    expect(warnings).toEqual([]);
    for (const sequence of [1, 2, 3]) state.reserveSequence(sequence);
    expect(warnings).toEqual([expect.stringMatching(/state-directory/)]);
    rmSync(path);
    state.reserveSequence(4);
    expect(open(path).sequence).toBe(4);
    rmSync(path, { recursive: true });
    writeFileSync(path, '');
    state.reserveSequence(5);
    expect(warnings).toHaveLength(2);
  });

  it('that the kernel lets nobody make is told of', () => {
    open('/proc/nope/ripd').reserveSequence(1);
    expect(warnings).toEqual([expect.stringMatching(/ENOENT.*state-directory/)]);
  });

  it('tells of a file that is there and cannot be read', () => {
    mkdirSync(join(directory, FILE));
    expect(open().sequence).toBe(0);
    expect(warnings).toEqual([expect.stringContaining('EISDIR')]);
  });
});
