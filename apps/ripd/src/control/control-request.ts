/**
 * What the requests on the control socket mean. Before this file: `control-server`. After it: the snapshots of the routers.
 */
import type { RouterSnapshot } from '@ripstop/rip';
import type { KernelRouteSnapshot } from '@ripstop/router';
import {
  type Prefix,
  parseAddress,
  parsePrefix,
  prefixContains,
  prefixLength,
  sortByPrefix,
} from '@ripstop/wire';
import {
  type ControlAnswers,
  type ControlCommands,
  ControlError,
  type DaemonStatus,
  type KernelAnswer,
} from './control-protocol.ts';

/** What the requests are about. */
export interface ControlSource {
  status(): DaemonStatus;
  /** Of the router of each protocol that runs. */
  snapshots(): readonly RouterSnapshot[];
  /** Of all protocols, in no order. */
  kernelRoutes(): readonly KernelRouteSnapshot[];
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
      return found(
        source.snapshots().flatMap(({ routes }) => routes),
        url.searchParams.get('prefix'),
        { place: '', list: 'ripctl show routes' },
      );
    case '/kernel':
      return kernelAnswer(source, url.searchParams);
    default:
      throw unknownPath(url.pathname);
  }
}

function unknownPath(path: string): ControlError {
  return new ControlError('NOT_FOUND', `no such path: ${path}`, 'see ripctl --help for what there is');
}

function kernelAnswer(source: ControlSource, query: URLSearchParams): KernelAnswer {
  const { kernel, protocols } = source.status();
  const { table, metric, protocol } = kernel;
  const wanted = query.get('prefix');
  const all = source.kernelRoutes();
  const isPlain = wanted === null && !query.has('all');
  const asked = isPlain ? all.filter(({ state }) => state !== 'installed') : all;
  const names = { place: ' in the kernel', list: 'ripctl show kernel --all' };
  return {
    place: { table, metric, protocol },
    protocols: protocols.map((each) => ({ protocol: each.protocol, ...each.kernel })),
    routes: sortByPrefix(found(asked, wanted, names)),
  };
}

/**
 * The route that is wanted: by its prefix, or by an address that it serves; all if none is.
 * @param names where the routes are, and what lists them
 * @throws ControlError BAD_REQUEST, NOT_FOUND
 */
function found<Route extends { readonly prefix: Prefix }>(
  all: readonly Route[],
  wanted: string | null,
  names: { readonly place: string; readonly list: string },
): readonly Route[] {
  if (wanted === null) return all;
  const prefix = parsePrefix(wanted);
  const address = parseAddress(wanted);
  if (prefix === undefined && address === undefined) {
    const remedy = 'expected a prefix without host bits, like 10.0.0.0/8, or an address';
    throw new ControlError('BAD_REQUEST', `not a prefix: ${wanted}`, remedy);
  }
  const best = all
    .filter((route) =>
      address === undefined ? route.prefix === prefix : prefixContains(route.prefix, address),
    )
    .sort((a, b) => prefixLength(b.prefix) - prefixLength(a.prefix))
    .slice(0, 1);
  if (best.length > 0) return best;
  const message = `ripd has no route to ${wanted}${names.place}`;
  throw new ControlError('NOT_FOUND', message, `${names.list} lists those it has`);
}
