// `rtnl address` beside `ip address`: every flag, scope and lifetime, both families; and each sees what the other does.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { type Fields, ip, ipAll, ipShows, makeNamespace, rtnl, rtnlEnds, rtnlShows } from './iproute2.ts';
import { addresses, addressLinks } from './rich-namespace.ts';
import { runIn } from './route-namespace.ts';

const DEADLINE = { timeout: 20_000, interval: 50 };

let namespace: string;
beforeAll(async () => {
  namespace = makeNamespace('adr');
  ipAll(namespace, addressLinks);
  runIn(namespace, 'sysctl -qw net.ipv6.conf.eth0.use_tempaddr=1');
  ipAll(namespace, addresses);
  await vi.waitFor(() => {
    const all = ipShows(namespace, 'address')
      .filter(({ ifname }) => ifname !== 'eth3')
      .flatMap(addressesOf);
    expect(all.filter(({ tentative, dadfailed }) => tentative && !dadfailed)).toEqual([]);
    expect(all).toContainEqual(expect.objectContaining({ local: '2001:db8::dad', dadfailed: true }));
    expect(all).toContainEqual(expect.objectContaining({ temporary: true }));
  }, DEADLINE);
});

function addressesOf({ addr_info: addresses }: Fields): Fields[] {
  return addresses as Fields[];
}

/** What is compared of a link with its addresses. */
function comparable(link: Fields): Fields {
  const addresses = addressesOf(link).flatMap((address) => {
    // iproute2 prints `{}` for every address that its own filter left out.
    if (Object.keys(address).length === 0) return [];
    // They run down between the two programs. Newer than iproute2 6.1: who made the address.
    const { valid_life_time: valid, preferred_life_time: preferred, protocol, ...rest } = address;
    return [{ ...rest, lives: [isForever(valid), isForever(preferred)] }];
  });
  return { ...link, addr_info: addresses };
}

function isForever(lifetime: unknown): boolean {
  return lifetime === 0xffff_ffff;
}

/** Fails unless both show the same links with the same addresses. */
async function compare(rtnlWords: string, ipWords: string): Promise<Fields[]> {
  const theirs = ipShows(namespace, ipWords).map(comparable);
  expect(theirs.length, `ip ${ipWords} shows nothing`).toBeGreaterThan(0);
  expect((await rtnlShows(namespace, rtnlWords)).map(comparable), rtnlWords).toEqual(theirs);
  return theirs;
}

