/** Protocols above IP by their names in /etc/protocols: protocols(5). Before this file: the words of rules and of `route get`. */
import { readFileSync } from 'node:fs';
import type { Words } from './words.ts';

const PATH = '/etc/protocols';
let cache: ReadonlyMap<string, number> | undefined;

/** Names and second names. A file that is not there names nothing. */
function protocols(): ReadonlyMap<string, number> {
  cache ??= read();
  return cache;
}

function read(): ReadonlyMap<string, number> {
  let text: string;
  try {
    text = readFileSync(PATH, 'utf8');
  } catch {
    return new Map();
  }
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  const entries = lines.filter((line) => line !== '').map((line) => line.split(/\s+/));
  return new Map(
    entries.flatMap(([name = '', number, ...others]) =>
      [name, ...others].map((one) => [one, Number(number)]),
    ),
  );
}

/** The name of a protocol; as `ip` says it if it has none. */
export function ipProtocolName(number: number): string {
  const found = [...protocols()].find(([, known]) => known === number);
  return found?.[0] ?? `ipproto-${number}`;
}

/** Takes a name or a number. @throws CommandError */
export function takeIpProtocol(words: Words): number {
  const number = protocols().get(words.peek ?? '');
  if (number === undefined) return words.number('ipproto', 0, 0xff);
  words.take();
  return number;
}
