// A mirror while other programs change everything at random: in the end it has what the kernel has.
import { execFile } from 'node:child_process';
import { messageFlags, type Request, type RouteInput } from '@ripstop/netlink';
import { expect, test } from 'vitest';
import { mirrorOf } from './mirror-agreement.ts';
import { ipBatch, namespaceWithLoopback } from './namespaces.ts';
import { openClient } from './routes.ts';

/** Mulberry32: a small seeded generator. @returns integers from 0 to `limit` - 1 */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Commands of `ip -batch`; many of them fail, because what they name is not there or is there already. */
function commands(seed: number, count: number): string[] {
  const below = generator(seed);
  const pick = <T>(...choices: readonly T[]): T => choices[below(choices.length)] as T;
  const pair = (): number => below(3);
  const end = (): string => `${pick('a', 'b')}${pair()}`;
  const subnet = (): string => `10.0.${below(4)}`;
  const network = (): string => `10.${9 + below(3)}.0.0/16`;
  const network6 = (): string => `2001:db8:${9 + below(3)}::/48`;
  const gateway = (): string => `${subnet()}.${2 + below(6)}`;
  const gateway6 = (): string => `2001:db8:0:${below(4)}::${2 + below(6)}`;
  const metric = (): string => pick('', '', ' metric 5');
  const table = (): string => pick('', '', ' table 77');
  const verb = (): string => pick('add', 'append', 'prepend', 'replace', 'replace', 'del', 'del', 'change');
  const verb6 = (): string => pick('add', 'append', 'append', 'replace', 'del', 'del', 'change');
  const kinds: readonly (() => string)[] = [
    () => `link add a${pair()} type veth peer name b${pair()}`,
    () => pick(`link del ${end()}`, '', ''),
    () => `link set ${end()} ${pick('up', 'up', 'up', 'down')}`,
    () => `link set ${end()} mtu ${1300 + below(5)}`,
    () => `link add br0 type bridge`,
    () => `link set ${end()} ${pick('master br0', 'nomaster')}`,
    () => `link set br0 ${pick('up', 'down')}`,
    () => `address ${pick('add', 'add', 'del')} ${subnet()}.1/24 dev ${end()}`,
    () => `address ${pick('add', 'del')} ${subnet()}.9/24 dev ${end()}`,
    () => `address ${pick('add', 'add', 'del')} 2001:db8:0:${below(4)}::1/64 dev ${end()} nodad`,
    ...Array.from(
      { length: 4 },
      () => () => `route ${verb()} ${network()} via ${gateway()}${metric()}${table()}`,
    ),
    () => `route ${verb()} ${network()} via ${gateway()} src ${subnet()}.1`,
    () => `route ${verb()} ${network()} dev ${end()}${metric()}`,
    () => `route ${verb()} ${network()} nexthop via ${gateway()} nexthop via ${gateway()} weight 3`,
    () => `route ${verb()} ${pick('blackhole', 'unreachable')} ${network()}${metric()}`,
    () => `route ${pick('add', 'del')} ${network()} nhid ${1 + below(6)}`,
    ...Array.from({ length: 3 }, () => () => `route ${verb6()} ${network6()} via ${gateway6()}${table()}`),
    () => `route ${verb6()} ${network6()} dev ${end()}`,
    () => `route ${verb6()} ${network6()} nexthop via ${gateway6()} nexthop via ${gateway6()}`,
    () => `route ${pick('add', 'del')} ${network6()} nhid ${1 + below(6)}`,
    () => `route ${verb6()} ${network6()} via ${gateway6()} src 2001:db8:0:${below(4)}::1`,
    () => `nexthop ${pick('add', 'replace', 'del')} id ${1 + below(3)} via ${gateway()} dev ${end()}`,
    () => `nexthop ${pick('add', 'replace', 'del')} id 4 via ${gateway6()} dev ${end()}`,
    () => `nexthop ${pick('add', 'replace', 'del')} id ${5 + below(2)} group ${1 + below(2)}/3`,
    () => `rule ${pick('add', 'del')} from 10.0.${below(3)}.0/24 table 77 priority ${100 + below(3)}`,
    () => `rule ${pick('add', 'del')} iif ${end()} goto 102 priority 99`,
    () => `neighbor ${pick('replace', 'del')} ${gateway()} lladdr 02:00:00:00:00:0${below(9)} dev ${end()}`,
  ];
  // `nexthop del` takes nothing but the id.
  return Array.from({ length: count }, () => pick(...kinds)().replace(/^(nexthop del id \d+) .*/, '$1'));
}

/** Our own requests for routes, at the same time as the commands; many of them are refused too. */
function requests(seed: number, count: number): Request[] {
  const below = generator(seed);
  const { create, exclusive, replace, append } = messageFlags.masks;
  return Array.from({ length: count }, () => {
    const ipv4 = below(2) === 0;
    const way = 1 + below(6);
    const message: RouteInput = {
      family: ipv4 ? 'ipv4' : 'ipv6',
      destination: ipv4 ? `10.${9 + below(5)}.0.0` : `2001:db8:${9 + below(5)}::`,
      destinationLength: ipv4 ? 16 : 48,
      gateway: ipv4 ? `10.0.${below(3)}.${way}` : `2001:db8:0:${below(3)}::${way}`,
      priority: below(2) * 5,
      protocol: 'rip',
      type: 'unicast',
      table: 254,
    };
    if (below(3) === 0) return { object: 'route', operation: 'delete', message };
    const flags =
      [create, create | exclusive, create | replace, create | append, replace][below(5)] ?? create;
    return { object: 'route', operation: 'new', flags, message };
  });
}

/** Some of the commands fail; at a name that is not there `ip` gives up, so that it gets only a few at once. */
async function ipBatchForced(namespace: string, lines: readonly string[]): Promise<void> {
  for (let at = 0; at < lines.length; at += 10) {
    await new Promise<void>((resolve) => {
      const child = execFile('ip', ['-n', namespace, '-force', '-batch', '-'], () => resolve());
      child.stdin?.end(lines.slice(at, at + 10).join('\n'));
    });
  }
}

/** Three pairs with addresses, connected. */
const START = [0, 1, 2].flatMap((pair) => [
  `link add a${pair} type veth peer name b${pair}`,
  `link set a${pair} up`,
  `link set b${pair} up`,
  `address add 10.0.${pair}.1/24 dev a${pair}`,
  `address add 2001:db8:0:${pair}::1/64 dev a${pair} nodad`,
]);

/** `STORM_SEEDS=7,8 vitest …` replays others. */
const SEEDS = (process.env.STORM_SEEDS ?? '1,2,3').split(',').map(Number);

test.each(SEEDS)('after a storm of changes the mirror has what the kernel has (seed %i)', async (seed) => {
  const name = namespaceWithLoopback();
  ipBatch(name, START);
  const client = openClient(name);
  const { mirror, changes, agrees } = await mirrorOf(name, ['link', 'address', 'nexthop', 'route', 'rule']);
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([
      ipBatchForced(name, commands(seed * 100 + round, 300)),
      client.batch(requests(seed * 100 + round, 3000)),
    ]);
    await agrees();
  }
  expect(changes.length).toBeGreaterThan(100);
  expect(mirror.resyncs).toBe(0);
});