describe('rtnl address shows what ip address shows', () => {
  test('everything', async () => {
    const links = await compare('address', 'address');
    expect(links.map(({ ifname }) => ifname).sort()).toEqual(['br2', 'eth0', 'eth1', 'eth2', 'eth3', 'lo']);
    const names = new Set(links.flatMap(addressesOf).flatMap(Object.keys));
    // Every field that this kernel can be made to tell has been compared.
    expect([...names].sort()).toEqual([
      ...[
        'address',
        'autojoin',
        'broadcast',
        'dadfailed',
        'deprecated',
        'dynamic',
        'family',
        'home',
        'label',
      ],
      ...['lives', 'local', 'metric', 'mngtmpaddr', 'nodad', 'noprefixroute', 'prefixlen', 'scope'],
      ...['secondary', 'temporary', 'tentative'],
    ]);
  });

  test.each([
    'dev eth0',
    'eth0',
    'up',
    'scope link',
    'scope global dev eth0',
    'scope 42',
    'scope site',
    'to 10.0.0.0/8',
    'to 10.0.0.2',
    'to 10/8',
    'to default',
    'to 2001:db8::/64 up',
    'secondary',
    'temporary',
    'primary dev eth0',
    'permanent',
    'dynamic',
    'tentative',
    'deprecated',
    'dadfailed',
    'mngtmpaddr',
    'noprefixroute',
    'nodad scope global',
    'master br2',
    'nomaster',
    'type bridge',
    'group 7',
    '-deprecated -nodad',
    '-permanent',
  ])('list %s', async (words) => {
    await compare(`address list ${words}`, `address show ${words}`);
  });

  test('of one family', async () => {
    await compare('-4 address', '-4 address');
    // Linux: asked for links of family IPv6, as `ip -6` does, the kernel tells less of them.
    const theirs = ipShows(namespace, '-6 address').map(comparable);
    expect((await rtnlShows(namespace, '-6 address')).map(comparable)).toMatchObject(theirs);
    expect(theirs.flatMap(addressesOf).length).toBeGreaterThan(10);
  });

  test('with counters', async () => {
    const [link] = await rtnlShows(namespace, '-s address show dev lo');
    const [theirs] = ipShows(namespace, '-s address show dev lo');
    expect(link).toHaveProperty('stats64');
    expect(link?.stats64).toEqual(theirs?.stats64);
  });

  test.each(['eth0:*', 'eth?', 'eth[0-9]', '*:one', '[!e]o'])('by label: %s', async (pattern) => {
    // With `label`, ip tells nothing of the link.
    const addresses = (all: Fields[]): unknown => all.map(comparable).flatMap(addressesOf);
    const theirs = addresses(ipShows(namespace, `address show label ${pattern}`));
    expect(theirs).not.toEqual([]);
    expect(addresses(await rtnlShows(namespace, `address show label ${pattern}`))).toEqual(theirs);
  });

  test('by label: as ip’s text, nothing of other links', async () => {
    const lines = (text: string): string[] => text.split('\n').filter(isOfAddress).map(withoutProtocol);
    for (const pattern of ['eth0:one', 'eth1', 'eth*', 'nothing']) {
      const words = `address show label ${pattern}`;
      const trimmed = ip(namespace, `-d ${words}`).replaceAll(/ +$/gm, '');
      expect(lines(await rtnl(namespace, words))).toEqual(lines(trimmed));
    }
    const found = await rtnlShows(namespace, 'address show label eth0:one');
    expect(found.map(({ ifname }) => ifname)).toEqual(['eth0']);
    expect(await rtnl(namespace, 'address show label nothing')).toBe('');
  });

  test('lifetimes in seconds', async () => {
    const [link] = await rtnlShows(namespace, 'address show to 10.3.0.1');
    const [address] = addressesOf(link!);
    for (const [name, most] of [
      ['valid_life_time', 1000],
      ['preferred_life_time', 500],
    ] as const) {
      expect(address?.[name]).toBeGreaterThan(most - 200);
      expect(address?.[name]).toBeLessThanOrEqual(most);
    }
  });

  test('as text', async () => {
    const lines = (await rtnl(namespace, 'address show dev eth0')).split('\n');
    const theirs = ip(namespace, '-d address show dev eth0').split('\n');
    const addresses = (all: string[]): string[] => all.map((line) => line.trimEnd()).filter(isOfAddress);
    expect(addresses(lines).map(withoutProtocol)).toEqual(addresses(theirs));
    expect(addresses(lines).length).toBeGreaterThan(15);
  });

  /** The first line of an address; the second has lifetimes, which run. */
  function isOfAddress(line: string): boolean {
    return line.startsWith('    inet');
  }

  function withoutProtocol(line: string): string {
    return line.replace(/ proto \S+/, '');
  }

  test('who made it, which ip 6.1 does not know', async () => {
    const [link] = await rtnlShows(namespace, 'address show to ::1');
    expect(addressesOf(link!)).toMatchObject([{ local: '::1', protocol: 'kernel_lo' }]);
  });

  test('one, of IPv6: the kernel cannot find one of IPv4', async () => {
    const index = ipShows(namespace, 'link show eth0')[0]?.ifindex;
    expect(await rtnlShows(namespace, 'address get 2001:db8::7 dev eth0')).toMatchObject([
      { index, dev: 'eth0', family: 'inet6', local: '2001:db8::7', address: '2001:db8:7::1', prefixlen: 64 },
    ]);
    expect(await rtnl(namespace, 'address get 2001:db8::2')).toMatch(
      /^\d+: eth0 inet6 2001:db8::2\/64 metric 99 scope global nodad\n +valid_lft forever preferred_lft forever\n$/,
    );
    expect(await rtnlEnds(namespace, 'address get 10.0.0.1')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/^rtnl: RTM_GETADDR: EOPNOTSUPP.*\n$/),
    });
  });
});

