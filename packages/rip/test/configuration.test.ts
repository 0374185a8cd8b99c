import { expect, test } from 'vitest';
import { type InterfaceConfiguration, interfaceConfiguration } from '../src/index.ts';
import { configured } from './driver.ts';

/** The key whose configuration an interface gets; each key has a cost of its own. */
function keyFor(name: string, ...keys: string[]): string | undefined {
  const configuration = configured(Object.fromEntries(keys.map((key, at) => [key, { cost: at + 1 }])));
  const found: InterfaceConfiguration | undefined = interfaceConfiguration(configuration, name);
  return found === undefined ? undefined : keys[found.cost - 1];
}

test.each([
  ['eth0', ['eth0'], 'eth0'],
  ['eth1', ['eth0'], undefined],
  ['eth0', ['eth*', 'eth0'], 'eth0'],
  ['lab-a1', ['*', 'lab-*', 'lab-a*'], 'lab-a*'],
  ['lab-a1', ['lab-??', 'lab-*'], 'lab-??'],
  ['eth12', ['eth?'], undefined],
  ['eth7', ['eth[0-3]', 'eth[!0-3]'], 'eth[!0-3]'],
  ['eth7', ['eth[^0-3]'], 'eth[^0-3]'],
  ['eth2', ['eth[!0-3]', 'eth[0-3]'], 'eth[0-3]'],
  ['br]x', ['br[]]x'], 'br[]]x'],
  ['a[b', ['a[b'], 'a[b'],
  ['a[bc', ['a[b*'], 'a[b*'],
  ['eth0.100', ['eth0.*'], 'eth0.*'],
  ['eth0x100', ['eth0.*'], undefined],
  ['eth0', ['[9-0]', 'eth(0|1)', '+'], undefined],
  ['a^b', ['a[\\^]b'], 'a[\\^]b'],
  ['toString', ['eth0'], undefined],
])('interface %s with %j is configured as %s', (name, keys, expected) => {
  expect(keyFor(name, ...keys)).toBe(expected);
});
