/** Asks a running `ripd`. Before this file: `ripctl`. After it: `control-protocol`, then `control-server`. */
import { request } from 'node:http';
import {
  type ControlAnswers,
  type ControlCommands,
  ControlError,
  type ControlQuery,
  PATIENCE_MS,
} from './control-protocol.ts';

/**
 * Asks the daemon at a control socket.
 * @throws ControlError NO_DAEMON, NO_PERMISSION, NO_ANSWER, or what the daemon answered
 */
export async function ask<Path extends keyof ControlAnswers>(
  socket: string,
  path: Path,
  { prefix, all = false }: ControlQuery = {},
): Promise<ControlAnswers[Path]> {
  const query = new URLSearchParams({ ...(prefix !== undefined && { prefix }), ...(all && { all: '' }) });
  return (await answerTo(socket, 'GET', query.size > 0 ? `${path}?${query}` : path)) as ControlAnswers[Path];
}

/**
 * Has the daemon at a control socket do something.
 * @throws ControlError as `ask`
 */
export async function command<Path extends keyof ControlCommands>(
  socket: string,
  path: Path,
): Promise<ControlCommands[Path]> {
  return (await answerTo(socket, 'POST', path)) as ControlCommands[Path];
}

async function answerTo(socket: string, method: 'GET' | 'POST', path: string): Promise<unknown> {
  const { status, body } = await exchange(socket, method, path);
  const answer: unknown = JSON.parse(body);
  if (status === 200) return answer;
  const { code, message, remedy } = answer as ControlError;
  throw new ControlError(code, message, remedy);
}

function exchange(socket: string, method: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: socket, method, path, timeout: PATIENCE_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.on('timeout', () => asked.destroy(noAnswer(socket)));
    asked.on('error', (error: NodeJS.ErrnoException) => reject(explained(error, socket)));
    asked.end();
  });
}

function explained(error: NodeJS.ErrnoException, socket: string): Error {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') {
    const remedy = 'start ripd, or name its socket with --socket';
    return new ControlError('NO_DAEMON', `no ripd answers at ${socket}`, remedy);
  }
  if (error.code === 'EACCES') {
    const remedy = 'be root, or a member of the group that the configuration names in control.group';
    return new ControlError('NO_PERMISSION', `no permission to use ${socket}`, remedy);
  }
  return error instanceof ControlError ? error : noAnswer(socket);
}

function noAnswer(socket: string): ControlError {
  return new ControlError('NO_ANSWER', `ripd at ${socket} does not answer`, 'look at its log');
}
