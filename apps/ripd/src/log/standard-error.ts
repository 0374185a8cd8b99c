/**
 * Standard error as ripd writes it: at once and in order, but never waiting for whoever reads it. A reader that falls
 * behind costs lines, not routing; how many is said when it reads again.
 */
import { writeSync } from 'node:fs';

const STANDARD_ERROR = 2;
/** Kept for a reader that has fallen behind. */
const BACKLOG_BYTES_MAX = 1024 * 1024;
const RETRY_MS = 20;
/** How long the end of the process waits for the reader. */
const FAREWELL_MS = 200;

// Node makes a pipe non-blocking when it is first asked for the stream.
export const isTerminal: boolean = process.stderr.isTTY === true;

const backlog: Buffer[] = [];
let backlogBytes = 0;
let lostLines = 0;
let _retry: NodeJS.Timeout | undefined;

/** Writes text, or keeps it until it can be written. Beyond the limit of what is kept it is lost, and counted. */
export function writeError(text: string): void {
  if (lostLines > 0 && flush()) {
    keep(`ripd: ${lostLines} lines were lost here: nobody read them in time\n`);
    lostLines = 0;
  }
  if (backlogBytes + text.length > BACKLOG_BYTES_MAX) lostLines += 1;
  else {
    keep(text);
    flush();
  }
}

function keep(text: string): void {
  const bytes = Buffer.from(text);
  backlog.push(bytes);
  backlogBytes += bytes.byteLength;
}

/** @returns whether all is written */
function flush(): boolean {
  for (let bytes = backlog[0]; bytes !== undefined; bytes = backlog[0]) {
    const written = write(bytes);
    if (written === undefined) {
      _retry ??= setTimeout(() => {
        _retry = undefined;
        flush();
      }, RETRY_MS).unref();
      return false;
    }
    backlogBytes -= written;
    if (written === bytes.byteLength) backlog.shift();
    else backlog[0] = bytes.subarray(written);
  }
  return true;
}

/** @returns bytes written; undefined if the reader has to read first */
function write(bytes: Buffer): number | undefined {
  try {
    return writeSync(STANDARD_ERROR, bytes);
  } catch (error) {
    // Where nobody reads any more there is nobody to tell.
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? undefined : bytes.byteLength;
  }
}

process.on('exit', () => {
  const deadline = performance.now() + FAREWELL_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (!flush() && performance.now() < deadline) Atomics.wait(pause, 0, 0, RETRY_MS);
});
