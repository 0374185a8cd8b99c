/** The packages can be published: what is in their tarballs, who can compile against them, and that they work. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { NamespaceLab } from '@ripstop/lab';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, it } from 'vitest';
import { Installation, nodeVersions, packages } from './installation.ts';
import { registryAnswers } from './registry.ts';

const program = readFileSync(new URL('program.ts', import.meta.url), 'utf8');
let installation: Installation;

describe.runIf(await registryAnswers('the tests of the published packages'))('published', () => {
  beforeAll(async () => {
    installation = await Installation.make();
    installation.write('program.ts', program);
    return () => installation.remove();
  }, 120_000);

  describe.each(packages.map((name, at) => [name, at] as const))('%s', (name, at) => {
    const files = (): string[] =>
      readdirSync(installation.pathIn(name, '.'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(installation.pathIn(name, '.'), join(entry.parentPath, entry.name)));

    it('holds what was built, its sources, a README and the license, and nothing else', () => {
      const built = /^dist\/[\w/-]+\.(?:js|d\.ts)(?:\.map)?$/;
      const others = files().filter((path) => !built.test(path) && !/^src\/[\w/-]+\.ts$/.test(path));
      expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
    });

    it('has source maps that lead to the sources', () => {
      const maps = files().filter((path) => path.endsWith('.map'));
      expect(maps.length).toBeGreaterThan(0);
      for (const path of maps) {
        const { sources } = JSON.parse(readFileSync(installation.pathIn(name, path), 'utf8'));
        for (const source of sources)
          expect(
            existsSync(installation.pathIn(name, join(dirname(path), source))),
            `${path}: ${source}`,
          ).toBe(true);
      }
    });

    it('has a manifest without the workspace', () => {
      const manifest = readFileSync(installation.pathIn(name, 'package.json'), 'utf8');
      expect(manifest).not.toMatch(/workspace:|catalog:|ripstop:source/);
    });

    it('is clean for publint and for arethetypeswrong', async () => {
      const tarball = readFileSync(installation.tarballs[at]!);
      const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } });
      expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
      const analysis = await checkPackage(createPackageFromTarballData(tarball));
      const problems = analysis.types === false ? ['no types'] : analysis.problems;
      // TypeScript's oldest resolution knows no `exports`; `require` of a module works since Node 20.19.
      const old = ['node10', 'node16-cjs'];
      expect(
        problems.filter(
          (problem) => !old.includes((problem as { resolutionKind?: string }).resolutionKind ?? ''),
        ),
      ).toEqual([]);
    });
  });

  it.each([
    ['own', { module: 'nodenext', noEmit: true, skipLibCheck: false }],
    ['own', { module: 'esnext', moduleResolution: 'bundler', noEmit: true, skipLibCheck: false }],
    ['older', { module: 'nodenext', noEmit: true, skipLibCheck: false }],
  ] as const)('compile in a program: the %s TypeScript, %o', async (compiler, options) => {
    expect(await installation.compile(compiler, options)).toBe('');
  });

  it.each(nodeVersions)('work on Node %i', async (major) => {
    expect(await installation.compile('own', { module: 'nodenext' })).toBe('');
    const lab = await NamespaceLab.lay({ nodes: ['router'], links: [] });
    try {
      const node = installation.node(major);
      expect(await installation.output(node, '--version')).toMatch(`v${major}.`);
      const output = await installation.output(node, 'program.js', lab.node('router').namespace);
      expect(output.trimEnd().split('\n')).toEqual([
        'links: lo up',
        'again: EEXIST',
        'watched: new 192.0.2.1/24,delete 192.0.2.1/24',
        'batch: ok,EEXIST,ok',
        'list: 10.0.0.1/32,10.0.0.2/32',
        'overrun: told',
        'mirror: 5002',
        'stream: 5002',
        'flush: 5002',
        'codec: 36 bytes, 10.0.0.7/32',
        'prefix: 2001:db8::/32',
      ]);
      const required = "console.log(typeof require('@ripstop/socket').Rtnetlink.open)";
      expect(await installation.output(node, '--input-type=commonjs', '-e', required)).toBe('function\n');
    } finally {
      await lab.close();
    }
  });

  describe.each(packages)('the README of %s', (name) => {
    it.each(programsOf(readme(name)))('program %#', async (source, printed) => {
      const lab = await NamespaceLab.lay({
        nodes: ['router', 'peer'],
        links: [
          [
            { node: 'router', interface: 'eth0', addresses: ['192.168.1.1/24'] },
            { node: 'peer', interface: 'eth0', addresses: [] },
          ],
        ],
      });
      try {
        const router = lab.node('router');
        // IPv6 makes addresses by itself, and tells of them when it likes.
        await router.exec('sysctl', '-q', 'net.ipv6.conf.all.disable_ipv6=1');
        await router.exec('ip', ...'route add default via 192.168.1.9 proto static'.split(' '));
        const node = [process.execPath, '--input-type=module', '-e', source];
        expect(await installation.output('ip', 'netns', 'exec', router.namespace, ...node)).toBe(printed);
      } finally {
        await lab.close();
      }
    });
  });
});

function readme(name: (typeof packages)[number]): string {
  return readFileSync(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8');
}

/** The programs of a README, each with what stands below it as its output. */
function programsOf(text: string): [source: string, printed: string][] {
  const programs = [...text.matchAll(/```js\n(.*?)```\n\n```\n(.*?)```/gs)];
  expect(programs).toHaveLength([...text.matchAll(/```js/g)].length);
  return programs.map(([, source = '', printed = '']) => [source, printed]);
}
