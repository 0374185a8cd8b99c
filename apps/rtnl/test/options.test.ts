// The options of the command line, and the words that are left.
import { describe, expect, test } from 'vitest';
import { CommandError } from '../src/command.ts';
import { type Options, optionsOf } from '../src/options.ts';

const none = optionsOf([]).options;

test.each<[string, Partial<Options>, string]>([
  ['link', {}, 'link'],
  ['-j link', { json: true }, 'link'],
  ['link --json', { json: true }, 'link'],
  ['-json -d link list', { json: true }, 'link list'],
  ['--pretty link', { json: true, pretty: true }, 'link'],
  ['-s -s link', { statistics: 2 }, 'link'],
  ['link -stats eth0', { statistics: 1 }, 'link eth0'],
  ['route add 10.0.0.0/8 -n blue dev eth0', { namespace: 'blue' }, 'route add 10.0.0.0/8 dev eth0'],
  ['--netns=/proc/1/ns/net route', { namespace: '/proc/1/ns/net' }, 'route'],
  ['--netns 1 route', { namespace: 1 }, 'route'],
  ['-4 -6 route', { family: 'ipv6' }, 'route'],
  ['-6 route -4', { family: 'ipv4' }, 'route'],
  ['-f inet6 route', { family: 'ipv6' }, 'route'],
  ['-6 --family=inet route', { family: 'ipv4' }, 'route'],
  ['-n blue -n red link', { namespace: 'red' }, 'link'],
  ['-json -details link', { json: true }, 'link'],
  ['-Version', { version: true }, ''],
  ['-br link', { brief: true }, 'link'],
  ['address -brief', { brief: true }, 'address'],
  ['-o link', { oneline: true }, 'link'],
  ['--oneline address', { oneline: true }, 'address'],
  ['route --table 400', { table: '400' }, 'route'],
  ['--help', { help: true }, ''],
  ['-V', { version: true }, ''],
  ['address list -tentative -home', {}, 'address list -tentative -home'],
  ['address add 10.0.0.1/24 brd - dev eth0', {}, 'address add 10.0.0.1/24 brd - dev eth0'],
  ['link set eth0 alias -- -4 --json', {}, 'link set eth0 alias -4 --json'],
])('%s', (line, chosen, left) => {
  const { options, words } = optionsOf(line.split(' '));
  expect(options).toEqual({ ...none, ...chosen });
  expect(words.join(' ')).toBe(left);
});

describe('mistakes', () => {
  test.each([
    ['--frob link', 'option "--frob" is unknown; see rtnl --help'],
    ['link --frob', 'option "--frob" is unknown; see rtnl --help'],
    ['-x link', 'option "-x" is unknown; see rtnl --help'],
    ['--jsonx link', 'option "--jsonx" is unknown; see rtnl --help'],
    ['link -n', '-n: a value is missing'],
    ['-f mpls route', '--family: inet or inet6 expected, got "mpls"'],
    // The links of `ip -0 address` are those of `link`.
    ['-0 address', 'option "-0" is unknown; see rtnl --help'],
    ['link --json=4', '--json=4: it has no value'],
  ])('%s', (line, message) => {
    expect(() => optionsOf(line.split(' '))).toThrow(new CommandError(message));
  });
});
