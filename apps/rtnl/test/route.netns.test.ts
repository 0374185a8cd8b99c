// `rtnl route` beside `ip route`: what each shows of what the other did.
import { beforeAll, describe, expect, test } from 'vitest';
import {
  compare,
  type Exceptions,
  type Fields,
  ip,
  ipAll,
  ipShows,
  rtnl,
  rtnlEnds,
  rtnlShows,
} from './iproute2.ts';
import {
  ipv4Routes,
  ipv4Tunnels,
  ipv6Routes,
  ipv6Tunnels,
  makeRouteNamespace,
  runIn,
} from './route-namespace.ts';

/** Fields that cannot be the same in two lists, one after the other. */
const exceptions: Exceptions = { expires: 'runs' };

/** Every route, as the words behind `route add`. */
const routes = { ipv4: [...ipv4Routes, ...ipv4Tunnels], ipv6: [...ipv6Routes, ...ipv6Tunnels] } as const;

/** Adds routes with `ip`. */
function addWithIp(namespace: string, ipv4: readonly string[], ipv6: readonly string[]): void {
  ipAll(
    namespace,
    [...ipv4, ...ipv6].map((words) => `route add ${words}`),
  );
}

async function addWithRtnl(namespace: string): Promise<void> {
  for (const words of routes.ipv4) await rtnl(namespace, `route add ${words}`);
  for (const words of routes.ipv6) await rtnl(namespace, `-6 route add ${words}`);
}

describe('rtnl shows what ip did', () => {
  let namespace: string;
  let tunnels: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
    tunnels = makeRouteNamespace();
    addWithIp(tunnels, ipv4Tunnels, ipv6Tunnels);
    addWithIp(namespace, ipv4Routes, ipv6Routes);
    ip(namespace, '-6 route add 2001:db8:b::/48 dev v0 expires 1000');
    runIn(namespace, 'sysctl -qw net.ipv4.ip_forward=1');
  });

  test.each([
    'route',
    'route list table all',
    '-4 route list table all',
    '-6 route list',
    '-6 route list table all',
    'route list table 100',
    'route list table local',
    'route list table 70000',
    '-6 route list table 100',
    'route list proto static',
    'route list protocol rip table all',
    'route list proto all',
    'route list type blackhole',
    'route list scope link',
    'route list scope all',
    'route list dev v0',
    '-6 route list dev w0',
    'route list via 10.0.0.2',
    'route list via 10.0.0.0/24',
    'route list via inet6 fe80::2',
    '-6 route list via fe80::2',
    'route list src 10.0.0.9',
    'route list src 10.0.0.0/24',
    'route list metric 20',
    'route list tos 0x10',
    'route list realms 3/5',
    'route list realms 5 table all',
    'route list realm 5',
    'route list realms 3/',
    'route list root 10/8',
    'route list exact 10.7/16',
    'route list match 0/0',
    'route get default',
    'route list default',
    'route list 10.1.0.0/16',
    'route list exact 10.7.0.0/16',
    'route list root 10.1.0.0/16',
    'route list match 10.1.2.3',
    'route list to match 10.7.1.0/24 proto static',
    '-6 route list root 2001:db8:7::/48',
    '-6 route list default',
    '-s route list table local',
    'route get 10.0.0.5',
    'route get 10.1.2.3 oif v0',
    'route get 10.5.0.1 tos 0x10',
    'route get 10.8.0.1 mark 7',
    'route get 10.7.0.1 ipproto tcp sport 1000 dport 80 uid 7',
    'route get 10.1.2.9 from 10.0.0.7 iif v0',
    'route get 10.0.0.1',
    'route get 10.0.0.255',
    'route get 239.1.1.1',
    'route get fibmatch 10.7.0.1',
    'route get fibmatch 10.13.1.1',
    'route get 2001:db8:3::1',
    'route get 2001:db8:1::1 from 2001:db8::1',
    'route get fibmatch 2001:db8:4::1',
  ])('%s', async (words) => {
    await compare(namespace, words, words === 'route' ? 'route list' : words, exceptions);
  });

  test('a lifetime counts down', async () => {
    const [route] = await rtnlShows(namespace, '-6 route list 2001:db8:b::/48');
    expect(route?.expires).toBeGreaterThan(900);
    expect(route?.expires).toBeLessThanOrEqual(1000);
  });

  test.each(['route list table 300', '-6 route list table 300', '-s -6 route list table all proto boot'])(
    'encapsulations: %s',
    async (words) => {
      const [ours, theirs] = [await rtnlShows(tunnels, words), ipShows(tunnels, words)];
      expect(theirs.length).toBeGreaterThan(2);
      expect(ours.map(overwritten)).toEqual(theirs);
      expect(ours.map(({ dst }) => dst)).toEqual(
        (words.includes('-6') ? ipv6Tunnels : ipv4Tunnels).map(firstWord),
      );
    },
  );

  test('text is what ip prints, without the space at the end of a line', async () => {
    const trimmed = (text: string): string => text.replaceAll(/ +$/gm, '').replaceAll(/(?<=\S) +/g, ' ');
    const lists = [
      '-4 route list table all',
      '-6 route list table 100',
      'route list realms 5',
      'route list realms 3/5',
    ];
    for (const words of [...lists, 'route get 10.8.0.1', 'route get default'])
      expect(await rtnl(namespace, words)).toBe(trimmed(ip(namespace, `-d ${words}`)));
    for (const words of ['route list table 300', '-6 route list table 300'])
      expect(await rtnl(tunnels, words)).toBe(trimmed(ip(tunnels, `-d ${words}`)));
  });

  test('a table that is not there is empty', async () => {
    expect(await rtnlShows(namespace, 'route list table 4711')).toEqual([]);
  });
});

