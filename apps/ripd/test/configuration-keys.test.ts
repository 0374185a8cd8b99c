/** Key chains and authentication in a configuration file: what they become, what is refused. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { always, type KeyChain } from '@ripstop/rip';
import { utf8Encode } from '@ripstop/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfiguration, readConfiguration } from '../src/configuration/file.ts';
import { interfaceWith, mistakesIn } from './configuration.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ripd-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A file whose `eth0` uses a chain of these keys. */
const chainOf = (...keys: string[]): string =>
  `key-chains: [{ name: core, keys: [${keys.join(', ')}] }]\nrip: { interfaces: { eth0: { authentication: { key-chain: core } } } }`;

function chainIn(text: string, file = 'ripd.yaml'): KeyChain | undefined {
  return parseConfiguration(file, text).configuration.rip?.interfaces.eth0?.authentication;
}

describe('a key chain', () => {
  it('is put into the interfaces that name it', () => {
    const text = chainOf(
      '{ key-id: 1, crypto-algorithm: hmac-sha-256, key-string: tiny, send-lifetime: { start: 2026-01-01T00:00:00Z, end: 2027-01-01T01:00:00+01:00 }, accept-lifetime: always }',
      '{ key-id: 255, crypto-algorithm: md5, key-string: "ü", accept-lifetime: { end: 2026-02-01t00:00:00.5z } }',
    );
    expect(chainIn(text)).toEqual({
      name: 'core',
      md5Length: 16,
      keys: [
        {
          id: 1,
          algorithm: 'hmac-sha-256',
          secret: utf8Encode('tiny'),
          send: { start: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1) },
          accept: always,
        },
        {
          id: 255,
          algorithm: 'md5',
          secret: Uint8Array.of(0xc3, 0xbc),
          send: always,
          accept: { start: always.start, end: Date.UTC(2026, 1, 1, 0, 0, 0, 500) },
        },
      ],
    });
  });

  it.each(['clear-text', 'md5', 'hmac-sha-1', 'hmac-sha-256', 'hmac-sha-384', 'hmac-sha-512'])(
    'has keys for %s',
    (algorithm) => {
      const chain = chainIn(chainOf(`{ key-id: 7, crypto-algorithm: ${algorithm}, key-string: tiny }`));
      expect(chain?.keys).toEqual([
        { id: 7, algorithm, secret: utf8Encode('tiny'), send: always, accept: always },
      ]);
    },
  );

  it('needs no number for a key in clear text', () => {
    expect(
      chainIn(chainOf('{ crypto-algorithm: clear-text, key-string: 0123456789abcdef }'))?.keys[0]?.id,
    ).toBe(0);
  });

  it('may be used by several interfaces, in one way or another', () => {
    const text =
      'key-chains: [{ name: core, keys: [{ key-id: 1, crypto-algorithm: md5, key-string: tiny }] }]\n' +
      'rip: { interfaces: { a: { authentication: { key-chain: core } }, b: { authentication: { key-chain: core, md5-length: 20 } } } }';
    const { rip } = parseConfiguration('ripd.yaml', text).configuration;
    const [a, b] = ['a', 'b'].map((name) => rip?.interfaces[name]?.authentication);
    expect(a?.md5Length).toBe(16);
    expect(b).toEqual({ ...a, md5Length: 20 });
  });

  it('4822 §3.1: wants an identifier and an algorithm for every key', () => {
    const [withoutId, withoutAlgorithm] = ['crypto-algorithm: md5', 'key-id: 1'].map((given) =>
      mistakesIn(chainOf(`{ ${given}, key-string: tiny }`)).join(),
    );
    expect(withoutId).toContain('key-id is missing');
    expect(withoutAlgorithm).toContain('crypto-algorithm is missing');
  });

  const key = 'key-id: 1, crypto-algorithm: md5';
  it.each([
    [chainOf(), 'key-chains[0].keys is [], expected at least one key'],
    ['key-chains: { core: [] }\nrip: { interfaces: { a: {} } }', 'expected a list of { name, keys }'],
    [
      'key-chains: [{ keys: [] }]\nrip: { interfaces: { a: {} } }',
      'key-chains[0].name is missing, expected the name of a key chain',
    ],
    [
      'key-chains: [{ name: a, keys: [{ crypto-algorithm: clear-text, key-string: x }] }, { name: a, keys: [{ crypto-algorithm: clear-text, key-string: x }] }]\nrip: { interfaces: { a: {} } }',
      '1:92: key-chains[1].name is "a", expected a name that no other has',
    ],
    [
      chainOf('{ crypto-algorithm: md5, key-string: tiny }'),
      '1:35: key-chains[0].keys[0].key-id is missing, expected a whole number from 0 to 255',
    ],
    [
      chainOf('{ key-id: 256, crypto-algorithm: md5, key-string: tiny }'),
      'key-id is 256, expected a whole number from 0 to 255',
    ],
    [
      chainOf('{ key-id: 1, key-string: tiny }'),
      'crypto-algorithm is missing, expected one of: clear-text, md5, hmac-sha-1',
    ],
    [
      chainOf('{ key-id: 1, crypto-algorithm: sha-1, key-string: tiny }'),
      'crypto-algorithm is "sha-1", expected one of: clear-text',
    ],
    [chainOf(`{ ${key} }`), 'key-string is missing, expected key-string or key-file'],
    [
      chainOf(`{ ${key}, key-string: tiny, key-file: x }`),
      'key-file is "x", expected key-string or key-file, not both',
    ],
    [
      chainOf(`{ ${key}, key-string: "" }`),
      'key-string is text (not shown), expected a key of at least one byte',
    ],
    [
      chainOf(`{ ${key}, key-string: 1234 }`),
      'key-string is a number (not shown), expected text: put it in quotes',
    ],
    [
      chainOf('{ crypto-algorithm: clear-text, key-string: 0123456789abcdefg }'),
      'key-string is text (not shown), expected a clear-text key of at most 16 bytes',
    ],
    [
      chainOf('{ crypto-algorithm: clear-text, key-string: üüüüüüüüü }'),
      'expected a clear-text key of at most 16 bytes',
    ],
    [
      chainOf(`{ ${key}, key-file: /nowhere/key }`),
      'key-file is "/nowhere/key", expected a file that can be read (ENOENT)',
    ],
    [chainOf(`{ ${key}, key-file: / }`), 'expected a file that can be read (not a file)'],
    [
      chainOf(`{ ${key}, key-string: tiny, send-lifetime: never }`),
      'send-lifetime is "never", expected always, or { start, end }',
    ],
    [
      chainOf(`{ ${key}, key-string: tiny, accept-lifetime: }`),
      'accept-lifetime is null, expected always, or { start, end }',
    ],
    [
      chainOf(`{ ${key}, key-string: tiny, send-lifetime: { begin: 2026-01-01T00:00:00Z } }`),
      'unknown key (not shown), expected one of: start, end',
    ],
    [
      chainOf(`{ ${key}, key-string: tiny, send-lifetime: { start: 2026-02-30T00:00:00Z } }`),
      'send-lifetime.start is "2026-02-30T00:00:00Z", expected a date and time like 2026-01-01T00:00:00Z',
    ],
    [
      chainOf(`{ ${key}, key-string: tiny, send-lifetime: { start: 2026-01-01 } }`),
      'expected a date and time like',
    ],
    [
      chainOf(`{ ${key}, key-string: tiny, send-lifetime: { start: 2026-01-01T25:00:00Z } }`),
      'expected a date and time like',
    ],
    [
      chainOf(
        `{ ${key}, key-string: tiny, send-lifetime: { start: 2026-01-01T00:00:00Z, end: 2026-01-01T00:00:00Z } }`,
      ),
      'send-lifetime is a section, expected an end after the start',
    ],
  ])('says what is wrong in %j', (text, expected) => {
    expect(mistakesIn(text).join('\n')).toContain(expected);
  });
});

