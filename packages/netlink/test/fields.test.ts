// Misspelled fields and filters are refused: left out, they would make a request mean something else.
import { expect, test } from 'vitest';
import { completed, queryOf } from '../src/index.ts';

test('a field that the object does not have', () => {
  const route = { prefix: '10.8.0.0/16', outputInterfase: 1 };
  expect(() => completed('route', 'new', route)).toThrow('route: it has no "outputInterfase"');
  expect(() => completed('link', 'get', { nane: 'eth0' } as never)).toThrow('link: it has no "nane"');
});

test('all that a listed object has', () => {
  const listed = { family: 'ipv4', destinationLength: 0, tos: 0, unknown: [] } as const;
  expect(completed('route', 'new', listed)).toMatchObject(listed);
});

test('a filter that nobody knows', () => {
  const filter = { table: 254, tabel: 99 };
  expect(() => queryOf('route', filter)).toThrow('route filter: it has no "tabel"');
  expect(queryOf('route', { table: 254 })).toMatchObject({ table: 254 });
});
