// The laws of every message in the registry and of every table that messages are made of, none left out.
import { describe, test } from 'vitest';
import { arbitraryOf } from '../../wire/test/arbitraries.ts';
import { holdsMutation, holdsRoundTrip, holdsTruncation, MUTATIONS_PER_RUN } from '../../wire/test/laws.ts';
import { allTables, leaves } from './tables.ts';

const compounds = [...allTables().compounds].map(([name, codec]) => ({ name, codec }));

/** Mutated encodings over all codecs, and what each codec gets of them. */
const MUTATIONS = 50_000;
const RUNS = Math.ceil(MUTATIONS / MUTATIONS_PER_RUN / compounds.length);

describe.each(compounds)('$name', ({ codec }) => {
  const values = arbitraryOf(codec, leaves);

  test('decodes what it encodes, in exactly its size, at any offset', () =>
    holdsRoundTrip(codec, values, 60));
  test('cut or extended gives a value or a DecodeError', () => holdsTruncation(codec, values, 3));
  test('with flipped bits gives a value or a DecodeError', () => holdsMutation(codec, values, RUNS));
});