describe('what rtnl does, ip sees', () => {
  /** Addresses of eth2 as `ip` sees them. */
  function shown(): Fields[] {
    return ipShows(namespace, 'address show dev eth2').map(comparable).flatMap(addressesOf);
  }

  test.each([
    '10.20.0.1/24 dev eth2',
    '10.20.0.1 dev eth2',
    '10.20.0.1/255.255.255.0 dev eth2',
    'local 10.20.0.1/24 brd + dev eth2',
    '10.20.0.1/24 broadcast - dev eth2',
    '10.20.0.1/31 brd + dev eth2',
    '10.20.0.1/24 brd 10.20.0.200 scope link label eth2:x metric 12 dev eth2',
    '10.20.0.1 peer 10.20.9.0/24 brd + dev eth2',
    '10.20.0.1/24 remote 10.20.9.9 dev eth2',
    '10.20.0.1/24 dev eth2 valid_lft 5000 preferred_lft 3000 noprefixroute',
    '10.20.0.1/24 dev eth2 valid_lft forever preferred_lft 3000',
    '127.9.9.9/16 dev eth2',
    '239.9.9.9/32 dev eth2 autojoin',
    '2001:db8:20::1/64 dev eth2 nodad home mngtmpaddr noprefixroute',
    '2001:db8:20::1 peer 2001:db8:21::1/64 dev eth2 nodad priority 33',
    '2001:db8:20::1/64 dev eth2 nodad valid_lft 5000 preferred_lft 0',
  ])('address add %s', async (words) => {
    const before = shown();
    const results: Fields[][] = [];
    for (const program of [rtnl, ip]) {
      await program(namespace, `address add ${words}`);
      const after = shown();
      expect(after).toHaveLength(before.length + 1);
      // Deleted by the other one.
      const other = program === rtnl ? ip : rtnl;
      const { local, prefixlen, address } = after.find(
        (each) => !before.some(({ local: known }) => known === each.local),
      )!;
      const end = address === undefined ? `${local}/${prefixlen}` : `${local} peer ${address}/${prefixlen}`;
      await other(namespace, `address del ${end} dev eth2`);
      expect(shown()).toEqual(before);
      results.push(after);
    }
    expect(results[0]).toEqual(results[1]);
  });

  test('add, replace, change, del', async () => {
    const find = (): Fields | undefined =>
      ipShows(namespace, 'address show dev eth2')
        .flatMap(addressesOf)
        .find(({ local }) => local === '10.21.0.1');
    await rtnl(namespace, 'address add 10.21.0.1/24 dev eth2');
    expect(await rtnlEnds(namespace, 'address add 10.21.0.1/24 dev eth2')).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/^rtnl: RTM_NEWADDR: EEXIST.*\n$/),
    });
    await rtnl(namespace, 'address replace 10.21.0.1/24 dev eth2 valid_lft 3000');
    expect(find()).toMatchObject({ dynamic: true, valid_life_time: expect.any(Number) });
    expect(find()?.valid_life_time).toBeLessThanOrEqual(3000);
    expect(find()?.preferred_life_time).toBeLessThanOrEqual(3000);
    await rtnl(
      namespace,
      'address change 10.21.0.1/24 dev eth2 valid_lft forever preferred_lft forever metric 9',
    );
    expect(find()).toMatchObject({ metric: 9, valid_life_time: 0xffff_ffff });
    // Without a length: the one that it has.
    await rtnl(namespace, 'address del 10.21.0.1 dev eth2');
    expect(find()).toBeUndefined();
    expect(await rtnlEnds(namespace, 'address del 10.21.0.1/24 dev eth2')).toMatchObject({
      code: 2,
      errors: expect.stringContaining('EADDRNOTAVAIL'),
    });
  });

  test('who made it', async () => {
    await rtnl(namespace, 'address add 10.22.0.1/24 dev eth2 proto 7');
    const [link] = await rtnlShows(namespace, 'address show to 10.22.0.1');
    expect(addressesOf(link!)).toMatchObject([{ local: '10.22.0.1', protocol: '7' }]);
    ip(namespace, 'address del 10.22.0.1/24 dev eth2');
  });

  test('flush removes what is selected, with its secondary addresses', async () => {
    ipAll(namespace, [
      'link add eth8 type veth peer name eth9',
      'address add 10.30.0.1/24 dev eth8',
      'address add 10.30.0.2/24 dev eth8',
      'address add 10.31.0.1/24 dev eth8 scope link',
      'address add 2001:db8:30::1/64 dev eth8 nodad',
    ]);
    const left = (): unknown[] =>
      ipShows(namespace, 'address show dev eth8')
        .flatMap(addressesOf)
        .map(({ local }) => local);
    expect(await rtnl(namespace, 'address flush dev eth8 scope link')).toBe('');
    expect(left()).toEqual(['10.30.0.1', '10.30.0.2', '2001:db8:30::1']);
    await rtnl(namespace, '-4 address flush dev eth8');
    expect(left()).toEqual(['2001:db8:30::1']);
    await rtnl(namespace, 'address flush eth8');
    expect(left()).toEqual([]);
    expect(ipShows(namespace, 'address show dev eth0').flatMap(addressesOf).length).toBeGreaterThan(10);
  });
});

