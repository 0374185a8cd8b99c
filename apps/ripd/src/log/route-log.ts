/**
 * What becomes of our routes in the kernel, as log records. Before this file: `journal`.
 *
 * Somebody who flushes a table takes thousands of routes, and a link that is down has thousands refused: what happens to
 * several routes in one go, for one cause, becomes one line.
 */
import type { RuntimeReport } from '@ripstop/router';
import type { Logger } from 'pino';

export type RouteReport = Extract<
  RuntimeReport,
  {
    readonly type:
      | 'route-healed'
      | 'route-shadowed'
      | 'route-serves-again'
      | 'route-conflict'
      | 'route-admitted'
      | 'route-install-failed'
      | 'route-removal-failed';
  }
>;

/** Which program has a netlink port of the router's network namespace; undefined: nobody can tell any more. */
export type ProgramAt = (port: number) => string | undefined;

interface Story {
  readonly level: 'info' | 'warn';
  readonly one: string;
  /** After the number of routes. */
  readonly many: string;
}

const stories = {
  'route-shadowed': {
    level: 'warn',
    one: 'another route serves; ours stays in the kernel behind it',
    many: 'of our routes stay in the kernel behind others, which serve',
  },
  'route-serves-again': {
    level: 'info',
    one: 'the other route is gone; ours serves again',
    many: 'of our routes serve again; the others are gone',
  },
  'route-conflict': {
    level: 'warn',
    one: 'the route belongs to somebody else; ours waits until it is gone',
    many: 'routes belong to somebody else; ours wait until they are gone',
  },
  'route-admitted': {
    level: 'info',
    one: 'our route is in the kernel now',
    many: 'of our routes are in the kernel now',
  },
  'route-install-failed': {
    level: 'warn',
    one: 'the kernel refused the route; it is tried again',
    many: 'routes were refused by the kernel; they are tried again',
  },
  'route-removal-failed': {
    level: 'warn',
    one: 'the kernel did not remove the route',
    many: 'routes were not removed by the kernel',
  },
} as const satisfies Record<Exclude<RouteReport['type'], 'route-healed'>, Story>;

const types: ReadonlySet<string> = new Set(['route-healed', ...Object.keys(stories)]);

export function isOfRoute(report: { readonly type: string }): report is RouteReport {
  return types.has(report.type);
}

export class RouteLog {
  readonly #log: Logger;
  readonly #programAt: ProgramAt;
  /** What has happened since the event loop last turned, by what it is. */
  readonly #groups = new Map<string, { readonly first: RouteReport; routes: number }>();

  constructor(log: Logger, programAt: ProgramAt) {
    this.#log = log;
    this.#programAt = programAt;
  }

  add(report: RouteReport): void {
    if (this.#groups.size === 0) setImmediate(() => this.#tell());
    const { prefix: _, ...rest } = report;
    const key = JSON.stringify(rest);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { first: report, routes: 1 });
    else group.routes += 1;
  }

  #tell(): void {
    for (const { first, routes } of this.#groups.values()) {
      const { level, one, many } = storyOf(first);
      const { prefix } = first;
      const fields = fieldsOf(first, this.#programAt);
      if (routes === 1) this.#log[level]({ prefix, ...fields }, one);
      else this.#log[level]({ firstPrefix: prefix, ...fields, routes }, `${routes} ${many}`);
    }
    this.#groups.clear();
  }
}

function storyOf(report: RouteReport): Story {
  if (report.type !== 'route-healed') return stories[report.type];
  const { change } = report;
  return {
    level: 'warn',
    one: `our route was ${change}; it is back`,
    many: `of our routes were ${change}; they are back`,
  };
}

/** What is in the report, without its prefix; `protocol` is that of the log. */
function fieldsOf(report: RouteReport, programAt: ProgramAt): object {
  switch (report.type) {
    case 'route-healed':
      return { change: report.change, culprit: withProgram(report.culprit, programAt) };
    case 'route-shadowed':
      return { holder: `proto ${report.protocol}`, metric: report.metric };
    case 'route-conflict':
      return { holder: `proto ${report.protocol}` };
    case 'route-install-failed':
    case 'route-removal-failed':
      return { reason: report.reason };
    default:
      return {};
  }
}

/** Who did it, with the program's name while it still runs: `zebra (netlink port 3095768269)`. */
export function withProgram(culprit: string, programAt: ProgramAt): string {
  const [, port] = /^netlink port (\d+)$/.exec(culprit) ?? [];
  const program = port === undefined ? undefined : programAt(Number(port));
  return program === undefined ? culprit : `${program} (${culprit})`;
}
