// `rtnl` as a process: its streams, its exit code, and what is left of it when nobody reads.
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { ip, ipAll, makeNamespace } from './iproute2.ts';
import { program } from './rtnl-process.ts';

let namespace: string;
beforeAll(() => {
  namespace = makeNamespace('rvr');
  ip(namespace, 'link set lo up');
});

function start(words: readonly string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', input, timeout: 50_000 });
}

test('what is shown goes to standard output', () => {
  const { status, stdout, stderr } = start(['--netns', namespace, 'link', '-json']);
  expect(JSON.parse(stdout)).toMatchObject([{ ifname: 'lo' }]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('what cannot be done goes to standard error, in one line, with exit code 2', () => {
  const { status, stdout, stderr } = start(['-n', namespace, 'link', 'set', 'eth7', 'up']);
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: 'rtnl: Cannot find device "eth7"\n',
  });
});

test('explain reads standard input', () => {
  const { status, stdout } = start(['explain'], '100000000300000001000000 00000000');
  expect(stdout).toMatch(/^NETLINK_ROUTE, 16 bytes\n/);
  expect(status).toBe(0);
});

test.each([
  ['/dev/full', 'link', 2, /^rtnl: ENOSPC: .*\n$/],
  ['/dev/full', '--help', 2, /^rtnl: ENOSPC: .*\n$/],
  ['/dev/full', 'explain 100000000300000001000000', 2, /^rtnl: ENOSPC: .*\n$/],
  ['/dev/null', 'link', 0, /^$/],
])('to %s: %s', (path, words, code, said) => {
  const shell = `"$0" "$1" -n "$2" ${words} > ${path}`;
  const { status, stderr } = spawnSync('sh', ['-c', shell, process.execPath, program, namespace], {
    encoding: 'utf8',
    timeout: 50_000,
  });
  expect(stderr).toMatch(said);
  expect(status).toBe(code);
});

test('an error that cannot be told is still an error', () => {
  const shell = '"$0" "$1" -n "$2" link show eth7 2> /dev/full';
  expect(spawnSync('sh', ['-c', shell, process.execPath, program, namespace]).status).toBe(2);
});

describe('more than a pipe holds', () => {
  const ROUTES = 20_000;
  beforeAll(() =>
    ipAll(
      namespace,
      Array.from({ length: ROUTES }, (_, at) => `route add 10.${at >> 8}.${at & 0xff}.0/24 dev lo`),
    ),
  );

  test('is written to its end', () => {
    const { stdout } = start(['-n', namespace, 'route']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(ROUTES);
  });

  test('and given up in silence when nobody reads', () => {
    const shell = `{ "$0" "$1" -n "$2" route; echo "exit code $?" >&2; } | head -n 1`;
    const line = execFileSync('bash', ['-c', `${shell} 2>&1`, process.execPath, program, namespace], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(line).toMatch(/^unicast 10\.0\.0\.0\/24 dev lo/);
  });
});
