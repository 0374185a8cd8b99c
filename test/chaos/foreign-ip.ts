/** `ip` as somebody else runs it beside the daemon: what does not fit the moment fails, and that is no matter. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabNode } from '@ripstop/lab';

let files = 0;

/** One line is one `ip` of its own, several are one `ip -batch`. @returns whether all of it was done */
export async function attemptIp(node: LabNode, ...lines: string[]): Promise<boolean> {
  const run = (...words: string[]): Promise<boolean> =>
    node.exec('ip', ...words).then(
      () => true,
      () => false,
    );
  const [line = ''] = lines;
  if (lines.length < 2) return await run(...line.split(' '));
  files += 1;
  const file = join(tmpdir(), `ripstop-chaos-${process.pid}-${files}`);
  writeFileSync(file, lines.map((each) => `${each}\n`).join(''));
  const done = await run('-force', '-batch', file);
  rmSync(file);
  return done;
}
