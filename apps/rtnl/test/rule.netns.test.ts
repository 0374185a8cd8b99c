// `rtnl rule` beside `ip rule`: what each shows of what the other did.
import { beforeAll, describe, expect, test } from 'vitest';
import { compare, ip, ipShows, rtnl, rtnlEnds, rtnlShows } from './iproute2.ts';
import { ipv4Rules, ipv6Rules } from './rich-namespace.ts';
import { makeRouteNamespace } from './route-namespace.ts';

function addWithIp(namespace: string): void {
  for (const words of ipv4Rules) ip(namespace, `rule add ${words}`);
  for (const words of ipv6Rules) ip(namespace, `-6 rule add ${words}`);
}

describe('rtnl shows what ip did', () => {
  let namespace: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
    addWithIp(namespace);
  });

  test.each([
    'rule',
    '-6 rule list',
    'rule list pref 11',
    'rule list prio 11',
    'rule list from 10/8',
    'rule list not',
    'rule list from 10.0.0.1',
    'rule list from 10.0.0.0/8',
    'rule list to 10.2.0.1',
    'rule list fwmark 0x10/0xff',
    'rule list tos 0x10',
    'rule list iif v0',
    'rule list oif v0',
    'rule list table 100',
    'rule list lookup 70000',
    'rule list uidrange 100-200',
    'rule list ipproto tcp',
    'rule list sport 53',
    'rule list dport 80',
    'rule list tun_id 77',
    '-6 rule list table 100',
  ])('%s', async (words) => {
    await compare(namespace, words, words === 'rule' ? 'rule list' : words);
  });

  test('rule list proto static, which ip takes and ignores', async () => {
    const rules = await rtnlShows(namespace, 'rule list proto static');
    expect(rules.map(({ priority }) => priority)).toEqual([14]);
  });

  test('text is what ip prints', async () => {
    for (const words of ['rule list', '-6 rule list'])
      expect(await rtnl(namespace, words)).toBe(ip(namespace, `-d ${words}`));
  });
});

describe('ip sees what rtnl did as if ip had done it', () => {
  let [ours, theirs]: string[] = [];
  const expectAlike = (): void => {
    for (const words of ['rule show', '-6 rule show']) {
      const [one, other] = [ipShows(ours!, words), ipShows(theirs!, words)];
      expect(one).toEqual(other);
      expect(one.length).toBeGreaterThan(0);
    }
  };
  const both = async (words: string): Promise<void> => {
    ip(theirs!, words);
    await rtnl(ours!, words);
  };

  beforeAll(() => {
    [ours, theirs] = [makeRouteNamespace(), makeRouteNamespace()];
  });

  test('added', async () => {
    addWithIp(theirs!);
    for (const words of ipv4Rules) await rtnl(ours!, `rule add ${words}`);
    for (const words of ipv6Rules) await rtnl(ours!, `-6 rule add ${words}`);
    expectAlike();
  });

  test('an IPv6 address is enough to say so', async () => {
    ip(theirs!, '-6 rule add from 2001:db8:3::/48 blackhole pref 15');
    await rtnl(ours!, 'rule add from 2001:db8:3::/48 blackhole pref 15');
    expectAlike();
  });

  test('removed, flushed', async () => {
    await both('rule add from 10.30/16 prio 40');
    await both('rule add from 10.31/16 realm 7 prio 41');
    await both('rule del prio 40');
    expectAlike();
    await both('rule del pref 10');
    await both('rule del not from 10.0.0.0/8 to 10.1.0.0/16');
    await both('rule del fwmark 7');
    await both('rule del from 10.4.0.0/16 blackhole');
    await both('rule del to 10.9.0.0/16');
    await both('-6 rule del from 2001:db8::1');
    expectAlike();
    await both('rule flush table 100');
    await both('rule flush proto bgp');
    await both('-6 rule flush');
    expectAlike();
    await both('rule flush');
    expectAlike();
    expect(ipShows(ours!, 'rule show').map(({ priority }) => priority)).toEqual([0]);
  });
});

test('an option in place of the word', async () => {
  const namespace = makeRouteNamespace();
  const rules = (): unknown[] => ipShows(namespace, 'rule show').map(({ src, table }) => [src, table]);
  const own = [
    ['all', 'local'],
    ['all', 'main'],
    ['all', 'default'],
  ];
  await rtnl(namespace, 'rule add from 10.0.0.0/8 --table 100');
  await rtnl(namespace, 'rule add from 10.1.0.0/16');
  expect(rules()).toEqual(expect.arrayContaining([...own, ['10.0.0.0', '100'], ['10.1.0.0', 'main']]));
  await rtnl(namespace, 'rule flush --table 100');
  expect(rules()).toHaveLength(4);
  expect(rules()).toEqual(expect.arrayContaining([...own, ['10.1.0.0', 'main']]));
});

describe('what cannot be done is said in one line', () => {
  let namespace: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
  });

  test.each([
    ['rule add', /^rtnl: which rule\? /],
    ['rule add from 10.0.0.0/8 frobnicate', /^rtnl: "frobnicate" is not understood here$/],
    ['rule add fwmark seven', /^rtnl: fwmark: MARK or MARK\/MASK expected, got "seven"$/],
    ['rule add sport 1-70000', /^rtnl: sport: /],
    ['rule add from 10.0.0.0/8 goto 0 pref 9', /^rtnl: .*Backward goto not supported/],
    ['rule del pref 4711', /^rtnl: .*ENOENT/],
    ['-6 rule add from 10.0.0.0/8', /^rtnl: from: IPv6 ADDRESS\/LENGTH expected/],
    ['-4 rule list from 2001:db8::/32', /^rtnl: from: IPv4 ADDRESS\/LENGTH expected/],
    ['rule set from all', /^rtnl: rule set: there is no such command; see rtnl rule help$/],
  ])('%s', async (words, line) => {
    const { code, output, errors } = await rtnlEnds(namespace, words);
    expect(errors.trimEnd()).toMatch(line);
    expect({ code, output, lines: errors.split('\n').length }).toEqual({ code: 2, output: '', lines: 2 });
  });
});
