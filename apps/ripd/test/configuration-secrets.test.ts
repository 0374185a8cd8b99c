/** No secret is shown, whatever is wrong with the file that holds it. */
import { expect, it } from 'vitest';
import { mistakesIn } from './configuration.ts';

it.each([
  ['eth0: { key-string:abc }', 'unknown key "key-string…", expected one of: cost'],
  ['eth0: { "key-string: abc" }', 'unknown key "key-string…", expected one of: cost'],
  ['eth0: { key-strnig=abc: 1 }', 'unknown key "key-strnig…", expected one of: cost'],
  ['eth0: { cost:abc }', 'unknown key "cost…", expected "cost: " and a value'],
  [
    'eth0: { authentication: { key-string:abc } }',
    'unknown key "key-string…", expected "key-string: " and a value',
  ],
  ['eth0: { authentication: { key-strin=abc } }', 'unknown key "key-strin…", expected perhaps "key-string"'],
  [
    'eth0: { authentication: { key-string abc } }',
    'unknown key "key-string…", expected "key-string: " and a value',
  ],
  ['eth0: { authentication: { ":abc" } }', 'unknown key (not shown), expected one of: key-chain'],
  ['eth0: key-string:abc', 'rip.interfaces.eth0 is text (not shown), expected a section'],
  ['eth0: {}, key-string: abc', 'rip.interfaces.key-string is text (not shown), expected a section'],
])('a secret that has become a part of a key is not shown: %s', (interfaces, expected) => {
  const told = mistakesIn(`rip: { interfaces: { ${interfaces} } }`).join('\n');
  expect(told).toContain(expected);
  expect(told).not.toContain('abc');
});

it.each([
  'authentication: hunter2',
  'authentication: [hunter2]',
  'authentication: { hunter2 }',
  'authentication: { key-string:hunter2 }',
  'authentication: { key-string: hunter2 }',
  'authentication: { key-string: [hunter2] }',
  'authentication: { key-string: { hunter2: 1 } }',
  'authentication: { key-id: hunter2, crypto-algorithm: md5 }',
  'authentication: { key-id: 1, crypto-algorithm: clear-text, key-string: hunter2hunter2hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: *hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: !hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: @hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: %hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: "hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: "\\hunter2" }',
  "authentication: { key-id: 1, crypto-algorithm: md5, key-string: 'hunter2 }",
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: "hunter2"hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: hunter2: hunter2: x }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: ]hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: }hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: {hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: |hunter2 }',
  'authentication: { key-id: 1, crypto-algorithm: md5, key-string: \thunter2: "x" "y" }',
])('no secret is shown in what is said of %j', (keys) => {
  for (const text of [
    `rip: { interfaces: { eth0: { ${keys} } } }`,
    `rip:\n  interfaces:\n    eth0:\n      ${keys.replace(/^authentication: \{ (.*) \}$/, 'authentication:\n        $1').replaceAll(', ', '\n        ')}\n`,
    `key-chains: [{ name: core, keys: [${keys.replace('authentication: ', '')}] }]\nrip: { interfaces: { eth0: {} } }`,
    `key-chains: ${keys.replace('authentication: ', '')}\nrip: { interfaces: { eth0: {} } }`,
  ]) {
    expect(mistakesIn(text).join('\n')).not.toContain('hunter2');
  }
  expect(mistakesIn(`rip: { interfaces: { eth0: { ${keys} } } }`)).not.toEqual([]);
});
