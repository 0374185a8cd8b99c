import { bytes, cString, decode, encode, hex, utf8Decode, utf8Encode } from '@ripstop/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holds } from './laws.ts';

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

describe('UTF-8', () => {
  test('writes what TextEncoder writes, lone surrogates too', () => {
    holds(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
        expect(utf8Encode(text)).toEqual(Uint8Array.from(new TextEncoder().encode(text)));
      }),
      500,
    );
  });

  test('reads what TextDecoder reads', () => {
    holds(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Decode(new TextEncoder().encode(text))).toBe(text);
      }),
      500,
    );
  });

  test('any bytes become a string; it has U+FFFD exactly where they are not UTF-8', () => {
    const lead = fc.constantFrom(0x41, 0x80, 0xbf, 0xc0, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf8, 0xff);
    holds(
      fc.property(fc.array(fc.oneof(lead, fc.nat(0xff)), { maxLength: 8 }), (numbers) => {
        const raw = Uint8Array.from(numbers);
        const text = utf8Decode(raw);
        if (isUtf8(raw)) expect(text).toBe(strict.decode(raw));
        else expect(text).toContain('\ufffd');
      }),
      3000,
    );
  });

  test.each([
    ['overlong', [0xc0, 0xaf], '\ufffd\ufffd'],
    ['a surrogate', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
    ['cut', [0x61, 0xe2, 0x82], 'a\ufffd\ufffd'],
    ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
  ])('%s', (_name, raw, text) => {
    expect(utf8Decode(Uint8Array.from(raw))).toBe(text);
  });
});

describe('strings', () => {
  test('end at the first NUL, or where the bytes end', () => {
    expect(decode(cString, Uint8Array.of(0x61, 0, 0x62))).toBe('a');
    expect(decode(cString, Uint8Array.of(0x61, 0x62))).toBe('ab');
    expect(decode(cString, new Uint8Array())).toBe('');
  });

  test('hexadecimal', () => {
    expect(hex(Uint8Array.of(0, 0x0a, 0xff))).toBe('000aff');
    expect(bytes.format?.(encode(cString, 'ab'))).toBe('616200');
  });
});
