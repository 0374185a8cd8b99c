/**
 * What can be set and shown of one kind of link. A kind is a list of options; each says which attribute it is, how its
 * value is written, the field that `--json` gives it and the word that sets it. Before this file: `notation.ts`. After it:
 * one file for each kind.
 */
import { CommandError, type Context } from '../../command.ts';
import type { Fields } from '../../fields.ts';
import type { Words } from '../../words.ts';
import type { Notation } from './notation.ts';

/** One option of links whose attributes are `Data`. */
export interface LinkOption<Data> {
  /** What begins it on the command line; nothing if it can only be shown. */
  readonly words: readonly string[];
  /** Takes what follows `word`, and puts it to what was read before. @throws CommandError */
  read(word: string, words: Words, data: Data, context: Context): Data;
  /** The fields; none if the link does not have it. */
  show(data: Data, context: Context): Fields;
  /** The fields in words; empty if there are none. */
  text(fields: Fields): string;
}

/** The options of one kind. */
export interface LinkKind {
  /** What begins an option on the command line, each with its other spellings. */
  readonly words: readonly string[];
  /** Takes all words. @throws CommandError */
  read(words: Words, context: Context): object;
  show(data: object, context: Context): Fields;
  /** What `show` returned, in words. */
  text(fields: Fields): string;
}

/** A kind with these options, shown in this order. */
export function linkKind<Data extends object>(options: readonly LinkOption<Data>[]): LinkKind {
  return {
    words: options.map(({ words }) => words.join('|')).filter((word) => word !== ''),
    read(words, context) {
      let data = {} as Data;
      for (let word = words.take(); word !== undefined; word = words.take()) {
        const name = word;
        const option = options.find((candidate) => candidate.words.includes(name));
        if (option === undefined) throw new CommandError(`"${name}" is not understood for this type of link`);
        data = option.read(name, words, data, context);
      }
      return data;
    },
    show(data, context) {
      const shown = options.map((option) => option.show(data as Data, context));
      return Object.assign({}, ...shown) as Fields;
    },
    text(fields) {
      const texts = options.map((option) => option.text(fields));
      return texts.filter((text) => text !== '').join(' ');
    },
  };
}

/** `word VALUE` on the command line, `field: VALUE` in JSON. The first of `words` is the one that is shown; `field` if none is given. */
export function option<Data extends object, Name extends keyof Data & string>(
  attribute: Name,
  notation: Notation<NonNullable<Data[Name]>>,
  field: string,
  ...words: readonly string[]
): LinkOption<Data> {
  const [first = field] = words;
  return {
    words: words.length === 0 ? [field] : words,
    read: (word, taken, data, context) => ({ ...data, [attribute]: notation.read(word, taken, context) }),
    show(data, context) {
      const value = data[attribute];
      return value === undefined || value === null ? {} : { [field]: notation.show(value, context) };
    },
    text(fields) {
      const shown = fields[field];
      return shown === undefined ? '' : `${first} ${notation.text?.(shown) ?? shown}`;
    },
  };
}

/** As `option`, but nobody can set it. `word` is how it is shown; `field` if not given. */
export function told<Data extends object, Name extends keyof Data & string>(
  attribute: Name,
  notation: Notation<NonNullable<Data[Name]>>,
  field: string,
  word = field,
): LinkOption<Data> {
  return { ...option<Data, Name>(attribute, notation, field, word), words: [] };
}

/** A word that says all by itself, and is never shown. */
export function settled<Data extends object>(word: string, meaning: Partial<Data>): LinkOption<Data> {
  return {
    words: [word],
    read: (_word, _words, data) => ({ ...data, ...meaning }),
    show: () => ({}),
    text: () => '',
  };
}

/**
 * `word` or `noWORD` on the command line, for a byte that is 1 or 0.
 * @param shownWhen `set`: the field is there if it is set; `always`: it is true or false
 */
export function marked<Data extends object, Name extends keyof Data & string>(
  attribute: Name & (number extends NonNullable<Data[Name]> ? Name : never),
  field: string,
  shownWhen: 'set' | 'always',
  word = field,
): LinkOption<Data> {
  return {
    words: [word, `no${word}`],
    read: (taken, _words, data) => ({ ...data, [attribute]: Number(taken === word) }),
    show(data) {
      const value = data[attribute];
      if (value === undefined || (value === 0 && shownWhen === 'set')) return {};
      return { [field]: value !== 0 };
    },
    text: (fields) => (fields[field] === undefined ? '' : fields[field] === true ? word : `no${word}`),
  };
}
