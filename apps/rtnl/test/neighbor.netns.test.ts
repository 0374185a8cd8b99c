// `rtnl neighbor` beside `ip neigh`: in every state, proxies, both families; and each sees what the other does.
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { compare, ip, ipAll, ipShows, makeNamespace, rtnl, rtnlEnds, rtnlShows } from './iproute2.ts';
import { addressLinks, neighbors } from './rich-namespace.ts';

const DEADLINE = { timeout: 10_000, interval: 50 };

let namespace: string;
beforeAll(() => {
  namespace = makeNamespace('adr-neigh');
  ipAll(namespace, addressLinks);
  ipAll(namespace, [
    'address add 10.0.0.1/24 dev eth0',
    'address add 2001:db8::1/64 dev eth0 nodad',
    ...neighbors,
  ]);
});

/** `ip neigh show dev NAME` leaves the name out; `rtnl` always tells it. */
const WITHOUT_NAME = { dev: 'ip leaves it out where it was asked for' };
/** Counters of the kernel run between the two programs. */
const RUNNING = { used: 'runs', confirmed: 'runs', updated: 'runs', refcnt: 'runs', probes: 'runs' };

describe('rtnl neighbor shows what ip neigh shows', () => {
  for (const words of [
    'list',
    'show nud all',
    'show all',
    'show to default nud all',
    'show 10.0/16',
    'show nud permanent',
    'show nud stale nud failed',
    'show nud noarp',
    'show nud none',
    'show nud 0x80',
    'show proxy',
    'show to 10.0.0.16/30',
    'show to 2001:db8::20',
    'show 10.0.0.12',
    'show master br2',
    'show nomaster',
    'show unused',
  ]) {
    // The kernel makes neighbors of its own at any time: for a moment the two may differ.
    test(words, () => vi.waitFor(() => compare(namespace, `neighbor ${words}`, `neigh ${words}`), DEADLINE));
  }

  test('one of them, which ip shows as text only', async () => {
    for (const words of ['10.0.0.10', '10.0.0.21', '2001:db8::20', 'proxy 10.0.0.30']) {
      const theirs = ip(namespace, `neigh get ${words} dev eth0`).trim();
      expect((await rtnl(namespace, `neighbor get ${words} dev eth0`)).trim()).toBe(theirs);
    }
    expect(await rtnlShows(namespace, 'neighbor get 2001:db8::20 dev eth0')).toEqual([
      { dst: '2001:db8::20', dev: 'eth0', lladdr: '02:00:00:00:00:20', router: null, state: ['PERMANENT'] },
    ]);
  });

  test('of one family', async () => {
    const ipv4 = await compare(namespace, '-4 neighbor', '-4 neigh');
    const ipv6 = await compare(namespace, '-6 neighbor', '-6 neigh');
    expect(ipv4).not.toEqual(ipv6);
  });

  test('of one interface', async () => {
    await compare(namespace, 'neighbor show dev eth2', 'neigh show dev eth2', WITHOUT_NAME);
    await compare(
      namespace,
      'neighbor show dev eth0 nud stale',
      'neigh show dev eth0 nud stale',
      WITHOUT_NAME,
    );
    expect(await rtnlShows(namespace, 'neighbor show dev eth2')).toMatchObject([{ dev: 'eth2' }]);
  });

  test('with statistics', async () => {
    await compare(namespace, '-s neighbor', '-s neigh', RUNNING);
    const [neighbor] = await rtnlShows(namespace, '-s neighbor show 10.0.0.12');
    expect(neighbor).toMatchObject({
      used: expect.any(Number),
      confirmed: expect.any(Number),
      updated: expect.any(Number),
      probes: 0,
    });
  });

  test('states that the kernel changes by itself', async () => {
    ipAll(namespace, [
      'neigh replace 10.0.0.40 lladdr 02:00:00:00:00:40 dev eth0 nud reachable',
      'neigh replace 10.0.0.41 lladdr 02:00:00:00:00:41 dev eth0 nud delay',
      'neigh replace 10.0.0.42 lladdr 02:00:00:00:00:42 dev eth0 nud probe',
      'neigh replace 10.0.0.43 dev eth0 use',
    ]);
    // Any of these may be in its next state when the second program looks.
    await compare(namespace, 'neighbor show to 10.0.0.40/30', 'neigh show to 10.0.0.40/30', {
      state: 'moves on',
    });
    const states = (await rtnlShows(namespace, 'neighbor show to 10.0.0.40/30')).flatMap(
      ({ state }) => state,
    );
    expect(['INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED']).toEqual(
      expect.arrayContaining(states),
    );
  });

  test('as text', async () => {
    const lines = (await rtnl(namespace, 'neighbor show nud all')).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '10.0.0.21 dev eth0 lladdr 02:00:00:00:00:21 router extern_learn STALE',
        '10.0.0.20 dev eth0 lladdr 02:00:00:00:00:20 PERMANENT proto zebra',
        '10.0.0.18 dev eth0',
      ]),
    );
    expect(await rtnl(namespace, 'neighbor show proxy')).toContain('10.0.0.31 proxy\n');
  });
});

