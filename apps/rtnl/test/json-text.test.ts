// What `JSON.stringify` prints, and numbers that it refuses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../src/json-text.ts';

test('is what JSON.stringify prints', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
      expect(jsonText(value, pretty)).toBe(`${JSON.stringify(value, undefined, pretty ? 4 : undefined)}\n`);
    }),
  );
});

test('leaves out what is undefined', () => {
  expect(jsonText({ a: undefined, b: [undefined], c: {} }, false)).toBe('{"b":[null],"c":{}}\n');
});

test('keeps every digit of 64 bits', () => {
  expect(jsonText([{ bytes: 0xffff_ffff_ffff_ffffn, packets: 2n ** 53n + 1n }], false)).toBe(
    '[{"bytes":18446744073709551615,"packets":9007199254740993}]\n',
  );
  expect(jsonText({ rx: { bytes: 2n ** 64n - 1n } }, true)).toBe(
    '{\n    "rx": {\n        "bytes": 18446744073709551615\n    }\n}\n',
  );
});
