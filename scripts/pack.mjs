// `npm run pack [FOLDER]`: the packages that npm gets, as tarballs in FOLDER (here if not given); prints their paths.
// They are built from a fresh copy of the sources: `dist` keeps the output of files that are no longer there.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNPM } from './pnpm.mjs';

/** Each after what it depends on. */
const PACKAGES = ['wire', 'netlink', 'socket'];

const root = fileURLToPath(new URL('..', import.meta.url));
const destination = resolve(process.argv[2] ?? '.');

mkdirSync(destination, { recursive: true });
const copy = mkdtempSync(join(tmpdir(), 'ripstop-pack-'));
try {
  for (const name of ['LICENSE', 'package.json', 'pnpm-workspace.yaml', 'tsconfig.base.json'])
    cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of PACKAGES) {
    cpSync(join(root, 'packages', name), join(copy, 'packages', name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => basename(path) !== 'dist',
    });
  }
  const projects = PACKAGES.map((name) => `packages/${name}`);
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', ...projects], {
    cwd: copy,
    stdio: ['ignore', 2, 2],
  });
  const selection = PACKAGES.flatMap((name) => ['--filter', `@ripstop/${name}`]);
  const packed = execFileSync(
    'npx',
    ['--yes', PNPM, '-r', ...selection, 'pack', '--json', '--pack-destination', destination],
    { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for (const { filename } of JSON.parse(packed)) console.log(filename);
} finally {
  rmSync(copy, { recursive: true });
}
