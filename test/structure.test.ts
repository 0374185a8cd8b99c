/**
 * The structure that docs/architecture.md draws, held against the packages themselves: who may depend on whom, which
 * packages are pure, how long a file may be.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const LINES_MAX = 400;

/** Every arrow there may be between our own packages; what is not listed is forbidden. */
const arrows: Record<string, { own: string[]; thirdParty: string[] }> = {
  'packages/wire': { own: [], thirdParty: [] },
  'packages/netlink': { own: ['wire'], thirdParty: [] },
  'packages/rip': { own: ['wire'], thirdParty: [] },
  'packages/socket': { own: ['wire', 'netlink'], thirdParty: ['koffi'] },
  'packages/router': { own: ['wire', 'netlink', 'rip'], thirdParty: [] },
  'packages/lab': { own: ['wire', 'netlink', 'rip', 'socket', 'router'], thirdParty: ['yaml'] },
  'apps/ripd': {
    own: ['wire', 'netlink', 'rip', 'socket', 'router'],
    thirdParty: ['pino', 'yargs', 'yaml', 'zod'],
  },
  'apps/riplab': { own: ['wire', 'netlink', 'rip', 'socket', 'router', 'lab'], thirdParty: ['yargs'] },
  'apps/rtnl': { own: ['wire', 'netlink', 'socket'], thirdParty: [] },
};
const pure = ['packages/wire', 'packages/netlink', 'packages/rip'];

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && statSync(join(root, name)).isFile());
}

describe('structure', () => {
  it('has exactly the packages that the table of arrows names', () => {
    const present = ['packages', 'apps'].flatMap((folder) =>
      readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
    );
    expect(present.sort()).toEqual(Object.keys(arrows).sort());
  });

  it.each(Object.entries(arrows))('%s depends only on what it may', (folder, allowed) => {
    const dependencies = Object.keys((json(`${folder}/package.json`).dependencies ?? {}) as object);
    const own = dependencies.filter((name) => name.startsWith('@ripstop/'));
    const thirdParty = dependencies.filter((name) => !name.startsWith('@ripstop/'));
    expect(allowed.own).toEqual(expect.arrayContaining(own.map((name) => name.slice('@ripstop/'.length))));
    expect(allowed.thirdParty).toEqual(expect.arrayContaining(thirdParty));
  });

  it.each(pure)('%s is compiled without Node and without the browser', (folder) => {
    const options = json(`${folder}/tsconfig.json`).compilerOptions;
    expect(options).toMatchObject({ lib: ['ES2023'], types: [] });
  });

  it(`has no source file over ${LINES_MAX} lines`, () => {
    const long = Object.keys(arrows)
      .flatMap((folder) => sources(`${folder}/src`))
      .map((name) => ({ name, lines: readFileSync(join(root, name), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > LINES_MAX);
    expect(long).toEqual([]);
  });
});
