// Keywords, other spellings, what may be left out.
import { describe, expect, test } from 'vitest';
import { CommandError, type Context } from '../src/command.ts';
import { Vocabulary } from '../src/vocabulary.ts';
import { Words } from '../src/words.ts';

interface Meaning {
  readonly name?: string;
  readonly metric?: number;
  readonly marks?: number;
}

/** No reader of these asks for it. */
const context = {} as Context;
const vocabulary = new Vocabulary<Meaning>({
  '[dev] NAME': (words) => ({ name: words.value('dev') }),
  'metric|priority NUMBER': (words, _, __, keyword) => ({ metric: words.number(keyword) }),
  mark: (_words, _context, { marks = 0 }) => ({ marks: marks + 1 }),
});

function read(text: string): Meaning {
  return vocabulary.read(new Words(text.split(' ')), context, {});
}

describe('words are read from left to right', () => {
  test.each<[string, Meaning]>([
    ['dev eth0', { name: 'eth0' }],
    ['eth0', { name: 'eth0' }],
    ['dev metric', { name: 'metric' }],
    ['metric 7 eth0', { name: 'eth0', metric: 7 }],
    ['priority 0x10', { metric: 16 }],
    ['metric 7 priority 8', { metric: 8 }],
    ['mark mark', { marks: 2 }],
  ])('%s', (text, meaning) => {
    expect(read(text)).toEqual(meaning);
  });

  test('up to a word that ends them', () => {
    const words = new Words(['eth0', 'type', 'veth']);
    expect(vocabulary.read(words, context, {}, 'type')).toEqual({ name: 'eth0' });
    expect(words.rest()).toEqual(['type', 'veth']);
  });

  test('up to the first that is no keyword', () => {
    const words = new Words(['mark', 'metric', '7', 'eth0', 'mark']);
    expect(vocabulary.readKnown(words, context, {})).toEqual({ marks: 1, metric: 7 });
    expect(words.rest()).toEqual(['eth0', 'mark']);
  });
});

describe('mistakes', () => {
  const strict = new Vocabulary<Meaning>({
    'metric NUMBER': (words) => ({ metric: words.number('metric') }),
  });

  test.each([
    ['frobnicate', '"frobnicate" is not understood here'],
    ['metric', 'metric: a value is missing'],
    ['metric x', 'metric: a number from 0 to 4294967295 expected, got "x"'],
    ['metric 1 constructor', '"constructor" is not understood here'],
  ])('%s', (text, message) => {
    expect(() => strict.read(new Words(text.split(' ')), context, {})).toThrow(new CommandError(message));
  });

  test('a keyword that is there twice is ours', () => {
    expect(() => new Vocabulary({ 'a|b X': () => ({}), b: () => ({}) })).toThrow(
      'keyword "b" is there twice',
    );
  });
});
