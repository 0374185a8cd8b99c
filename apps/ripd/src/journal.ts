/**
 * Makes log records of reports: who, where, what came and what was expected, in one line. A neighbor that sends the same
 * nonsense again and again is quoted once in a while, with the number of those kept back.
 */
import { drops, type Report } from '@ripstop/rip';
import type { Journal, RuntimeReport } from '@ripstop/router';
import type { Logger } from 'pino';
import type { Quiet } from './quiet.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

interface LogLine {
  readonly level: Level;
  readonly message: string;
}

type AnyReport = Report | RuntimeReport;

/** A journal that writes to `log`. */
export function createJournal(log: Logger, quiet: Quiet): Journal {
  return {
    report(report) {
      const { type, ...fields } = report;
      const { level, message } = lineOf(report);
      if (type !== 'packet-dropped' && type !== 'entry-dropped') {
        log[level](fields, message);
        return;
      }
      const key = `${report.interface} ${report.neighbor} ${report.reason}`;
      quiet.once(key, (more) => log[level]({ ...fields, ...more }, message));
    },
  };
}

function lineOf(report: AnyReport): LogLine {
  switch (report.type) {
    case 'packet-dropped':
      return {
        level: drops[report.reason].level,
        message: `packet dropped: ${drops[report.reason].message}`,
      };
    case 'entry-dropped':
      return { level: drops[report.reason].level, message: `entry dropped: ${drops[report.reason].message}` };
    case 'interface-started':
      return { level: 'info', message: 'RIP runs on the interface' };
    case 'interface-stopped':
      return { level: 'info', message: 'RIP has stopped on the interface' };
    case 'neighbor-appeared':
      return { level: 'info', message: 'neighbor appeared' };
    case 'neighbor-lost':
      return { level: 'warn', message: 'neighbor lost' };
    case 'route-changed':
      return { level: 'debug', message: report.metric >= 16 ? 'route lost' : 'route changed' };
    case 'listen-failed':
      return { level: 'error', message: 'RIP cannot run on the interface' };
    case 'route-install-failed':
      return { level: 'warn', message: 'the kernel refused the route; it is tried again' };
    case 'route-removal-failed':
      return { level: 'warn', message: 'the kernel did not remove the route; it is tried again' };
    case 'route-healed':
      return { level: 'warn', message: `our route was ${report.change}; it is back` };
    case 'route-contested':
      return {
        level: 'warn',
        message: 'our route is changed again and again; it comes back after pauses from now on',
      };
    case 'route-conflict':
      return { level: 'warn', message: 'the route belongs to somebody else; ours waits until it is gone' };
    case 'stale-routes':
      return { level: 'info', message: staleMessage(report.change) };
    case 'kernel-overrun':
      return { level: 'warn', message: 'the kernel dropped notifications; everything was read again' };
    case 'kernel-failed':
      return { level: 'error', message: 'the kernel did not answer as it should; it is tried again' };
  }
}

function staleMessage(change: 'adopted' | 'removed'): string {
  return change === 'adopted'
    ? 'routes of an earlier run are in the kernel; they stay until they are confirmed or stale'
    : 'routes of an earlier run that nobody announces any more were removed';
}
