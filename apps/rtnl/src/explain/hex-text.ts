/**
 * Bytes written in hexadecimal digits, as people paste them: plain or with separators, `0x…`, a C array, strace's `\x…`, and
 * dumps with offsets (xxd, hexdump -C, od -tx1, tcpdump -x, tshark -x).
 *
 * Invariant: what is not understood is refused, never skipped. A dump's offsets must agree with the bytes before them.
 * Dumps of 16-bit words (plain hexdump, od -x) are refused: they print the two bytes of a word the wrong way round.
 */
import { CommandError } from '../command.ts';

/** Two hexadecimal digits for each byte. */
const BYTES = /^(?:[\da-f]{2})+$/i;
const BYTE = /^[\da-f]{2}$/i;

/** @throws CommandError naming what is not hexadecimal */
export function bytesOfHexText(text: string): Uint8Array {
  const digits = text.includes('\\x') ? escapedDigits(text) : dumpedDigits(text);
  if (digits === '') throw new CommandError('nothing to explain: hexadecimal bytes or a pcap file expected');
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}

/** `\x14\x00`, between quotation marks if there are some: strace prints more around them. */
function escapedDigits(text: string): string {
  const quoted = [...text.matchAll(/"([^"]*\\x[^"]*)"/g)].map(([, inside = '']) => inside);
  const strings = quoted.length > 0 ? quoted : text.split(/\s+/);
  return strings
    .map((string) => {
      if (!/^(?:\\x[\da-f]{2})*$/i.test(string)) throw notHexadecimal(string);
      return string.replaceAll('\\x', '');
    })
    .join('');
}

/** Line by line, because each may begin with an offset. */
function dumpedDigits(text: string): string {
  let digits = '';
  for (const line of text.split('\n')) {
    // strace -e write=all puts a bar before each line.
    const words = line.replace(/^\s*\|/, '').trim();
    if (words !== '') digits += lineDigits(words, digits.length / 2);
  }
  return digits;
}

/** @param count bytes of the lines before */
function lineDigits(line: string, count: number): string {
  const [, colonOffset, colonRest] = /^(?:0x)?([\da-f]{4,}):\s(.*)$/i.exec(`${line} `) ?? [];
  if (colonOffset !== undefined && colonRest !== undefined) {
    requireOffset(colonOffset, count);
    return columnDigits(colonRest.trim());
  }
  const [, bareOffset, bareRest = ''] = /^([\da-f]{4,})(?:\s+(.*))?$/i.exec(line) ?? [];
  if (bareOffset !== undefined && isBareOffset(bareOffset, bareRest, count)) {
    if (/^[\da-f]{4}(?:\s|$)/i.test(bareRest))
      throw new CommandError('a dump of 16-bit words has lost the order of the bytes; use xxd or hexdump -C');
    return columnDigits(bareRest);
  }
  if (line === '*') throw new CommandError('the dump leaves out repeated lines; use hexdump -v or xxd');
  return plainDigits(line);
}

/**
 * A number without a colon is this line's offset if it counts the bytes before it and single bytes follow. Seven digits are
 * no bytes: od counts with them in octal, hexdump in hexadecimal digits.
 */
function isBareOffset(digits: string, rest: string, count: number): boolean {
  const fits =
    Number.parseInt(digits, 16) === count || (digits.length === 7 && Number.parseInt(digits, 8) === count);
  const follows = rest === '' ? count > 0 : /^[\da-f]{2}(?:\s|$)/i.test(rest);
  return fits && (follows || digits.length === 7);
}

function requireOffset(digits: string, count: number): void {
  if (Number.parseInt(digits, 16) === count) return;
  throw new CommandError(`offset ${digits} in the dump, ${count.toString(16).padStart(4, '0')} expected`);
}

/** The bytes between an offset and the characters that some dumps print behind them. */
function columnDigits(columns: string): string {
  const bar = columns.search(/\s\|/);
  const sections = (bar < 0 ? columns : columns.slice(0, bar)).trim().split(/\s{2,}/);
  const [first = '', second = ''] = sections;
  // A gap in the middle: eight single bytes before it, more of them behind.
  const words = second.split(' ');
  const halves =
    first.split(' ').length === 8 && first.length === 23 && words.every((word) => BYTE.test(word));
  return plainDigits(halves ? `${first} ${second}` : first);
}

/** `14 00`, `1400`, `14:00`, `0x14, 0x00`, `{ 0x14, 0x00 };`. */
function plainDigits(text: string): string {
  const words = text.split(/[\s,;:{}[\]-]+/).filter((word) => word !== '');
  return words
    .map((word) => {
      const digits = word.replace(/^0x/i, '');
      if (!BYTES.test(digits)) throw notHexadecimal(word);
      return digits;
    })
    .join('');
}

function notHexadecimal(text: string): CommandError {
  const printable = text.replace(/[^ -~]/g, '?');
  const shown = printable.length > 40 ? `${printable.slice(0, 40)}…` : printable;
  return new CommandError(`"${shown}" is neither whole bytes in hexadecimal nor a file`);
}