describe('a key file', () => {
  it.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['two\nlines\n\n', 'two\nlines\n'],
    [' spaces ', ' spaces '],
  ])('%j holds the key %j', (content, secret) => {
    writeFileSync(join(folder, 'key'), content);
    const text = chainOf('{ key-id: 1, crypto-algorithm: md5, key-file: key }');
    expect(chainIn(text, join(folder, 'ripd.yaml'))?.keys[0]?.secret).toEqual(utf8Encode(secret));
  });

  it('may hold any bytes', () => {
    writeFileSync(join(folder, 'key'), Uint8Array.of(0, 255, 10, 10));
    const text = chainOf('{ key-id: 1, crypto-algorithm: md5, key-file: key }');
    expect(chainIn(text, join(folder, 'ripd.yaml'))?.keys[0]?.secret).toEqual(Uint8Array.of(0, 255, 10));
  });

  it.each([
    ['\n', 'key-file is "key", expected a key of at least one byte'],
    ['x'.repeat(4_097), 'key-file is "key", expected a file of at most 4096 bytes'],
  ])('is refused if it holds %j', (content, expected) => {
    writeFileSync(join(folder, 'key'), content);
    const text = chainOf('{ key-id: 1, crypto-algorithm: md5, key-file: key }');
    expect(mistakesIn(text, join(folder, 'ripd.yaml'))).toEqual([expect.stringContaining(expected)]);
  });

  it('that every user can read is unwise, as is such a configuration with a secret in it', () => {
    const file = join(folder, 'ripd.yaml');
    const warnings = () => readConfiguration(file).warnings.map(({ text }) => text);
    const own = '{ key-id: 2, crypto-algorithm: hmac-sha-1, key-string: tiny }';
    writeFileSync(join(folder, 'open'), 'secret', { mode: 0o644 });
    writeFileSync(join(folder, 'closed'), 'secret', { mode: 0o640 });
    const chain = (name: string) =>
      chainOf(`{ key-id: 1, crypto-algorithm: hmac-sha-1, key-file: ${name} }`, own);
    writeFileSync(file, chain('open'), { mode: 0o600 });
    expect(warnings()).toEqual([`key 1: every user can read the secret in ${join(folder, 'open')}`]);
    rmSync(file);
    writeFileSync(file, chain('closed'), { mode: 0o644 });
    expect(warnings()).toEqual(['key 2: every user can read the secret in this file']);
  });
});

