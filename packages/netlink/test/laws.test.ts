// The laws of every message in the registry and of every table that messages are made of, none left out. They are many, and
// each holds others: few values of each make many of all.
import { describe, test } from 'vitest';
import { arbitraryOf } from '../../wire/test/arbitraries.ts';
import { holdsMutation, holdsRoundTrip, holdsTruncation, MUTATIONS } from '../../wire/test/laws.ts';
import { allTables, leaves } from './tables.ts';

const { compounds } = allTables();

describe.each([...compounds])('%s', (_name, codec) => {
  const values = arbitraryOf(codec, leaves);

  test('decodes what it encodes, in exactly its size, at any offset', () =>
    holdsRoundTrip(codec, values, 15));
  test('cut or extended gives a value or a DecodeError', () => holdsTruncation(codec, values, 1));
  test('mutated gives a value or a DecodeError', () =>
    holdsMutation(codec, values, MUTATIONS / compounds.size));
});
