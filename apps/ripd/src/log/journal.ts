/**
 * Makes log records of reports: who, where, what came and what was expected, in one line. After this file: `drop-log`, for
 * what neighbors send wrong.
 */
import { readFileSync } from 'node:fs';
import type { Protocol, Report } from '@ripstop/rip';
import type { Journal, RuntimeReport } from '@ripstop/router';
import type { Address } from '@ripstop/wire';
import type { Logger } from 'pino';
import { protocolTitles } from '../protocol-title.ts';
import { type DropLog, type DropReport, isDrop } from './drop-log.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

interface LogLine {
  readonly level: Level;
  readonly message: string;
}

type AnyReport = Report | RuntimeReport;

/** A journal of one protocol that writes to `log`. */
export function createJournal(log: Logger, protocol: Protocol, dropped: DropLog): Journal {
  const healed = new HealedRoutes(log);
  return {
    report(report) {
      if (isDrop(report)) {
        dropped.add(report);
        return;
      }
      if (report.type === 'route-healed') {
        healed.add(report);
        return;
      }
      // `Instance` tells of all interfaces together.
      if (report.type === 'listen-failed') return;
      const { level, message } = lineOf(report, protocol);
      log[level](fieldsOf(report), message);
    },
  };
}

/** What is in the report; `protocol` is that of the log. */
function fieldsOf(report: AnyReport): object {
  if (report.type === 'route-conflict') return { prefix: report.prefix, holder: `proto ${report.protocol}` };
  const { type: _, ...fields } = report;
  return 'end' in fields ? { ...fields, end: new Date(fields.end).toISOString() } : fields;
}

type HealedReport = Extract<AnyReport, { type: 'route-healed' }>;

/** Somebody who flushes a table takes thousands of routes: what was put back in one go becomes one line. */
class HealedRoutes {
  readonly #log: Logger;
  readonly #groups = new Map<string, { readonly first: HealedReport; routes: number }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  add(report: HealedReport): void {
    if (this.#groups.size === 0) setImmediate(() => this.#tell());
    const key = `${report.change} ${report.culprit}`;
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { first: report, routes: 1 });
    else group.routes += 1;
  }

  #tell(): void {
    for (const { first, routes } of this.#groups.values()) {
      const { change, prefix } = first;
      const culprit = withProgram(first.culprit);
      if (routes === 1) this.#log.warn({ prefix, change, culprit }, `our route was ${change}; it is back`);
      else {
        const message = `${routes} of our routes were ${change}; they are back`;
        this.#log.warn({ firstPrefix: prefix, change, culprit, routes }, message);
      }
    }
    this.#groups.clear();
  }
}

/** A program's first netlink socket has its process id as port: names the program while it still runs. */
function withProgram(culprit: string): string {
  const [, port] = /^netlink port (\d+)$/.exec(culprit) ?? [];
  if (port === undefined) return culprit;
  try {
    return `${readFileSync(`/proc/${port}/comm`, 'utf8').trim()} (${culprit})`;
  } catch {
    return culprit;
  }
}

type ListenFailedReport = Extract<AnyReport, { type: 'listen-failed' }>;

function lineOf(
  report: Exclude<AnyReport, HealedReport | DropReport | ListenFailedReport>,
  protocol: Protocol,
): LogLine {
  const title = protocolTitles[protocol.name];
  switch (report.type) {
    case 'limit-reached':
      return { level: 'warn', message: `limit reached: ${report.limit}; what is above it is refused` };
    case 'key-changed':
      return {
        level: 'info',
        message: `packets are signed with ${report.before === undefined ? 'this' : 'another'} key from now on`,
      };
    case 'key-ended':
      return {
        level: 'info',
        message: `a key may not be ${report.use === 'send' ? 'sent' : 'accepted'} any more; it is used on only while there is no other`,
      };
    case 'key-expiring':
      return { level: report.expired ? 'error' : 'warn', message: expiryMessage(report.expired) };
    case 'draining':
      return { level: 'info', message: drainMessage(report.state) };
    case 'interface-started':
      return { level: 'info', message: `${title} runs on the interface` };
    case 'interface-stopped':
      return {
        level: 'info',
        message: `${title} has stopped on the interface: ${stopReason(report.reason, protocol)}`,
      };
    case 'address-duplicate':
      return { level: 'error', message: duplicateMessage(report.address, title) };
    case 'neighbor-off-subnet':
      return {
        level: 'warn',
        message:
          'the configured neighbor is on no subnet of the interface: nothing is learned from it; see validate-source',
      };
    case 'neighbor-appeared':
      return { level: 'info', message: 'neighbor appeared' };
    case 'neighbor-lost':
      return { level: 'warn', message: 'neighbor lost' };
    case 'route-changed':
      return { level: 'debug', message: report.metric >= 16 ? 'route lost' : 'route changed' };
    case 'route-install-failed':
      return { level: 'warn', message: 'the kernel refused the route; it is tried again' };
    case 'route-removal-failed':
      return { level: 'warn', message: 'the kernel did not remove the route; it is tried again' };
    case 'route-contested':
      return {
        level: 'warn',
        message: 'our route is changed again and again; it comes back after pauses from now on',
      };
    case 'route-conflict':
      return { level: 'warn', message: 'the route belongs to somebody else; ours waits until it is gone' };
    case 'route-admitted':
      return { level: 'info', message: 'our route is in the kernel now' };
    case 'redistribution-full':
      return {
        level: 'error',
        message: `more than ${report.most} routes of ${report.source} would be redistributed: nothing new is taken in, see limits.redistributed-routes`,
      };
    case 'redistribution-resumed':
      return { level: 'info', message: `all routes of ${report.source} are redistributed again` };
    case 'stale-routes':
      return { level: 'info', message: staleMessage(report.change) };
    case 'kernel-overrun':
      return { level: 'warn', message: 'the kernel dropped notifications; everything was read again' };
    case 'kernel-failed':
      return { level: 'error', message: 'the kernel did not answer as it should; it is tried again' };
  }
}

function stopReason(
  reason: Extract<Report, { type: 'interface-stopped' }>['reason'],
  { family }: Protocol,
): string {
  if (reason === 'down') return 'the link is down';
  if (reason === 'not-configured') return 'it is not configured any more';
  return `it has no ${family === 'ipv6' ? 'link-local' : 'IPv4'} address any more`;
}

function duplicateMessage(address: Address, title: string): string {
  return `${address} is used by another host on the link (duplicate address detection failed): ${title} does not speak from it`;
}

/** RFC 4822 §5.1: told, and used on. */
function expiryMessage(expired: boolean): string {
  return expired
    ? 'the last key has expired; it is used on, because RIP without authentication would be worse'
    : 'the last key expires soon, and there is none after it';
}

function drainMessage(state: 'metric-15' | 'drained'): string {
  return state === 'drained'
    ? 'drained: what was announced is announced as lost now'
    : 'draining: every route is announced with metric 15, nothing is learned';
}

function staleMessage(change: 'adopted' | 'removed'): string {
  return change === 'adopted'
    ? 'routes of our protocol are in the kernel; they stay until they are confirmed or stale'
    : 'routes of an earlier run that nobody announces any more were removed';
}
