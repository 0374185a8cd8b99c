/**
 * Makes log records of reports: who, where, what came and what was expected, in one line. After this file: `drop-log`, for
 * what neighbors send wrong, and `route-log`, for what becomes of our routes in the kernel.
 */
import type { Protocol, Report } from '@ripstop/rip';
import type { Journal, RuntimeReport } from '@ripstop/router';
import type { Address } from '@ripstop/wire';
import type { Logger } from 'pino';
import { protocolTitles } from '../protocol-title.ts';
import { type DropLog, type DropReport, isDrop } from './drop-log.ts';
import { isOfRoute, type ProgramAt, RouteLog, type RouteReport, withProgram } from './route-log.ts';

/** The number of the level, as pino has it. */
const DEBUG = 20;

type Level = 'debug' | 'info' | 'warn' | 'error';

interface LogLine {
  readonly level: Level;
  readonly message: string;
}

type AnyReport = Report | RuntimeReport;

/** A journal of one protocol that writes to `log`. */
export function createJournal(
  log: Logger,
  protocol: Protocol,
  dropped: DropLog,
  programAt: ProgramAt,
): Journal {
  const routes = new RouteLog(log, programAt);
  return {
    report(report) {
      if (isDrop(report)) {
        dropped.add(report);
        return;
      }
      if (isOfRoute(report)) {
        routes.add(report);
        return;
      }
      // `Instance` tells of all interfaces together.
      if (report.type === 'listen-failed') return;
      // Thousands come at once, mostly for nobody.
      if (report.type === 'route-changed' && log.levelVal > DEBUG) return;
      const { level, message } = lineOf(report, protocol);
      log[level](fieldsOf(report, programAt), message);
    },
  };
}

/** What is in the report; `protocol` is that of the log. */
function fieldsOf(report: AnyReport, programAt: ProgramAt): object {
  const { type: _, ...fields } = report;
  if ('culprit' in fields) return { ...fields, culprit: withProgram(fields.culprit, programAt) };
  return 'end' in fields ? { ...fields, end: new Date(fields.end).toISOString() } : fields;
}

type ListenFailedReport = Extract<AnyReport, { type: 'listen-failed' }>;

function lineOf(
  report: Exclude<AnyReport, RouteReport | DropReport | ListenFailedReport>,
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
    case 'routes-contested':
      return {
        level: 'warn',
        message: `somebody changes ${routesOfOurs(report.routes)} again and again; what is taken comes back after pauses from now on`,
      };
    case 'routes-uncontested':
      return {
        level: 'info',
        message: `nobody has changed ${routesOfOurs(report.routes)} for a minute: the fight is over`,
      };
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

function routesOfOurs(routes: number): string {
  return routes === 1 ? 'our route' : `${routes} of our routes`;
}

function stopReason(
  reason: Extract<Report, { type: 'interface-stopped' }>['reason'],
  { family }: Protocol,
): string {
  if (reason === 'down') return 'the link is down or gone';
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