describe('what rtnl does, ip sees', () => {
  /** What `ip` shows of the neighbors that one or the other of two commands makes at the same address. */
  async function made(words: string, address: string): Promise<[ours: unknown, theirs: unknown]> {
    const shown = (): unknown => ipShows(namespace, `neigh show to ${address} nud all`);
    const deletion = `neigh del ${address} dev eth0`;
    await rtnl(namespace, `neighbor ${words}`);
    const ours = shown();
    ip(namespace, deletion);
    ip(namespace, `neigh ${words}`);
    const theirs = shown();
    ip(namespace, deletion);
    return [ours, theirs];
  }

  for (const words of [
    'add 10.0.0.50 lladdr 02:00:00:00:00:50 dev eth0',
    'add to 10.0.0.50 lladdr 02:00:00:00:00:50 dev eth0 nud stale router extern_learn protocol bird',
    'add 10.0.0.50 nud failed dev eth0',
    'add 10.0.0.50 nud none lladdr null dev eth0',
    'replace 10.0.0.50 lladdr 02:00:00:00:00:50 nud noarp dev eth0 proto 99',
    'add 2001:db8::50 lladdr 02:00:00:00:00:50 dev eth0 router',
  ]) {
    test(words, async () => {
      const [ours, theirs] = await made(words, words.includes('2001:') ? '2001:db8::50' : '10.0.0.50');
      expect(theirs).toHaveLength(1);
      expect(ours).toEqual(theirs);
    });
  }

  test('add, change, replace, del', async () => {
    const shown = (): unknown => ipShows(namespace, 'neigh show 10.0.0.51');
    const neighbor = { dst: '10.0.0.51', dev: 'eth0', lladdr: '02:00:00:00:00:51', state: ['PERMANENT'] };
    await rtnl(namespace, 'neighbor add 10.0.0.51 lladdr 02:00:00:00:00:51 dev eth0');
    expect(shown()).toEqual([neighbor]);
    expect(
      await rtnlEnds(namespace, 'neighbor add 10.0.0.51 lladdr 02:00:00:00:00:52 dev eth0'),
    ).toMatchObject({
      code: 2,
      output: '',
      errors: expect.stringMatching(/^rtnl: .*EEXIST.*\n$/),
    });
    await rtnl(namespace, 'neighbor change 10.0.0.51 lladdr 02:00:00:00:00:52 dev eth0');
    expect(shown()).toEqual([{ ...neighbor, lladdr: '02:00:00:00:00:52' }]);
    await rtnl(namespace, 'neighbor replace 10.0.0.51 lladdr 02:00:00:00:00:53 dev eth0 nud stale');
    expect(shown()).toEqual([{ ...neighbor, lladdr: '02:00:00:00:00:53', state: ['STALE'] }]);
    await rtnl(namespace, 'neighbor del 10.0.0.51 dev eth0');
    expect(shown()).toEqual([]);
    const { code } = await rtnlEnds(namespace, 'neighbor change 10.0.0.51 lladdr 02:00:00:00:00:52 dev eth0');
    expect(code).toBe(2);
  });

  test('proxies', async () => {
    await rtnl(namespace, 'neighbor add proxy 10.0.0.60 dev eth0');
    await rtnl(namespace, 'neighbor add proxy 10.0.0.61');
    expect(ipShows(namespace, 'neigh show proxy to 10.0.0.60/31')).toEqual([
      { dst: '10.0.0.61', proxy: null },
      { dst: '10.0.0.60', dev: 'eth0', proxy: null },
    ]);
    await rtnl(namespace, 'neighbor del proxy 10.0.0.60 dev eth0');
    await rtnl(namespace, 'neighbor del proxy 10.0.0.61');
    expect(ipShows(namespace, 'neigh show proxy to 10.0.0.60/31')).toEqual([]);
  });

  test('managed and use: the kernel resolves by itself', async () => {
    await rtnl(namespace, 'neighbor add 10.0.0.62 dev eth0 managed');
    await rtnl(namespace, 'neighbor add 10.0.0.63 dev eth0 use');
    const states = [['INCOMPLETE'], ['FAILED'], ['PROBE']];
    const [managed] = ipShows(namespace, 'neigh show 10.0.0.62');
    expect(managed).toMatchObject({ dst: '10.0.0.62', managed: null });
    expect(states).toContainEqual(managed?.state);
    expect(ipShows(namespace, 'neigh show 10.0.0.63')).toMatchObject([{ dst: '10.0.0.63' }]);
  });

  test('flush spares what is permanent, unless it is asked for', async () => {
    ipAll(namespace, [
      'neigh add 10.0.1.1 lladdr 02:00:00:00:01:01 nud stale dev eth3',
      'neigh add 10.0.1.2 lladdr 02:00:00:00:01:02 nud permanent dev eth3',
      'neigh add 10.0.1.3 lladdr 02:00:00:00:01:03 nud noarp dev eth3',
      'neigh add 10.0.1.4 lladdr 02:00:00:00:01:04 nud stale dev eth1',
    ]);
    const left = (): unknown[] =>
      ipShows(namespace, 'neigh show to 10.0.1.0/24 nud all').map(({ dst }) => dst);
    expect(await rtnl(namespace, 'neighbor flush dev eth3')).toBe('');
    expect(left().sort()).toEqual(['10.0.1.2', '10.0.1.3', '10.0.1.4']);
    await rtnl(namespace, 'neighbor flush dev eth3 nud permanent');
    expect(left().sort()).toEqual(['10.0.1.3', '10.0.1.4']);
    await rtnl(namespace, 'neighbor flush to 10.0.1.4');
    expect(left()).toEqual(['10.0.1.3']);
    ip(namespace, 'neigh add 10.0.1.5 lladdr 02:00:00:00:01:05 nud stale dev eth3');
    await rtnl(namespace, 'neighbor flush all dev eth3');
    expect(left()).toEqual(['10.0.1.3']);
  });
});

