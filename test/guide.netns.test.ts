/**
 * docs/netlink.md does what it says: every block of JavaScript and every command runs in a namespace of its own, and prints
 * what the page shows. `…` stands for anything within a line; a line of it alone stands for any lines.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import { describe, expect, it, onTestFinished } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const page = readFileSync(new URL('../docs/netlink.md', import.meta.url), 'utf8');
const rtnl = fileURLToPath(new URL('../apps/rtnl/bin/rtnl.js', import.meta.url));

interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Nothing stands between this block and the one before it. */
  readonly follows: boolean;
}

const blocks = findBlocks(page);
const [preamble, ...programs] = blocks.filter(({ language }) => language === 'js');
const commands = blocks.filter(({ language }) => language === 'console');

function findBlocks(markdown: string): Block[] {
  let end = 0;
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => {
    const [whole, language = '', text = ''] = match;
    const follows = markdown.slice(end, match.index).trim() === '';
    end = match.index + whole.length;
    return { line: markdown.slice(0, match.index).split('\n').length, language, text, follows };
  });
}

/** What the page shows below a program. */
function shownBelow(block: Block): string | undefined {
  const next = blocks[blocks.indexOf(block) + 1];
  return next?.follows === true && next.language === '' ? next.text : undefined;
}

/** The network that the page describes at its beginning. */
async function lay(): Promise<LabNode> {
  const lab = await NamespaceLab.lay({
    nodes: ['router', 'peer'],
    links: [
      [
        { node: 'router', interface: 'eth0', addresses: ['10.0.0.1/24'] },
        { node: 'peer', interface: 'eth0', addresses: ['10.0.0.2/24'] },
      ],
    ],
  });
  onTestFinished(() => lab.close());
  const router = lab.node('router');
  await router.exec('ip', ...'route add default via 10.0.0.2 proto static'.split(' '));
  return router;
}

/** Runs a program in the node; all that it prints. */
function output(node: LabNode, argv: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('ip', ['netns', 'exec', node.namespace, ...argv], {
    cwd: here,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (error !== undefined) throw error;
  return `${stdout}${stderr}${status === 0 ? '' : `(exit code ${status})\n`}`;
}

function expectShown(actual: string, shown: string): void {
  const pattern = shown
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/^…$\n/gm, '(?:.*\\n)*?')
    .replaceAll('…', '.*');
  // The comparison of texts says where they differ; the pattern says whether.
  if (!new RegExp(`^${pattern}$`).test(actual)) expect(actual).toBe(shown);
}

describe('docs/netlink.md', () => {
  it.each(programs.map((block) => [block.line, block] as const))(
    'the program in line %i',
    async (_, block) => {
      const router = await lay();
      const program = `${preamble?.text}${block.text}\nrtnetlink.close();\n`;
      const shown = shownBelow(block);
      expectShown(output(router, [process.execPath, '--input-type=module', '-e', program]), shown ?? '');
    },
  );

  it.each(commands.map((block) => [block.line, block] as const))(
    'the commands in line %i',
    async (_, block) => {
      const router = await lay();
      for (const command of block.text.split(/^\$ /m).slice(1)) {
        const [line = '', ...shown] = command.split(/(?<=\n)/);
        const shell = `rtnl() { '${process.execPath}' '${rtnl}' "$@"; }\n${line}`;
        expectShown(output(router, ['sh', '-c', shell]), shown.join(''));
      }
    },
  );

  it('names every example', () => {
    const names = readdirSync(new URL('../packages/socket/examples/', import.meta.url));
    const named = [...page.matchAll(/\(\.\.\/packages\/socket\/examples\/([\w-]+\.js)\)/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(named)].sort()).toEqual(names.sort());
  });
});