/**
 * `ip` prints what an encapsulation says among the fields of the route. Where both have a name, whoever parses that is
 * left with what was printed last. Ours are told apart, as `encap_dst`, and so on: this makes of ours what is left of theirs.
 */
function overwritten(fields: Fields): Fields {
  const printedBefore = ['table', 'tos', 'iif'].filter((name) => name in fields);
  const entries = Object.entries(fields).map(([name, value]) => [name.replace('encap_', ''), value] as const);
  const nexthops = fields.nexthops as Fields[] | undefined;
  return {
    ...Object.fromEntries(entries.filter(([name]) => !printedBefore.includes(name))),
    ...Object.fromEntries(printedBefore.map((name) => [name, fields[name]])),
    ...(nexthops !== undefined && { nexthops: nexthops.map(overwritten) }),
  };
}

function firstWord(words: string): string {
  return words.slice(0, words.indexOf(' '));
}

describe('ip sees what rtnl did as if ip had done it', () => {
  let [ours, theirs]: string[] = [];
  /** What `ip` sees. Linux: makes its own routes when a carrier comes, so in any order. */
  const seen = (namespace: string, words: string): readonly [lines: string[], fields: Fields[]] => [
    ip(namespace, `-d ${words}`)
      .split('\n')
      .filter((line) => !line.includes(' proto kernel ')),
    ipShows(namespace, words).filter(({ protocol }) => protocol !== 'kernel'),
  ];
  /** Both namespaces, and that there is something to be seen. */
  const expectAlike = (): void => {
    for (const words of ['-4 route show table all', '-6 route show table all']) {
      const [lines, fields] = seen(ours!, words);
      expect([lines, fields]).toEqual(seen(theirs!, words));
      expect(fields.length).toBeGreaterThan(3);
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
    addWithIp(theirs!, routes.ipv4, routes.ipv6);
    await addWithRtnl(ours!);
    expectAlike();
  });

  test('replaced, appended, changed, removed, flushed', async () => {
    await both('route replace 10.1.0.0/16 via 10.0.0.3 metric 20');
    await both('route replace 10.30.0.0/16 dev v0');
    await both('route append 10.1.0.0/16 via 10.0.0.4 metric 20');
    await both('route prepend 10.1.0.0/16 via 10.0.0.5 metric 20');
    await both('route prepend 10.51/16 via 10.0.0.5 realm 7');
    await both('route add 10.52/255.255.0.0 via 10.0.0.5');
    expect(ipShows(ours!, 'route show 10.1.0.0/16').map(({ gateway }) => gateway)).toEqual([
      ...['10.0.0.5', '10.0.0.3', '10.0.0.4'],
    ]);
    await both('route change 10.2.0.0/16 via 10.0.0.2 mtu 1300');
    await both('-6 route replace 2001:db8:2::/48 dev v0 metric 7 mtu 1400');
    await both('-6 route append 2001:db8:4::/48 via 2001:db8::4 dev v0');
    expectAlike();
    await both('route del 10.1.0.0/16 via 10.0.0.4');
    await both('route del blackhole 10.6.0.0/16');
    await both('route del 10.6.1.0/24');
    await both('route del 10.7.0.0/16');
    await both('route del 10.10.0.0/16 table 100');
    await both('route del local 10.12.0.1');
    await both('-6 route del 2001:db8:1::/48');
    await both('-6 route del default');
    await both('-6 route del 2001:db8:7:2::/64 table 70000');
    expectAlike();
    await both('route flush root 10.8.0.0/16');
    await both('route flush proto static');
    await both('-6 route flush table 100');
    await both('route flush table 300');
    await both('-6 route flush root 2001:db8:4::/46');
    expectAlike();
  });

  test('flushed although a next-hop object is named, of which ip says “Invalid argument”', async () => {
    expect(ipShows(ours!, '-6 route show 2001:db8:8::/48')).toHaveLength(1);
    await rtnl(ours!, '-6 route flush dev v0');
    await rtnl(ours!, 'route flush root 10.13.0.0/16');
    expect(ipShows(ours!, '-6 route show dev v0')).toEqual([]);
    expect(ip(ours!, 'route show root 10.13.0.0/16')).toBe('');
  });

  test('an option in place of the word', async () => {
    ipAll(theirs!, ['route add 10.40.0.0/16 dev v0 table 400']);
    await rtnl(ours!, '--table 400 route add 10.40.0.0/16 dev v0');
    expect(ipShows(ours!, 'route show table 400')).toEqual(ipShows(theirs!, 'route show table 400'));
    expect(await rtnlShows(ours!, 'route --table 400')).toEqual(ipShows(theirs!, 'route show table 400'));
  });
});