test.each([
  ['address add 10.40.0.1/24', 'on which interface?'],
  ['address add dev eth0', 'which address?'],
  ['address add 10.40.0.1/24 dev nonsense', 'Cannot find device "nonsense"'],
  ['address add 10.40.0.1/33 dev eth0', 'got "10.40.0.1/33"'],
  ['address add 10.40.0.1/24 nonsense dev eth0', '"nonsense" is not understood here'],
  ['address add 10.40.0.1/24 nodad dev eth0', 'nodad: only for IPv6 addresses'],
  ['address add 2001:db8::77/64 brd + dev eth0', 'broadcast: only for IPv4 addresses'],
  ['address add 10.40.0.1/24 dev eth0 valid_lft', 'a value is missing'],
  ['address add 10.40.0.1/24 dev eth0 valid_lft 0', 'EINVAL'],
  ['address add 10.40.0.1/24 dev eth0 scope nonsense', 'got "nonsense"'],
  ['-4 address add 2001:db8::77/64 dev eth0', 'IPv4 ADDRESS/LENGTH expected'],
  ['-6 address add 10.40.0.1/24 dev eth0', 'IPv6 ADDRESS/LENGTH expected'],
  ['-4 address add 10.40.0.1/24 peer 2001:db8::1/64 dev eth0', 'peer: IPv4 ADDRESS/LENGTH expected'],
  ['-4 address add 10.40.0.1/24 brd 2001:db8::1 dev eth0', 'broadcast: an IPv4 address expected'],
  ['-4 address list to 2001:db8::/32', 'IPv4 ADDRESS/LENGTH expected'],
  ['address list nonsense', 'Cannot find device "nonsense"'],
  ['address list to nonsense', 'got "nonsense"'],
  ['address flush', 'say which addresses'],
])('%s: one line says why not', async (words, reason) => {
  const { code, output, errors } = await rtnlEnds(namespace, words);
  expect(errors).toMatch(/^rtnl: .*\n$/);
  expect(errors).toContain(reason);
  expect({ code, output }).toEqual({ code: 2, output: '' });
});