describe('authentication', () => {
  it('is none unless it is wanted', () => {
    expect(interfaceWith('').authentication).toBeUndefined();
  });

  it('may hold a key of its own', () => {
    const { authentication } = interfaceWith(
      'authentication: { key-id: 3, crypto-algorithm: hmac-sha-1, key-string: tiny }',
    );
    expect(authentication).toEqual({
      name: 'inline',
      keys: [{ id: 3, algorithm: 'hmac-sha-1', secret: utf8Encode('tiny'), send: always, accept: always }],
      md5Length: 16,
    });
  });

  it.each([
    ['authentication:', 'authentication is null, expected a key-chain or a key'],
    ['authentication: { md5-length: 20 }', 'authentication is a section, expected a key-chain or a key'],
    [
      'authentication: { key-chain: core }',
      'authentication.key-chain is "core", expected the name of a key chain: this file has none',
    ],
    ['authentication: { key-chian: core }', 'unknown key "key-chian", expected perhaps "key-chain"'],
    [
      'authentication: { key-id: 1, crypto-algorithm: md5, key-string: tiny, md5-length: 18 }',
      'authentication.md5-length is 18, expected 16 (RFC 4822) or 20',
    ],
    [
      'send-version: 1, authentication: { key-id: 1, crypto-algorithm: md5, key-string: tiny }',
      '1:44: rip.interfaces.eth0.send-version is 1, expected 2, 1-compatible or none: RIPv1 cannot be authenticated',
    ],
  ])('says what is wrong in %j', (keys, expected) => {
    expect(mistakesIn(`rip: { interfaces: { eth0: { ${keys} } } }`).join('\n')).toContain(expected);
  });

  it('names the key chains that there are, also those with a mistake, and takes one or a key', () => {
    const text =
      'key-chains: [{ name: core, keys: [] }, { name: edge, keys: [{ key-id: 1, crypto-algorithm: md5, key-string: x }] }]\n' +
      'rip: { interfaces: { a: { authentication: { key-chain: cor } }, b: { authentication: { key-chain: core } }, c: { authentication: { key-chain: edge, key-id: 3 } } } }';
    expect(mistakesIn(text)).toEqual([
      expect.stringContaining('key-chains[0].keys is [], expected at least one key'),
      expect.stringContaining(
        'rip.interfaces.a.authentication.key-chain is "cor", expected the name of a key chain: core, edge',
      ),
      expect.stringContaining(
        'rip.interfaces.c.authentication is a section, expected a key-chain or a key, not both',
      ),
    ]);
  });
});
