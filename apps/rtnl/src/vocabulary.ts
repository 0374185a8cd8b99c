/**
 * The words that an object understands, each written once: as a phrase, which help prints, beside what reads it.
 *
 * Before this file: `words.ts`. After it: every selection and specification. A phrase begins with the keyword and its other
 * spellings; what follows is for people: `metric|priority NUMBER`. A keyword in brackets may be left out: a word that is no
 * keyword is read as if it stood behind that one: `[dev] NAME`. A keyword that is there twice throws when the module loads.
 */
import { CommandError, type Context } from './command.ts';
import type { Words } from './words.ts';

/**
 * Takes what belongs to a keyword, and says what that adds to what the words before have said.
 * @param keyword as it is written; empty if it was left out
 * @throws CommandError
 */
export type Reader<Meaning> = (
  words: Words,
  context: Context,
  before: Meaning,
  keyword: string,
) => Partial<Meaning>;

/** By their phrases. */
export type Readers<Meaning> = Readonly<Record<string, Reader<Meaning>>>;

/** What was said before, and what is added. */
export type Join<Meaning> = (before: Meaning, added: Partial<Meaning>) => Meaning;

/** What is said later counts. */
function overriding<Meaning>(before: Meaning, added: Partial<Meaning>): Meaning {
  return { ...before, ...added };
}

/** Readers of a member, as readers of what it is a member of. */
export function ofMember<Whole, Member extends keyof Whole>(
  member: Member,
  readers: Readers<Whole[Member]>,
  join: Join<Whole[Member]> = overriding,
): Readers<Whole> {
  const ofWhole = Object.entries(readers).map(([phrase, reader]): [string, Reader<Whole>] => [
    phrase,
    (words, context, before, keyword) => {
      const added: Partial<Whole> = {};
      added[member] = join(before[member], reader(words, context, before[member], keyword));
      return added;
    },
  ]);
  return Object.fromEntries(ofWhole);
}

export class Vocabulary<Meaning extends object> {
  readonly phrases: readonly string[];
  readonly #byKeyword = new Map<string, Reader<Meaning>>();
  readonly #withoutKeyword: Reader<Meaning> | undefined;
  readonly #join: Join<Meaning>;

  constructor(readers: Readers<Meaning>, join: Join<Meaning> = overriding) {
    this.phrases = Object.keys(readers);
    this.#join = join;
    for (const [phrase, reader] of Object.entries(readers)) {
      const [beginning = ''] = phrase.split(' ');
      const optional = /^\[(.+)\]$/.exec(beginning)?.[1];
      for (const keyword of (optional ?? beginning).split('|')) {
        if (this.#byKeyword.has(keyword)) throw new Error(`keyword "${keyword}" is there twice`);
        this.#byKeyword.set(keyword, reader);
      }
      if (optional !== undefined) this.#withoutKeyword = reader;
    }
  }

  /** Takes all words, or those before the first that is `end`. @throws CommandError */
  read(words: Words, context: Context, start: Meaning, end?: string): Meaning {
    let meaning = this.readKnown(words, context, start);
    while (words.peek !== undefined && words.peek !== end) {
      if (this.#withoutKeyword === undefined)
        throw new CommandError(`"${words.peek}" is not understood here`);
      meaning = this.#join(meaning, this.#withoutKeyword(words, context, meaning, ''));
      meaning = this.readKnown(words, context, meaning);
    }
    return meaning;
  }

  /** Takes the words up to the first that is no keyword. @throws CommandError */
  readKnown(words: Words, context: Context, start: Meaning): Meaning {
    let meaning = start;
    for (;;) {
      const keyword = words.peek ?? '';
      const reader = this.#byKeyword.get(keyword);
      if (reader === undefined) return meaning;
      words.take();
      meaning = this.#join(meaning, reader(words, context, meaning, keyword));
    }
  }
}
