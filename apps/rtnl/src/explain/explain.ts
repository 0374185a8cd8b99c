/**
 * `rtnl explain [protocol NAME] [FILE | HEX …]`: bytes in, every field of every message out. Without FILE and HEX it reads
 * standard input.
 *
 * Before it: `program.ts`. After it: `capture-file` or `hex-text`, which find the datagrams; netlink's `explainDatagram`, which
 * knows the fields; `annotation`, which prints them. Bytes are read in the byte order of this machine, as netlink's are.
 */
import { readFileSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { explainDatagram } from '@ripstop/netlink';
import { CommandError } from '../command.ts';
import { jsonText } from '../json-text.ts';
import type { Words } from '../words.ts';
import { annotation } from './annotation.ts';
import { capturedFrames } from './capture-file.ts';
import { type CookedDatagram, cookedDatagram } from './cooked-datagram.ts';
import { bytesOfHexText } from './hex-text.ts';
import { NETLINK_ROUTE, protocolNamed } from './protocol.ts';

export const explainPhrases: readonly string[] = ['protocol NAME', 'FILE | HEX …'];

export interface ExplainOptions {
  readonly json: boolean;
  readonly pretty: boolean;
  readonly output: Writable;
}

/** @throws CommandError if there is nothing that could be explained */
export async function explain(words: Words, { json, pretty, output }: ExplainOptions): Promise<void> {
  const protocol = words.takeIf('protocol') ? protocolNamed(words.value('protocol')) : NETLINK_ROUTE;
  const explained = datagramsOf(await input(words.rest()), protocol).map((datagram) => ({
    ...datagram,
    fields: explainDatagram(datagram.bytes, datagram.protocol),
  }));
  if (json || pretty) {
    const plain = explained.map(({ bytes, ...others }) => ({ length: bytes.byteLength, ...others }));
    output.write(jsonText(plain, pretty));
  } else {
    output.write(`${explained.map(annotation).join('\n\n')}\n`);
  }
}

/** What a capture or a piece of text holds. */
function datagramsOf(bytes: Uint8Array, protocol: number): CookedDatagram[] {
  const frames = capturedFrames(bytes);
  if (frames !== undefined) return frames.map(cookedDatagram);
  return [{ protocol, bytes: bytesOfHexText(Buffer.from(bytes).toString('latin1')) }];
}

/** One word that names a file is a file; other words are the bytes themselves. @throws CommandError */
async function input(words: readonly string[]): Promise<Uint8Array> {
  const [first, ...others] = words;
  if (first === undefined) return await buffer(process.stdin);
  try {
    if (others.length === 0 && statSync(first, { throwIfNoEntry: false })?.isFile())
      return readFileSync(first);
  } catch (error) {
    // Hexadecimal digits may be too many for a name.
    if ((error as NodeJS.ErrnoException).code !== 'ENAMETOOLONG')
      throw new CommandError((error as Error).message);
  }
  return Buffer.from(words.join(' '));
}