describe('what cannot be done is said in one line', () => {
  let namespace: string;
  beforeAll(() => {
    namespace = makeRouteNamespace();
  });

  test.each([
    ['route add 10.0.0.0/8 via 192.0.2.1', /^rtnl: .*Nexthop has invalid gateway/],
    ['route add 10.0.0.0/8 dev nowhere', /^rtnl: Cannot find device "nowhere"$/],
    ['route add 10.0.0.0/8 dev v0 frobnicate', /^rtnl: "frobnicate" is not understood here$/],
    ['route add 10.0.0.0/33 dev v0', /^rtnl: destination: ADDRESS\/LENGTH expected, got "10.0.0.0\/33"$/],
    ['route add via 10.0.0.2', /^rtnl: which route\? /],
    ['route add 10.0.0.0/8 via 10.0.0.2 via 10.0.0.3', /^rtnl: via: several gateways/],
    ['route add 10.0.0.0/8 mtu', /^rtnl: mtu: a value is missing$/],
    ['route add 10.0.0.0/8 encap gre', /^rtnl: encap: mpls, ip, ip6, seg6 or seg6local expected, got "gre"$/],
    ['route del 10.99.0.0/16', /^rtnl: RTM_DELROUTE: ESRCH: No such process$/],
    ['-6 route add 10.1.2.0/24 dev v0', /^rtnl: destination: IPv6 ADDRESS\/LENGTH expected/],
    ['-4 route add 10.1.2.0/24 via fe80::1 dev v0', /^rtnl: via: an IPv4 address expected/],
    ['-6 route add 2001:db8::/32 via 10.0.0.2', /^rtnl: via: an IPv6 address expected/],
    ['-4 route list 2001:db8::/32', /^rtnl: to: IPv4 ADDRESS\/LENGTH expected/],
    ['-6 route get 10.0.0.1', /^rtnl: destination: an IPv6 address expected/],
    ['-4 route add 10.1.2.0/24 encap ip6 dst 10.0.0.9 dev v0', /^rtnl: dst: an IPv6 address expected/],
    ['route add 10.1.2.0/24 nexthop', /^rtnl: nexthop: "via ADDRESS" or "dev NAME" expected$/],
    ['route add 10.1.2.0/24 nexthop metric 7', /^rtnl: nexthop: "via ADDRESS" or "dev NAME" expected$/],
    ['route add 10.9 dev v0', /^rtnl: destination: ADDRESS\/LENGTH expected, got "10.9"$/],
    ['route list realms /5', /^rtnl: realms: REALM or REALM\/REALM expected, got "\/5"$/],
    ['route get', /^rtnl: where to\? /],
    ['route list type strange', /^rtnl: type: /],
    ['route flush', /^rtnl: flush: say which routes/],
  ])('%s', async (words, line) => {
    const { code, output, errors } = await rtnlEnds(namespace, words);
    expect(errors.trimEnd()).toMatch(line);
    expect({ code, output, lines: errors.split('\n').length }).toEqual({ code: 2, output: '', lines: 2 });
  });
});
