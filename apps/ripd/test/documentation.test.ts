/** What the documentation says of the configuration, of drop reasons and of errors is what the program does. */
import { readdirSync, readFileSync } from 'node:fs';
import { drops } from '@ripstop/rip';
import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../src/configuration/file.ts';

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');

function yamlBlocks(text: string): string[] {
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, block]) => block ?? '');
}

describe('documentation', () => {
  it.each(['README.md', 'docs/operations.md'])('%s has only configurations without a mistake', (name) => {
    const blocks = yamlBlocks(read(name));
    expect(blocks).not.toHaveLength(0);
    for (const block of blocks) expect(parseConfiguration(name, block).warnings).toEqual([]);
  });

  it('docs/operations.md shows the defaults', () => {
    const [block = ''] = yamlBlocks(read('docs/operations.md'));
    const shown = parseConfiguration('docs/operations.md', block).configuration;
    const { configuration } = parseConfiguration('', 'rip: { interfaces: { eth0: {}, "lab-*": {} } }');
    expect(shown).toEqual({
      ...configuration,
      namespace: 'blue',
      log: { ...configuration.log, format: 'pretty' },
    });
  });

  it('docs/operations.md has a line for every drop reason, and no other', () => {
    const table = read('docs/operations.md').split('## Drop reasons')[1] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const expected = Object.entries(drops).map(
      ([code, { scope, message, section }]) => `| \`${code}\` | ${scope} | ${message} | ${section} |`,
    );
    expect(rows).toEqual(expected);
  });

  it('docs/operations.md has every error class with its codes, and no other', () => {
    const root = new URL('../../../', import.meta.url);
    const files = ['packages', 'apps'].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => /^[^/]+\/src\/.*\.ts$/.test(name))
        .map((name) => read(`${folder}/${name}`)),
    );
    const classes = files.flatMap((text) => [
      ...text.matchAll(/export class (\w+Error) extends Error \{.*?readonly code(?::| =) ([^;]+);/gs),
    ]);
    expect(classes.length).toBeGreaterThan(5);
    const table = read('docs/operations.md').split('## Errors')[1]?.split('\n## ')[0] ?? '';
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1]).sort()).toEqual(
      classes.map(([, name]) => name).sort(),
    );
    for (const [, name, type = ''] of classes) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\``));
      for (const [, code] of type.matchAll(/'(\w+)'/g)) expect(row).toContain(`\`${code}\``);
    }
  });
});
