/** Files that hold one secret each: `key-file`. */
import { readFileSync, statSync } from 'node:fs';

/** A file longer than this is not a key. */
const KEY_BYTES_MAX = 4_096;

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface KeyFile {
  readonly path: string;
  /** Without the end of its last line. */
  readonly secret: Uint8Array;
}

/** A file's secret, or what was expected of the file. */
export function readKeyFile(path: string): KeyFile | string {
  try {
    const { size } = requireFile(path);
    if (size > KEY_BYTES_MAX) return `a file of at most ${KEY_BYTES_MAX} bytes`;
    return { path, secret: withoutLineEnd(new Uint8Array(readFileSync(path))) };
  } catch (error) {
    const { code = 'not a file' } = error as NodeJS.ErrnoException;
    return `a file that can be read (${code})`;
  }
}

/** Whether every user of this machine may read a file. */
export function isReadableByAll(path: string): boolean {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  return (mode & 0o004) !== 0;
}

/** Reading a pipe could wait for ever. */
function requireFile(path: string) {
  const stat = statSync(path);
  if (!stat.isFile()) throw new TypeError('not a file');
  return stat;
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  if (bytes.at(-1) !== LINE_FEED) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
