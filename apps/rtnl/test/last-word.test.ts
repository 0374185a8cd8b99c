// A keyword that ends the command line although something must follow it: every keyword of every command.
import { describe, expect, test } from 'vitest';
import { type Command, CommandError, type Context } from '../src/command.ts';
import { Interfaces } from '../src/interfaces.ts';
import { kindNamed, kindPhrases, portOf } from '../src/link/kinds/link-kinds.ts';
import { objects } from '../src/objects.ts';
import { Words } from '../src/words.ts';

/** No line of these is understood, so nobody asks the kernel. */
const context: Context = {
  rtnetlink: undefined as never,
  interfaces: new Interfaces(),
  family: undefined,
  statistics: 0,
  brief: false,
  descriptors: [],
};

/** Keywords that are understood only behind others. */
const behind: Readonly<Record<string, string>> = {
  'link get … type': 'group default',
  'link delete … type': 'group default',
  'link property … dev': 'add',
  'link property … altname': 'add',
  ...Object.fromEntries(
    ['buckets', 'idle_timer', 'unbalanced_timer'].flatMap((keyword) =>
      ['add', 'replace'].map((command) => [`nexthop ${command} … ${keyword}`, 'type resilient']),
    ),
  ),
};

/** What each keyword of the phrase is, unless it says all by itself: `metric|priority NUMBER`. */
function keywordsOf(phrase: string): string[] {
  const [first = '', ...values] = phrase.split(' ');
  return values.length === 0 ? [] : first.replace(/^\[|\]$/g, '').split('|');
}

const lines = Object.entries(objects).flatMap(([object, { commands }]) =>
  Object.entries<Command>(commands).flatMap(([name, command]) => {
    const phrases = command.phrases.filter((phrase) => !kindPhrases.includes(phrase));
    return phrases
      .flatMap(keywordsOf)
      .map((keyword) => [`${object} ${name} … ${keyword}`, { keyword, command }] as const);
  }),
);

async function refusal(read: () => unknown): Promise<unknown> {
  try {
    return await read();
  } catch (error) {
    return error;
  }
}

test('there are hundreds', () => {
  expect(lines.length).toBeGreaterThan(300);
});

test.each(lines)('%s', async (line, { keyword, command }) => {
  const before = behind[line]?.split(' ') ?? [];
  const error = await refusal(() => command.run(new Words([...before, keyword]), context));
  expect(error).toBeInstanceOf(CommandError);
  // What is missing of this keyword, and not what is missing besides: “which link?”.
  expect((error as Error).message).toMatch(/^[^?]*(expected|is missing)/);
});

describe('of the kinds of links', () => {
  const options = kindPhrases.flatMap((phrase) => {
    const [, kind = '', ...words] = phrase.split(' ');
    return words.flatMap((word) => word.split('|')).map((word) => [kind, word] as const);
  });

  test.each(options)('type %s %s', async (kind, word) => {
    const master = /^(\w+)_slave$/.exec(kind)?.[1];
    const { read } = master === undefined ? kindNamed(kind) : portOf(master);
    const outcome = await refusal(() => read(new Words([word]), context));
    // Some words say all by themselves.
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(CommandError);
      expect(outcome.message).toMatch(/expected|is missing/);
    } else {
      expect(Object.keys(outcome as object)).not.toEqual([]);
    }
  });
});
