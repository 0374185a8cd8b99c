/** Answers `ripctl` on a Unix socket. Before this file: `daemon`. After it: `control-protocol`. */
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { RouterSnapshot, RouteSnapshot } from '@ripstop/rip';
import { parseAddress, parsePrefix, prefixContains, prefixLength } from '@ripstop/wire';
import { StartError } from '../start-error.ts';
import { ask } from './control-client.ts';
import {
  CONNECTIONS_MAX,
  type ControlAnswers,
  type ControlCommands,
  ControlError,
  type DaemonStatus,
  PATIENCE_MS,
  REQUEST_BYTES_MAX,
} from './control-protocol.ts';

/** What the server tells of. */
export interface ControlSource {
  status(): DaemonStatus;
  snapshot(): RouterSnapshot;
  /** Starts a graceful shutdown; once is enough. */
  drain(): void;
}

export interface ControlServerOptions {
  readonly socket: string;
  /** Of the socket file; a group that does not exist is only a warning. */
  readonly group: string;
  readonly mode: number;
  warn(message: string): void;
}

export interface ControlServer {
  /** Ends every connection and removes the socket file. */
  close(): Promise<void>;
}

/**
 * Listens on the socket; makes its directory. A socket file that nobody answers on is replaced.
 * @throws StartError that says what is in the way: another daemon, a missing permission
 */
export async function openControlServer(
  source: ControlSource,
  options: ControlServerOptions,
): Promise<ControlServer> {
  const { socket } = options;
  try {
    mkdirSync(dirname(socket), { recursive: true, mode: 0o755 });
  } catch (error) {
    throw unavailable(socket, (error as Error).message, error);
  }
  await removeStale(socket);

  const server = createServer(
    { maxHeaderSize: REQUEST_BYTES_MAX, requestTimeout: PATIENCE_MS },
    (request, response) => respond(source, request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, socket);
  grant(options);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function unavailable(socket: string, why: string, cause?: unknown): StartError {
  return new StartError('CONTROL_SOCKET', `control socket ${socket}: ${why}`, { cause });
}

function listen(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(unavailable(socket, error.message, error)));
    // Nobody else may connect before the group and the mode are set.
    const mask = process.umask(0o177);
    server.listen(socket, resolve);
    process.umask(mask);
  });
}

function grant({ socket, group, mode, warn }: ControlServerOptions): void {
  const id = groupId(group);
  if (id === undefined) warn(`control socket: there is no group ${group}; only root can use ${socket}`);
  else {
    try {
      chownSync(socket, -1, id);
    } catch (error) {
      warn(`control socket: cannot give ${socket} to group ${group}: ${(error as Error).message}`);
    }
  }
  chmodSync(socket, mode);
}

function groupId(group: string): number | undefined {
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [name, , id] = line.split(':');
    if (name === group && id !== undefined) return Number(id);
  }
  return undefined;
}

/** A file left behind by a daemon that was killed refuses connections. */
async function removeStale(socket: string): Promise<void> {
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = connect(socket, () => {
      probe.destroy();
      resolve(undefined);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  });
  if (code === undefined) {
    const name = await ask(socket, '/status').then(
      (status) => ` (process ${status.process})`,
      () => '',
    );
    throw unavailable(socket, `another daemon answers there${name}`);
  }
  if (code !== 'ECONNREFUSED') return;
  if (!lstatSync(socket).isSocket()) throw unavailable(socket, 'something else is there');
  unlinkSync(socket);
}

function respond(source: ControlSource, request: IncomingMessage, response: ServerResponse): void {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body, wholeNumbers)}\n`);
  };
  try {
    const url = new URL(request.url ?? '/', 'http://ripd');
    send(200, request.method === 'POST' ? perform(source, url) : answer(source, url, request.method));
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    const { code, message, remedy } = error;
    send(code === 'NOT_FOUND' ? 404 : 400, { code, message, remedy });
  }
}

/** Nobody wants fractions of a millisecond. */
function wholeNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value;
}

function perform(source: ControlSource, { pathname }: URL): ControlCommands[keyof ControlCommands] {
  if (pathname !== '/drain') throw unknownPath(pathname);
  source.drain();
  return source.status();
}

function answer(source: ControlSource, url: URL, method?: string): ControlAnswers[keyof ControlAnswers] {
  if (method !== 'GET')
    throw new ControlError('BAD_REQUEST', `method ${method}`, 'use GET, or POST for commands');
  switch (url.pathname) {
    case '/status':
      return source.status();
    case '/interfaces':
      return source.snapshot().interfaces;
    case '/neighbors':
      return source.snapshot().neighbors;
    case '/routes':
      return routes(source.snapshot().routes, url.searchParams.get('prefix'));
    default:
      throw unknownPath(url.pathname);
  }
}

function unknownPath(path: string): ControlError {
  return new ControlError('NOT_FOUND', `no such path: ${path}`, 'see ripctl --help for what there is');
}

function routes(all: readonly RouteSnapshot[], wanted: string | null): readonly RouteSnapshot[] {
  if (wanted === null) return all;
  const prefix = parsePrefix(wanted);
  const address = parseAddress(wanted);
  if (prefix === undefined && address === undefined) {
    const remedy = 'expected a prefix without host bits, like 10.0.0.0/8, or an address';
    throw new ControlError('BAD_REQUEST', `not a prefix: ${wanted}`, remedy);
  }
  const found = all
    .filter((route) =>
      address === undefined ? route.prefix === prefix : prefixContains(route.prefix, address),
    )
    .sort((a, b) => prefixLength(b.prefix) - prefixLength(a.prefix))
    .slice(0, 1);
  if (found.length > 0) return found;
  throw new ControlError(
    'NOT_FOUND',
    `RIP has no route to ${wanted}`,
    'ripctl show routes lists those it has',
  );
}
