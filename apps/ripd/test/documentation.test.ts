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
  it.each(['README.md', 'docs/kernel.md', 'docs/operations.md'])(
    '%s has only configurations without a mistake',
    (name) => {
      const blocks = yamlBlocks(read(name));
      expect(blocks).not.toHaveLength(0);
      for (const block of blocks) expect(parseConfiguration(name, block).warnings).toEqual([]);
    },
  );

  it('docs/operations.md shows the defaults', () => {
    const [block = ''] = yamlBlocks(read('docs/operations.md'));
    const shown = parseConfiguration('docs/operations.md', block).configuration;
    const interfaces = '{ interfaces: { eth0: {}, "lab-*": {} } }';
    const { configuration } = parseConfiguration('', `rip: ${interfaces}\nripng: ${interfaces}`);
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

  /** Names of the members of an interface in its source. */
  const membersOf = (file: string, name: string): string[] => {
    const [, body = ''] =
      new RegExp(`^export interface ${name}\\b[^{]*\\{(.*?)^\\}`, 'ms').exec(read(file)) ?? [];
    const members = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member]) => member ?? '');
    expect(members.length).toBeGreaterThan(2);
    return members;
  };
  const snapshot = 'packages/rip/src/snapshot.ts';
  const control = 'apps/ripd/src/control/control-protocol.ts';
  const kernelView = 'packages/router/src/fib/kernel-view.ts';

  it.each([
    ['`/status`', [...membersOf(snapshot, 'StatusSnapshot'), ...membersOf(control, 'DaemonStatus')]],
    [
      'one of `protocols`',
      [...membersOf(snapshot, 'StatusSnapshot'), ...membersOf(control, 'ProtocolStatus')],
    ],
    ['`/interfaces`: a list', membersOf(snapshot, 'InterfaceSnapshot')],
    ['`/neighbors`: a list', membersOf(snapshot, 'NeighborSnapshot')],
    ['`/routes`: a list, IPv4 first', membersOf(snapshot, 'RouteSnapshot')],
    ['one of `offers`', membersOf(snapshot, 'OfferSnapshot')],
    ['`/kernel`', [...membersOf(control, 'KernelPlace'), ...membersOf(control, 'KernelAnswer')]],
    ['one of `routes` there', membersOf(kernelView, 'KernelRouteSnapshot')],
  ])('docs/operations.md has every member of the answer %s', (answer, members) => {
    const [row = ''] = read('docs/operations.md')
      .split('\n')
      .filter((line) => line.startsWith(`| ${answer} |`));
    const documented = [...row.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    for (const member of members) expect(documented).toContain(member);
  });

  it('docs/operations.md has every state, and no other', () => {
    const states = [snapshot, control, kernelView].flatMap((file) =>
      [...read(file).matchAll(/^ {2}readonly state: (.*);$/gm)].flatMap(([, type = '']) =>
        [...type.matchAll(/'([\w-]+)'/g)].map(([, state]) => state),
      ),
    );
    const [, table = ''] =
      /\| State \| Of \|.*?\n\n/s.exec(read('docs/operations.md'))?.[0]?.split('|---|\n') ?? [];
    const documented = table
      .split('\n')
      .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, state]) => state));
    expect(new Set(documented)).toEqual(new Set(states.filter((state) => state !== 'state')));
  });

  it('docs/operations.md has every error class with its codes, and no other', () => {
    const root = new URL('../../../', import.meta.url);
    const files = ['packages', 'apps'].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
        .filter((name) => /^[^/]+\/src\/.*\.ts$/.test(name))
        .map((name) => read(`${folder}/${name}`)),
    );
    const classes = files.flatMap((text) => [
      ...text.matchAll(/export class (\w+Error) extends Error \{.*?readonly code(?::| =)\s+([^;]+);/gs),
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
