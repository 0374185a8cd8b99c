/** Where log records go: standard error, as JSON lines or as text for people. After this file: `standard-error`. */
import type { Protocol } from '@ripstop/rip';
import pino, { type Logger } from 'pino';
import type { LogFormat, LogLevel } from '../configuration.ts';
import { protocolTitles } from '../protocol-title.ts';
import { isTerminal, writeError } from './standard-error.ts';

/** Opens the log. @param format undefined: pretty on a terminal, else json */
export function openLog(level: LogLevel, format: LogFormat | undefined): Logger {
  const chosen = format ?? (isTerminal ? 'pretty' : 'json');
  const write = chosen === 'json' ? writeError : (line: string): void => writeError(`${prettyLine(line)}\n`);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } },
    { write },
  );
}

function levelName(label: string): object {
  return { level: label };
}

/** `07:32:37.123 warn  message  key=value …` of a JSON record; the message begins with the protocol, if it is about one. */
export function prettyLine(line: string): string {
  const { level, time, protocol, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 23);
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${printed(value)}`);
  const stack = isRecord(err) ? `\n${String(err.stack ?? err.message)}` : '';
  const title = protocolTitles[protocol as Protocol['name']] ?? '';
  const message = String(msg ?? '');
  const words = [...(message.startsWith(title) ? [] : [title]), message, ...pairs];
  return `${clock} ${String(level).padEnd(5)} ${words.join('  ')}${stack}`;
}

function printed(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