test.each([
  ['neighbor add 10.0.0.70', 'on which interface?'],
  ['neighbor add dev eth0', 'which neighbor?'],
  ['neighbor add 10.0.0.70 lladdr nonsense dev eth0', '"nonsense" is not a hardware address'],
  ['neighbor add 10.0.0.70 nud nonsense dev eth0', 'got "nonsense"'],
  ['neighbor add 10.0.0.70 dev nonsense', 'Cannot find device "nonsense"'],
  ['neighbor add nonsense dev eth0', 'got "nonsense"'],
  ['neighbor list nonsense', 'got "nonsense"'],
  ['neighbor flush', 'say which neighbors'],
  ['neighbor get 10.9.9.9 dev eth0', 'ENOENT: Neighbour entry not found'],
  ['-4 neighbor add 2001:db8::70 lladdr 02:00:00:00:00:70 dev eth0', 'an IPv4 address expected'],
  ['-6 neighbor list 10.0.0.0/8', 'IPv6 ADDRESS/LENGTH expected'],
])('%s: one line says why not', async (words, reason) => {
  const { code, output, errors } = await rtnlEnds(namespace, words);
  expect(output).toBe('');
  expect(errors).toMatch(/^rtnl: .*\n$/);
  expect(errors).toContain(reason);
  expect(code).toBe(2);
});
