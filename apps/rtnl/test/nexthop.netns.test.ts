// `rtnl nexthop` beside `ip nexthop`: what each shows of what the other did.
import { beforeAll, describe, expect, test } from 'vitest';
import { compare, type Exceptions, ip, ipAll, ipShows, rtnl, rtnlEnds, rtnlShows } from './iproute2.ts';
import { nexthopCommand, nexthops } from './rich-namespace.ts';
import { makeRouteNamespace } from './route-namespace.ts';

/** Fields that cannot be the same in two lists, one after the other. */
const exceptions: Exceptions = { 'resilient_args.unbalanced_time': 'runs' };

/** Its fields are told apart from the next hop's own by us, and not by `ip`: see the test of routes. */
const tunnel = 'id 32 encap ip id 9 dst 10.0.0.7 via 10.0.0.2 dev v0';

describe('rtnl shows what ip did', () => {
  let namespace: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
    for (const words of nexthops) ip(namespace, nexthopCommand(words));
  });

  test.each([
    'nexthop list',
    '-4 nexthop list',
    '-6 nexthop list',
    'nexthop list dev v0',
    'nexthop list dev v1',
    'nexthop list groups',
    'nexthop list id 11',
    'nexthop get id 20',
    'nexthop get id 28',
  ])('%s', async (words) => {
    await compare(namespace, words, words, exceptions);
  });

  // Debian's `ip` wants a number here.
  test('nexthop list proto zebra', async () => {
    await compare(namespace, 'nexthop list proto zebra', 'nexthop list proto 11', exceptions);
  });

  // Linux: accepts the filter and ignores it, so `ip` shows all.
  test('nexthop list fdb', async () => {
    expect((await rtnlShows(namespace, 'nexthop list fdb')).map(({ id }) => id)).toEqual([26, 27, 28]);
  });

  test('an encapsulation has an id of its own', async () => {
    ip(namespace, `nexthop add ${tunnel}`);
    expect(await rtnlShows(namespace, 'nexthop get id 32')).toMatchObject([
      { id: 32, encap: 'ip', encap_id: 9, encap_dst: '10.0.0.7', gateway: '10.0.0.2' },
    ]);
  });

  test('text is what ip prints, without the space at the end of a line', async () => {
    const theirs = ip(namespace, '-d nexthop list').replaceAll(/ +$/gm, '').replaceAll('  ', ' ');
    expect(await rtnl(namespace, 'nexthop')).toBe(theirs);
  });
});

describe('ip sees what rtnl did as if ip had done it', () => {
  let [ours, theirs]: string[] = [];
  const expectAlike = (): void => {
    const [one, other] = [ipShows(ours!, 'nexthop show'), ipShows(theirs!, 'nexthop show')];
    expect(one).toEqual(other);
    expect(one.length).toBeGreaterThan(0);
  };
  const both = async (words: string): Promise<void> => {
    ip(theirs!, words);
    await rtnl(ours!, words);
  };

  beforeAll(() => {
    [ours, theirs] = [makeRouteNamespace(), makeRouteNamespace()];
  });

  test('added', async () => {
    for (const words of [...nexthops, tunnel]) await both(nexthopCommand(words));
    expectAlike();
  });

  test('replaced, removed, flushed', async () => {
    await both('nexthop replace id 1 via 10.0.0.7 dev v0');
    await both('nexthop replace id 10 group 1,9/20');
    await both('nexthop replace id 40 via 10.0.0.8 dev v0');
    await both('nexthop del id 20');
    expectAlike();
    ip(theirs!, 'nexthop flush proto 201');
    await rtnl(ours!, 'nexthop flush proto 201');
    await both('nexthop flush groups');
    await both('nexthop flush dev v1');
    await both('nexthop flush id 2');
    expectAlike();
    await rtnl(ours!, 'nexthop flush');
    expect(ip(ours!, 'nexthop show')).toBe('');
  });
});

describe('what cannot be done is said in one line', () => {
  let namespace: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
    ipAll(namespace, ['nexthop add id 90 dev v0']);
  });

  test.each([
    ['nexthop add id 90 dev v0', /^rtnl: .*EEXIST/],
    ['nexthop add id 91 group 1,0', /^rtnl: group: /],
    ['nexthop add id 91 group 1/77', /^rtnl: .*Invalid nexthop id/],
    ['nexthop add id 91 dev v0 type strange', /^rtnl: type: /],
    ['nexthop add id 91 frobnicate', /^rtnl: "frobnicate" is not understood here$/],
    ['-6 nexthop add id 91 via 10.0.0.2 dev v0', /^rtnl: via: an IPv6 address expected/],
    ['nexthop del', /^rtnl: which next hop\? "id ID" expected$/],
    ['nexthop get id 4711', /^rtnl: .*ENOENT/],
  ])('%s', async (words, line) => {
    const { code, output, errors } = await rtnlEnds(namespace, words);
    expect(errors.trimEnd()).toMatch(line);
    expect({ code, output, lines: errors.split('\n').length }).toEqual({ code: 2, output: '', lines: 2 });
  });
});
