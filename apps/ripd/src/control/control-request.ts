/**
 * What the requests on the control socket mean. Before this file: `control-server`. After it: the snapshots of the routers.
 */
import type { RouterSnapshot, RouteSnapshot } from '@ripstop/rip';
import { parseAddress, parsePrefix, prefixContains, prefixLength } from '@ripstop/wire';
import {
  type ControlAnswers,
  type ControlCommands,
  ControlError,
  type DaemonStatus,
} from './control-protocol.ts';

/** What the requests are about. */
export interface ControlSource {
  status(): DaemonStatus;
  /** Of the router of each protocol that runs. */
  snapshots(): readonly RouterSnapshot[];
  /** Starts a graceful shutdown; once is enough. */
  drain(): void;
}

/**
 * Does what is asked.
 * @param target as it stands in the request line: a path, or a whole URL (RFC 9112 §3.2)
 * @returns what to answer
 * @throws ControlError BAD_REQUEST, NOT_FOUND
 */
export function fulfill(
  source: ControlSource,
  method: string,
  target: string,
): ControlAnswers[keyof ControlAnswers] | ControlCommands[keyof ControlCommands] {
  const url = urlOf(target);
  if (method === 'GET') return answer(source, url);
  if (method === 'POST') return perform(source, url);
  throw new ControlError('BAD_REQUEST', `method ${method}`, 'use GET, or POST for commands');
}

function urlOf(target: string): URL {
  const text = target.startsWith('/') ? `http://ripd${target}` : target;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'http:') return url;
  }
  throw new ControlError('BAD_REQUEST', `not a path: ${target}`, 'see ripctl --help for what there is');
}

function perform(source: ControlSource, { pathname }: URL): ControlCommands[keyof ControlCommands] {
  if (pathname !== '/drain') throw unknownPath(pathname);
  source.drain();
  return source.status();
}

function answer(source: ControlSource, url: URL): ControlAnswers[keyof ControlAnswers] {
  switch (url.pathname) {
    case '/status':
      return source.status();
    case '/interfaces':
      return source.snapshots().flatMap(({ interfaces }) => interfaces);
    case '/neighbors':
      return source.snapshots().flatMap(({ neighbors }) => neighbors);
    case '/routes':
      return routes(
        source.snapshots().flatMap(({ routes: all }) => all),
        url.searchParams.get('prefix'),
      );
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
    `ripd has no route to ${wanted}`,
    'ripctl show routes lists those it has',
  );
}
