import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RouterSnapshot, RouteSnapshot } from '@ripstop/rip';
import type { KernelRouteSnapshot } from '@ripstop/router';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, command } from '../src/control/control-client.ts';
import type { ControlQuery, DaemonStatus } from '../src/control/control-protocol.ts';
import type { ControlSource } from '../src/control/control-request.ts';
import { type ControlServer, openControlServer } from '../src/control/control-server.ts';

const route = (prefix: string): RouteSnapshot => ({
  prefix,
  kind: 'connected',
  metric: 1,
  tag: 0,
  nextHops: [],
  connectedTo: ['eth0'],
  age: 0,
  changed: false,
  offers: [],
});
const counts = { interfaces: 1, neighbors: 0, routes: 2, garbage: 0, routeChanges: 2 };
const kernel = {
  wanted: 4,
  installed: 0,
  shadowed: 0,
  conflicting: 1,
  failed: 1,
  stale: 1,
  heals: 2,
  overruns: 0,
};
const status: DaemonStatus = {
  state: 'running',
  ...counts,
  version: '0.1.0',
  process: 42,
  uptime: 1_000,
  kernel: { table: 254, metric: 20, protocol: 189, ...kernel },
  protocols: [{ protocol: 'rip', state: 'running', ...counts, idle: [], kernel, redistribution: [] }],
};
const snapshot: RouterSnapshot = {
  status: { protocol: 'rip', state: 'running', ...counts },
  interfaces: [],
  neighbors: [],
  routes: [route('10.0.0.0/8'), route('10.1.0.0/16')],
};
const snapshotOfRipng: RouterSnapshot = {
  ...snapshot,
  status: { ...snapshot.status, protocol: 'ripng' },
  routes: [route('2001:db8::/32'), route('2001:db8:1::/48')],
};
const kernelRoute = (prefix: string, state: KernelRouteSnapshot['state']): KernelRouteSnapshot => ({
  prefix,
  nextHops: [],
  state,
  heals: 0,
});
const kernelRoutes = [
  kernelRoute('2001:db8::/32', 'conflict'),
  kernelRoute('10.1.0.0/16', 'failed'),
  kernelRoute('9.0.0.0/8', 'installed'),
  kernelRoute('10.0.0.0/8', 'stale'),
];
const source: ControlSource = {
  status: () => status,
  snapshots: () => [snapshot, snapshotOfRipng],
  kernelRoutes: () => kernelRoutes,
  drain: () => undefined,
};

