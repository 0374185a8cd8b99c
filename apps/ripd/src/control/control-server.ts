/**
 * Answers `ripctl` on a Unix socket. Before this file: `daemon`. After it: `control-request`, which knows what is asked.
 *
 * Invariant: whoever may ask cannot end the router: whatever comes over the socket, nothing is thrown from here.
 */
import { chmodSync, chownSync, lstatSync, readFileSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import { makeDirectory } from '../host/directory.ts';
import { StartError } from '../start-error.ts';
import { ask } from './control-client.ts';
import { CONNECTIONS_MAX, ControlError, PATIENCE_MS, REQUEST_BYTES_MAX } from './control-protocol.ts';
import { type ControlSource, fulfill } from './control-request.ts';

const user = process.geteuid?.() ?? 0;
/** Whom the permission bits of the owner serve. */
const owners = user === 0 ? 'root' : `root and user ${user}`;

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
  const { socket, warn } = options;
  try {
    makeDirectory(dirname(socket));
  } catch (error) {
    throw unavailable(socket, obstacleOf(error as Error), error);
  }
  await removeStale(socket);

  const server = createServer(
    {
      maxHeaderSize: REQUEST_BYTES_MAX,
      requestTimeout: PATIENCE_MS,
      connectionsCheckingInterval: PATIENCE_MS,
    },
    (request, response) => respond(source, options, request, response),
  );
  server.maxConnections = CONNECTIONS_MAX;
  // A client that does not read its answer may not keep it in memory.
  server.setTimeout(PATIENCE_MS);
  server.on('clientError', refuse);
  await listen(server, socket);
  server.on('error', ({ message }) => warn(`control socket: ${message}`));
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

function obstacleOf({ code, message }: NodeJS.ErrnoException): string {
  if (code !== 'EACCES' && code !== 'EROFS') return message;
  const remedy = 'let it write there (systemd: RuntimeDirectory=), or name another place in control.socket';
  return `${message}; ripd is user ${user}: ${remedy}`;
}

function listen(server: Server, socket: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(unavailable(socket, obstacleOf(error), error)));
    // Nobody else may connect before the group and the mode are set.
    const mask = process.umask(0o177);
    server.listen(socket, resolve);
    process.umask(mask);
  });
}

function grant({ socket, group, mode, warn }: ControlServerOptions): void {
  const id = groupId(group);
  if (id === undefined) warn(`control socket: there is no group ${group}; only ${owners} can use ${socket}`);
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
  if (code === 'EACCES') throw unavailable(socket, 'there is one of another user');
  if (code !== 'ECONNREFUSED') return;
  if (!lstatSync(socket).isSocket()) throw unavailable(socket, 'something else is there');
  unlinkSync(socket);
}

function respond(
  source: ControlSource,
  { warn }: ControlServerOptions,
  { method, url }: IncomingMessage,
  response: ServerResponse,
): void {
  const [status, body] = answered(() => fulfill(source, method ?? '', url ?? ''), warn);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body);
}

/** HTTP status and body, whatever comes of the request. */
function answered(action: () => unknown, warn: (message: string) => void): [status: number, body: string] {
  try {
    return [200, json(action())];
  } catch (error) {
    if (error instanceof ControlError) return [error.code === 'NOT_FOUND' ? 404 : 400, json(told(error))];
    warn(`control socket: a mistake in ripd itself: ${(error as Error).stack}`);
    return [500, json(told(new ControlError('NO_ANSWER', 'ripd cannot answer this', 'look at its log')))];
  }
}

/** Bytes that are no HTTP request. Node: whoever handles this event has to end the connection. */
function refuse({ code, message }: NodeJS.ErrnoException, socket: Duplex): void {
  const isTooLong = code === 'HPE_HEADER_OVERFLOW';
  const expected = isTooLong ? `at most ${REQUEST_BYTES_MAX} bytes of it` : 'HTTP/1.1';
  const body = json(
    told(new ControlError('BAD_REQUEST', `not a request: ${message}`, `expected ${expected}`)),
  );
  const status = isTooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n`;
  if (socket.writable) socket.end(head + body);
  else socket.destroy();
}

function told({ code, message, remedy }: ControlError): object {
  return { code, message, remedy };
}

function json(value: unknown): string {
  return `${JSON.stringify(value, wholeNumbers)}\n`;
}

/** Nobody wants fractions of a millisecond. */
function wholeNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value;
}
