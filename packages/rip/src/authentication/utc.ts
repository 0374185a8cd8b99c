/** Wall-clock moments as text, for details of log lines: a pure package has no Date. */
import type { Millis } from '../time.ts';

const day: Millis = 86_400_000;

/** `2027-01-01T00:00:00Z`; fractions of a second are left out. */
export function utcText(wall: Millis): string {
  let days = Math.floor(wall / day);
  const seconds = Math.floor((wall - days * day) / 1_000);
  let year = 1970;
  for (; days < 0; days += daysOfYear(year)) year -= 1;
  for (; days >= daysOfYear(year); year += 1) days -= daysOfYear(year);
  let month = 0;
  for (; days >= daysOfMonth(month, year); month += 1) days -= daysOfMonth(month, year);
  const date = [`${year}`.padStart(4, '0'), twoDigits(month + 1), twoDigits(days + 1)].join('-');
  const time = [seconds / 3_600, (seconds / 60) % 60, seconds % 60].map(twoDigits).join(':');
  return `${date}T${time}Z`;
}

function daysOfYear(year: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return isLeap ? 366 : 365;
}

/** @param month 0–11 */
function daysOfMonth(month: number, year: number): number {
  if (month === 1) return daysOfYear(year) - 337;
  return [3, 5, 8, 10].includes(month) ? 30 : 31;
}

function twoDigits(number: number): string {
  return `${Math.floor(number)}`.padStart(2, '0');
}