describe('the control socket', () => {
  let directory: string;
  let socket: string;
  let warnings: string[];
  let drains: string[];
  let server: ControlServer | undefined;

  const open = async (): Promise<void> => {
    const options = {
      socket,
      group: 'no-such-group',
      mode: 0o660,
      warn: (text: string) => void warnings.push(text),
    };
    const drain = (): void => void drains.push('drain');
    server = await openControlServer({ ...source, drain }, options);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ripd-control-'));
    socket = join(directory, 'made', 'ripd.sock');
    warnings = [];
    drains = [];
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    rmSync(directory, { recursive: true });
  });

  it('answers with JSON', async () => {
    await open();
    expect(await ask(socket, '/status')).toEqual(status);
    expect(await ask(socket, '/routes')).toEqual([...snapshot.routes, ...snapshotOfRipng.routes]);
  });

  it('does what is posted, and nothing for a mere question', async () => {
    await open();
    await expect(ask(socket, '/drain' as never)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(drains).toEqual([]);
    expect(await command(socket, '/drain')).toEqual(status);
    expect(drains).toEqual(['drain']);
    await expect(command(socket, '/status' as never)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('has the mode that was asked for, and warns of a group that does not exist', async () => {
    await open();
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    expect(warnings).toEqual([
      `control socket: there is no group no-such-group; only root can use ${socket}`,
    ]);
  });

  it('finds a route by its prefix, and the one that serves an address', async () => {
    await open();
    expect(await ask(socket, '/routes', { prefix: '10.0.0.0/8' })).toEqual([route('10.0.0.0/8')]);
    expect(await ask(socket, '/routes', { prefix: '10.1.2.3' })).toEqual([route('10.1.0.0/16')]);
    expect(await ask(socket, '/routes', { prefix: '2001:db8::/32' })).toEqual([route('2001:db8::/32')]);
    expect(await ask(socket, '/routes', { prefix: '2001:db8:1::7' })).toEqual([route('2001:db8:1::/48')]);
  });

  it.each([
    ['192.0.2.0/24', 'NOT_FOUND'],
    ['2001:db8:2::/48', 'NOT_FOUND'],
    ['2001:db9::1', 'NOT_FOUND'],
    ['2001:db8::1/32', 'BAD_REQUEST'],
    ['10.0.0.1/8', 'BAD_REQUEST'],
    ['nonsense', 'BAD_REQUEST'],
  ])('refuses %s with %s and a remedy', async (prefix, code) => {
    await open();
    for (const path of ['/routes', '/kernel'] as const) {
      const answer = ask(socket, path, { prefix });
      await expect(answer).rejects.toMatchObject({ code, remedy: expect.any(String) });
    }
  });

  it('tells of the kernel what is in its way, in order; or all, or one', async () => {
    await open();
    const prefixes = async (query?: ControlQuery): Promise<string[]> =>
      (await ask(socket, '/kernel', query)).routes.map(({ prefix }) => prefix);
    expect(await prefixes()).toEqual(['10.0.0.0/8', '10.1.0.0/16', '2001:db8::/32']);
    expect(await prefixes({ all: true })).toEqual([
      '9.0.0.0/8',
      '10.0.0.0/8',
      '10.1.0.0/16',
      '2001:db8::/32',
    ]);
    expect(await prefixes({ prefix: '9.1.2.3' })).toEqual(['9.0.0.0/8']);
    expect(await prefixes({ prefix: '10.1.0.0/16' })).toEqual(['10.1.0.0/16']);
    expect(await ask(socket, '/kernel')).toMatchObject({
      place: { table: 254, metric: 20, protocol: 189 },
      protocols: [{ protocol: 'rip', ...kernel }],
    });
  });

  it('tells a client that no daemon is there', async () => {
    await expect(ask(socket, '/status')).rejects.toMatchObject({ code: 'NO_DAEMON' });
  });

  it('refuses to take the socket of a daemon that answers', async () => {
    await open();
    await expect(
      openControlServer(source, { socket, group: 'x', mode: 0o600, warn: () => undefined }),
    ).rejects.toThrow(`control socket ${socket}: another daemon answers there (process ${status.process})`);
    expect(await ask(socket, '/status')).toEqual(status);
  });

  it('replaces the socket of a daemon that was killed, and removes its own', async () => {
    socket = join(directory, 'dead.sock');
    // Closing removes the file; a file that nobody listens on is what a killed daemon leaves.
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(socket, resolve));
    const kept = join(directory, 'kept.sock');
    linkSync(socket, kept);
    await new Promise((resolve) => dead.close(resolve));
    socket = kept;
    expect(existsSync(socket)).toBe(true);

    await open();
    expect(await ask(socket, '/status')).toEqual(status);
    await server?.close();
    server = undefined;
    expect(existsSync(socket)).toBe(false);
  });

  it('does not remove a file that is no socket', async () => {
    socket = join(directory, 'file');
    writeFileSync(socket, 'precious');
    await expect(open()).rejects.toThrow(`control socket ${socket}`);
    expect(existsSync(socket)).toBe(true);
  });

  /** What comes back for these bytes until the server ends the connection. */
  const sendRaw = (bytes: string | Uint8Array): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      const client = connect(socket, () => client.end(bytes));
      client.on('data', (chunk) => {
        text += chunk;
      });
      client.on('error', () => undefined);
      client.on('close', () => resolve(text));
    });
  const request = (target: string, method = 'GET'): Promise<string> =>
    sendRaw(`${method} ${target} HTTP/1.1\r\nhost: ripd\r\nconnection: close\r\n\r\n`);
  const bodyOf = (answer: string): unknown =>
    JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1));

  it('ends a request whose headers are too long', async () => {
    await open();
    const answer = await sendRaw(`GET /status HTTP/1.1\r\nx: ${'y'.repeat(10_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(bodyOf(answer)).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it.each([
    ['//', 404],
    ['///status', 404],
    ['/%', 404],
    ['/%zz%00', 404],
    ['/routes?prefix=%', 400],
    ['/routes?prefix=%ff', 400],
    ['/routes?prefix=10.0.0.0/99999999999999999999', 400],
    ['http://[', 400],
    ['http://', 400],
    ['http://ripd:99999/status', 400],
    ['ftp://ripd/status', 400],
    ['file:///etc/passwd', 400],
    ['*', 400],
    ['status', 400],
    ['http://ripd/nothing', 404],
    ['http://ripd/status', 200],
    ['/./status', 200],
  ])('answers a request for %s with status %d, in JSON', async (target, status) => {
    await open();
    const answer = await request(target);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const refused = { code: expect.any(String), message: expect.any(String), remedy: expect.any(String) };
    if (status !== 200) expect(bodyOf(answer)).toEqual(refused);
  });

  it.each(['', '\r\n\r\n', 'nonsense\r\n\r\n', 'GET  HTTP/1.1\r\n\r\n', '\0\xff\r\n\r\n', 'GET /status HT'])(
    'survives %j',
    async (bytes) => {
      await open();
      const answer = await sendRaw(bytes);
      if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*\{"code":"BAD_REQUEST"/);
      expect(await ask(socket, '/status')).toEqual(status);
    },
  );

  it('survives a request that is never finished, and one whose answer is not read', async () => {
    await open();
    const half = connect(socket, () =>
      half.write('POST /drain HTTP/1.1\r\nhost: ripd\r\ncontent-length: 99\r\n'),
    );
    const deaf = connect(socket, () => deaf.write('GET /routes HTTP/1.1\r\nhost: ripd\r\n\r\n'.repeat(50)));
    deaf.pause();
    for (const client of [half, deaf]) client.on('error', () => undefined);
    expect(await ask(socket, '/status')).toEqual(status);
    for (const client of [half, deaf]) client.destroy();
  });

  it('answers whatever stands in a request line, and goes on', async () => {
    await open();
    const pieces = [
      '/',
      '//',
      'routes',
      'status',
      '?',
      'prefix=',
      '%',
      '%00',
      '..',
      '[',
      ']',
      ':',
      '@',
      '#',
      '\\',
    ];
    const others = [
      'http://',
      'x',
      '10.0.0.0',
      '::',
      '/33',
      '-1',
      '\xe9',
      '\t',
      '*',
      '&',
      '=',
      '{',
      '"',
      '9'.repeat(400),
    ];
    const piece = fc.constantFrom(...pieces, ...others);
    const line = fc.record({
      method: fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'CONNECT', 'PUT', 'get', ''),
      target: fc.array(piece, { maxLength: 8 }).map((some) => some.join('')),
      head: fc.constantFrom(
        '',
        'expect: 100-continue',
        'upgrade: h2c\r\nconnection: upgrade',
        'content-length: -1',
      ),
    });
    await fc.assert(
      fc.asyncProperty(line, async ({ method, target, head }) => {
        await sendRaw(`${method} ${target} HTTP/1.1\r\nhost: ripd\r\n${head}\r\n\r\n`);
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(await ask(socket, '/status')).toEqual(status);
    expect(warnings).toHaveLength(1);
  });

  it('answers a question that ripd fails at, and tells the log', async () => {
    const snapshots = (): never => {
      throw new TypeError('no snapshot');
    };
    const warn = (text: string): void => void warnings.push(text);
    server = await openControlServer({ ...source, snapshots }, { socket, group: 'root', mode: 0o600, warn });
    expect(await request('/routes')).toMatch(/^HTTP\/1\.1 500 [\s\S]*"code":"NO_ANSWER"/);
    expect(warnings).toEqual([expect.stringMatching(/mistake in ripd itself: TypeError: no snapshot/)]);
    expect(await ask(socket, '/status')).toEqual(status);
  });

  it('cannot be where the kernel lets nobody make a directory', async () => {
    socket = '/proc/nope/ripd.sock';
    await expect(open()).rejects.toThrow('control socket /proc/nope/ripd.sock: ENOENT');
  });
});
