// `rtnl` without a kernel: abbreviations, help, usage.
import { describe, expect, test } from 'vitest';
import type { CommandName } from '../src/command.ts';
import { commandNamed, objectNamed, objects } from '../src/objects.ts';
import { rtnl } from '../src/program.ts';
import { CapturedText } from './captured-text.ts';

async function ends(...given: readonly string[]): Promise<readonly [code: number, all: string]> {
  const [output, errors] = [new CapturedText(), new CapturedText()];
  const code = await rtnl(given, { output, errors });
  return [code, output.text + errors.text];
}

describe('abbreviations are those of ip', () => {
  test.each([
    ['a', 'address'],
    ['addr', 'address'],
    ['l', 'link'],
    ['r', 'route'],
    ['ro', 'route'],
    ['ru', 'rule'],
    ['n', 'neighbor'],
    ['neigh', 'neighbor'],
    ['neighbour', 'neighbor'],
    ['nex', 'nexthop'],
    ['', undefined],
    ['linkx', undefined],
    ['constructor', undefined],
  ])('%j', (word, object) => {
    expect(objectNamed(word)).toBe(object);
  });

  test.each([
    ['link', 's', 'set'],
    ['link', 'a', 'add'],
    ['link', 'sh', 'list'],
    ['link', 'ls', 'list'],
    ['link', 'r', 'replace'],
    ['address', 's', 'list'],
    ['address', 'chg', 'set'],
    ['route', 's', 'list'],
    ['route', 'a', 'add'],
    ['route', 'ap', 'append'],
    ['route', 'c', 'set'],
    ['route', 'd', 'delete'],
    ['route', 'g', 'get'],
    ['rule', 'f', 'flush'],
    ['neighbor', 'l', 'list'],
  ] as const)('%s %s', (object, word, command: CommandName) => {
    expect(commandNamed(object, word)).toBe(objects[object].commands[command]);
  });

  test('a command that the object does not have', () => {
    expect(commandNamed('rule', 'set')).toBeUndefined();
  });
});

describe('help', () => {
  test('of the program', async () => {
    const [code, text] = await ends('--help');
    expect(code).toBe(0);
    expect(await ends('help')).toEqual([code, text]);
    for (const word of [...Object.keys(objects), 'monitor', 'explain', '--netns NAMESPACE'])
      expect(text).toContain(word);
  });

  test.each([...Object.keys(objects), 'monitor', 'explain'])('of %s', async (object) => {
    const [code, text] = await ends(object, 'help');
    expect(code).toBe(0);
    expect(await ends(object, 'list', '--help')).toEqual([code, text]);
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(new RegExp(`^(rtnl ${object}|   ) `));
      expect(line.length).toBeLessThanOrEqual(100);
    }
  });

  test('names the words, made from what reads them', async () => {
    const [, rule] = await ends('rule', 'help');
    expect(rule).toContain('rtnl rule add|delete [not] [from PREFIX] [to PREFIX]');
    expect(rule).toContain('[[type] nop|blackhole|unreachable|prohibit]');
    const [, link] = await ends('l', 'help');
    expect(link).toContain('[type vrf table]');
    expect(await ends('explain', 'help')).toEqual([0, 'rtnl explain [protocol NAME] [FILE | HEX …]\n']);
  });

  test('the version', async () => {
    expect(await ends('-V')).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
  });
});

test.each([
  [[], 'which object? see rtnl --help'],
  [['frob'], 'object "frob" is unknown; see rtnl --help'],
  [['qdisc'], 'qdisc: not supported yet'],
  [['-n', 'no-such-namespace', 'link'], expect.stringContaining('no-such-namespace')],
])('%j: one line, and exit code 2', async (given, message) => {
  const [code, text] = await ends(...given);
  expect(code).toBe(2);
  expect(text).toMatch(/^rtnl: .*\n$/);
  expect(text.slice('rtnl: '.length).trimEnd()).toEqual(message);
});
