// The patterns of `rtnl address list label PATTERN`.
import { expect, test } from 'vitest';
import { shellPattern } from '../src/address/shell-pattern.ts';

test.each<[string, string[], string[]]>([
  ['eth0', ['eth0'], ['eth', 'eth00', 'xeth0']],
  ['eth0:*', ['eth0:', 'eth0:one'], ['eth0', 'eth1:one']],
  ['eth?', ['eth0', 'eth:'], ['eth', 'eth10']],
  ['eth[0-3]', ['eth0', 'eth3'], ['eth4', 'eth[0-3]']],
  ['eth[!0-3]', ['eth4', 'ethx'], ['eth0', 'eth3']],
  ['a[]^]b', ['a]b', 'a^b'], ['ab', 'axb']],
  ['a.b+c', ['a.b+c'], ['axb+c', 'a.bbc']],
  ['a[b', ['a[b'], ['ab', 'a']],
])('%s', (pattern, matching, others) => {
  const expression = shellPattern(pattern);
  expect(matching.filter((text) => expression.test(text))).toEqual(matching);
  expect(others.filter((text) => expression.test(text))).toEqual([]);
});
