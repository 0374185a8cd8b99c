// `rtnl monitor`, told of real changes that `ip` makes: what is new, what has changed, what only was told again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Fields, ip, ipAll, ipShows, makeNamespace, rtnlEnds } from './iproute2.ts';
import { program } from './rtnl-process.ts';

const DEADLINE = { timeout: 20_000, interval: 20 };

interface Monitor {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** Lines of JSON. */
  events(): Fields[];
  /** All events of the object that `select` selects, as soon as `last` is among them. */
  until(select: (event: Fields) => boolean, last: (event: Fields) => boolean): Promise<Fields[]>;
}

let namespace: string;
beforeEach(() => {
  namespace = makeNamespace('adr-mon');
  // Linux: of a link that is down, many changes are not told: its alias, its group.
  ip(namespace, 'link set lo up');
});

/** What is harmless and told: of a link, or of an address. */
const ofLoopback = (attempt: number): string => `link set lo alias ${'x'.repeat(attempt)}`;
const ofLoopbackAddress = (attempt: number): string => `address add 127.1.0.${attempt}/32 dev lo`;

/** Starts `rtnl monitor` and waits until it tells something: what is changed after that will be told too. */
async function startMonitor(words: string, harmless = ofLoopback): Promise<Monitor> {
  const process = spawn(globalThis.process.execPath, [program, '--netns', namespace, ...words.split(' ')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void process.kill('SIGKILL'));
  const lines: string[] = [];
  createInterface({ input: process.stdout }).on('line', (line) => lines.push(line));
  const events = (): Fields[] => lines.map((line) => JSON.parse(line) as Fields);
  let attempt = 0;
  await vi.waitFor(
    () => {
      attempt += 1;
      ip(namespace, harmless(attempt));
      expect({ exitCode: process.exitCode }).toEqual({ exitCode: null });
      expect(lines).not.toEqual([]);
    },
    { ...DEADLINE, interval: 100 },
  );
  return {
    process,
    lines,
    events,
    until: (select, last) =>
      vi.waitFor(() => {
        const selected = events().filter(select);
        expect(selected.some(last), JSON.stringify(events(), undefined, 1)).toBe(true);
        return selected;
      }, DEADLINE),
  };
}

function hasFlag(flags: unknown, flag: string): boolean {
  return Array.isArray(flags) && flags.includes(flag);
}

const ofLink =
  (name: string) =>
  (event: Fields): boolean =>
    event.object === 'link' && event.ifname === name;
const ofObject =
  (object: string) =>
  (event: Fields): boolean =>
    event.object === object;
const changedIn =
  (name: string) =>
  ({ changed }: Fields): boolean =>
    Array.isArray(changed) && changed.includes(name);

describe('links', () => {
  test('made, up, altered, down, deleted: new once, deleted once, and each change says what changed', async () => {
    const monitor = await startMonitor('monitor --json');
    const eth0 = ofLink('eth0');
    ip(namespace, 'link add eth0 type veth peer name eth1');
    await monitor.until(eth0, ({ event }) => event === 'add');
    ip(namespace, 'link set eth0 up');
    await monitor.until(eth0, changedIn('flags'));
    ip(namespace, 'link set eth1 up');
    await monitor.until(eth0, ({ operstate }) => operstate === 'UP');
    ip(namespace, 'link set eth0 mtu 1400');
    await monitor.until(eth0, changedIn('mtu'));
    // The other end goes down: the carrier is lost.
    ip(namespace, 'link set eth1 down');
    await monitor.until(eth0, ({ flags, operstate }) => hasFlag(flags, 'NO-CARRIER') && operstate !== 'UP');
    ip(namespace, 'link del eth0');
    const events = await monitor.until(eth0, ({ event }) => event === 'delete');

    expect(events.filter(({ event }) => event === 'add')).toHaveLength(1);
    expect(events.filter(({ event }) => event === 'delete')).toHaveLength(1);
    expect(events[0]).toMatchObject({
      event: 'add',
      object: 'link',
      link: 'eth1',
      mtu: 1500,
      operstate: 'DOWN',
    });
    expect(events[0]).not.toHaveProperty('changed');
    expect(events.at(-1)).toMatchObject({ event: 'delete' });
    expect(events.filter(changedIn('mtu'))).toMatchObject([{ event: 'change', changed: ['mtu'], mtu: 1400 }]);
    const states = events.filter(changedIn('operstate')).map(({ operstate }) => operstate);
    expect(states.slice(0, 3)).toEqual(['LOWERLAYERDOWN', 'UP', 'LOWERLAYERDOWN']);
  });

  test('the fields are those of the list', async () => {
    const monitor = await startMonitor('monitor link --json');
    ipAll(namespace, ['link add br0 type bridge', 'link set br0 mtu 1300']);
    const [told] = (await monitor.until(ofLink('br0'), changedIn('mtu'))).filter(changedIn('mtu'));
    const [listed] = ipShows(namespace, 'link show br0');
    const { event, object, changed, ...fields } = told!;
    expect(Object.keys(fields).sort()).toEqual(Object.keys(listed!).sort());
    expect(fields).toMatchObject({ ifname: 'br0', mtu: 1300, linkinfo: { info_kind: 'bridge' } });
  });

  test('a new name is a change, and everything else goes by it', async () => {
    const monitor = await startMonitor('monitor --json');
    ipAll(namespace, [
      'link add eth0 type veth peer name eth1',
      'link set eth0 name lan',
      'address add 10.0.0.1/24 dev lan',
    ]);
    const [renamed] = (await monitor.until(ofLink('lan'), changedIn('ifname'))).filter(changedIn('ifname'));
    expect(renamed).toMatchObject({ event: 'change', ifname: 'lan' });
    const isAdded = ({ local }: Fields): boolean => local === '10.0.0.1';
    // An address of the loopback interface, which has just come up, may be told before.
    const address = (await monitor.until(ofObject('address'), isAdded)).find(isAdded);
    expect(address).toMatchObject({ event: 'add', dev: 'lan', local: '10.0.0.1', prefixlen: 24 });
  });

  test('told twice: the second time nothing has changed', async () => {
    const monitor = await startMonitor('monitor link --json');
    ipAll(namespace, ['link add eth0 type veth peer name eth1', 'link set eth0 up']);
    // Linux: the operational state is told with the flags, or later.
    const before = await monitor.until(ofLink('eth0'), changedIn('operstate'));
    expect(before[0]).toMatchObject({ event: 'add' });
    ipAll(namespace, [
      // Linux: a value that is already there is told all the same.
      'link set eth0 alias outside',
      'link set eth0 alias outside',
      'link set eth0 mtu 1400',
    ]);
    const events = await monitor.until(ofLink('eth0'), changedIn('mtu'));
    expect(events.slice(before.length).map(({ event, changed }) => [event, changed])).toEqual([
      ['change', ['ifalias']],
      ['change', []],
      ['change', ['mtu']],
    ]);
  });

  test('why it was told, where nothing that is shown has changed', async () => {
    const monitor = await startMonitor('monitor link --json');
    ipAll(namespace, [
      'link add br0 type bridge',
      'link set br0 up',
      'link add vx0 type vxlan id 5 dstport 4789 remote 10.0.0.1',
      'link set vx0 up',
      'link set vx0 master br0',
    ]);
    const events = await monitor.until(ofLink('br0'), ({ cause }) => cause === 'FEATURE CHANGE');
    const [told] = events.filter(({ cause }) => cause !== undefined);
    expect(told).toMatchObject({ event: 'change', object: 'link' });
  });

  test('a port that leaves its bridge is still there', async () => {
    const monitor = await startMonitor('monitor link --json');
    ipAll(namespace, [
      'link add br0 type bridge',
      'link add eth0 type veth peer name eth1',
      'link set eth0 master br0',
      'link set eth0 nomaster',
      'link set eth0 mtu 1400',
    ]);
    const events = await monitor.until(ofLink('eth0'), changedIn('mtu'));
    expect(events.filter(changedIn('master')).map(({ master }) => master)).toEqual(['br0', undefined]);
    expect(events.filter(({ event }) => event !== 'change')).toMatchObject([{ event: 'add' }]);
  });
});

describe('addresses, routes, neighbors, rules, next hops', () => {
  beforeEach(() =>
    ipAll(namespace, [
      'link add eth0 type veth peer name eth1',
      'link set eth0 up',
      'link set eth1 up',
      'address add 10.0.0.1/24 dev eth0',
    ]),
  );

  test('an address is tentative first', async () => {
    const monitor = await startMonitor('monitor address --json', ofLoopbackAddress);
    ip(namespace, 'address add 2001:db8::1/64 dev eth0');
    const events = await monitor.until(({ local }) => local === '2001:db8::1', changedIn('tentative'));
    expect(events).toMatchObject([
      { event: 'add', dev: 'eth0', family: 'inet6', tentative: true },
      { event: 'change', changed: ['tentative'] },
    ]);
    ip(namespace, 'address del 2001:db8::1/64 dev eth0');
    await monitor.until(
      ({ local }) => local === '2001:db8::1',
      ({ event }) => event === 'delete',
    );
    // Links were not asked for, though they are watched for their names.
    expect(monitor.events().filter(ofObject('link'))).toEqual([]);
  });

  test('a route replaced is a change; without its interface it goes without being told', async () => {
    const monitor = await startMonitor('monitor --json');
    const ours = ({ object, dst, table }: Fields): boolean =>
      object === 'route' && dst === '10.9.0.0/16' && (table === undefined || table === 'main');
    ip(namespace, 'route add 10.9.0.0/16 via 10.0.0.2 dev eth0');
    await monitor.until(ours, ({ event }) => event === 'add');
    ip(namespace, 'route replace 10.9.0.0/16 via 10.0.0.3 dev eth0');
    await monitor.until(ours, changedIn('gateway'));
    ip(namespace, 'route del 10.9.0.0/16');
    await monitor.until(ours, ({ event }) => event === 'delete');
    ip(namespace, 'route add 10.9.0.0/16 via 10.0.0.4 dev eth0');
    await monitor.until(ours, ({ gateway }) => gateway === '10.0.0.4');
    ip(namespace, 'link set eth0 down');
    const events = await monitor.until(
      ours,
      ({ event, gateway }) => event === 'delete' && gateway === '10.0.0.4',
    );
    expect(events).toMatchObject([
      { event: 'add', gateway: '10.0.0.2', dev: 'eth0' },
      { event: 'change', changed: ['gateway'], gateway: '10.0.0.3' },
      { event: 'delete', gateway: '10.0.0.3' },
      { event: 'add', gateway: '10.0.0.4' },
      { event: 'delete', gateway: '10.0.0.4', notified: false },
    ]);
    expect(events.slice(0, 4).filter((event) => 'notified' in event)).toEqual([]);
  });

  test('routes of one table', async () => {
    const monitor = await startMonitor('monitor address route --table 100 --json', ofLoopbackAddress);
    ipAll(namespace, ['route add 10.9.0.0/16 dev eth0', 'route add 10.9.0.0/16 dev eth0 table 100']);
    const routes = await monitor.until(ofObject('route'), ({ dst }) => dst === '10.9.0.0/16');
    expect(routes).toMatchObject([{ event: 'add', dst: '10.9.0.0/16', table: '100' }]);
  });

  test('neighbors, rules, next hops', async () => {
    const monitor = await startMonitor('monitor --json');
    ipAll(namespace, [
      'neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0',
      'neigh change 10.0.0.9 lladdr 02:00:00:00:00:0a dev eth0',
      'neigh del 10.0.0.9 dev eth0',
      'rule add from 10.8.0.0/16 table 100 priority 7',
      'rule del priority 7',
      'nexthop add id 3 via 10.0.0.2 dev eth0',
      'nexthop replace id 3 via 10.0.0.5 dev eth0',
      'nexthop del id 3',
    ]);
    const neighbors = await monitor.until(
      ({ dst }) => dst === '10.0.0.9',
      ({ event }) => event === 'delete',
    );
    expect(neighbors).toMatchObject([
      { event: 'add', object: 'neighbor', dev: 'eth0', lladdr: '02:00:00:00:00:09', state: ['PERMANENT'] },
      { event: 'change', changed: ['lladdr'], lladdr: '02:00:00:00:00:0a' },
      // Linux: before it goes, it has failed.
      ...neighbors.slice(2, -1).map(() => ({ event: 'change' })),
      { event: 'delete' },
    ]);
    const nexthops = await monitor.until(ofObject('nexthop'), ({ event }) => event === 'delete');
    expect(nexthops).toMatchObject([
      { event: 'add', id: 3, gateway: '10.0.0.2' },
      { event: 'change', id: 3, changed: ['gateway'], gateway: '10.0.0.5' },
      { event: 'delete', id: 3 },
    ]);
    const rules = await monitor.until(ofObject('rule'), ({ event }) => event === 'delete');
    expect(rules).toMatchObject([
      { event: 'add', priority: 7, src: '10.8.0.0', srclen: 16 },
      { event: 'delete', priority: 7 },
    ]);
  });

  test('of one family', async () => {
    const monitor = await startMonitor('-6 monitor --json');
    ipAll(namespace, ['address add 10.7.0.1/24 dev eth0', 'address add 2001:db8::7/64 dev eth0 nodad']);
    await monitor.until(ofObject('route'), ({ dst }) => dst === '2001:db8::/64');
    const families = monitor
      .events()
      .filter(ofObject('address'))
      .map(({ family }) => family);
    expect(new Set(families)).toEqual(new Set(['inet6']));
    expect(JSON.stringify(monitor.events())).not.toContain('10.7.0');
  });
});

describe('as text', () => {
  test('a line of what changed; one short line if nothing did', async () => {
    const monitor = await startMonitor('monitor link address');
    ipAll(namespace, [
      'link add eth0 type veth peer name eth1',
      'link set eth0 mtu 1400',
      'link set eth0 up',
      'link set eth0 alias outside',
      'link set eth0 alias outside',
      'address add 10.0.0.1/24 dev eth0',
      'address del 10.0.0.1/24 dev eth0',
      'link del eth0',
    ]);
    await vi.waitFor(
      () => expect(monitor.lines.some((line) => /^delete link \d+: eth0/.test(line))).toBe(true),
      DEADLINE,
    );
    const told = monitor.lines.filter((line) => /^\w+ (link|address) \d+: eth0/.test(line));
    expect(told).toEqual([
      expect.stringMatching(/^add link \d+: eth0@eth1: <.*> mtu 1500 /),
      expect.stringMatching(/^change link \d+: eth0 DOWN changed: mtu 1500→1400$/),
      expect.stringMatching(/^change link \d+: eth0 UP NO-CARRIER changed: flags \+NO-CARRIER \+UP\b/),
      expect.stringMatching(/^change link \d+: eth0 UP NO-CARRIER changed: \+ifalias outside$/),
      expect.stringMatching(/^change link \d+: eth0 UP NO-CARRIER changed: nothing that is shown$/),
      expect.stringMatching(/^add address \d+: eth0 inet 10.0.0.1\/24 scope global eth0$/),
      expect.stringMatching(/^delete address \d+: eth0 inet 10.0.0.1\/24 scope global eth0$/),
      expect.stringMatching(/^change link \d+: eth0 DOWN changed: link eth1→none, flags -NO-CARRIER -UP\b/),
      expect.stringMatching(/^delete link \d+: eth0/),
    ]);
  });
});

describe('the end', () => {
  const endOf = async ({ process }: Monitor): Promise<unknown> =>
    process.exitCode ?? process.signalCode ?? (await once(process, 'exit'))[0];

  test.each(['SIGINT', 'SIGTERM'] as const)('%s', async (signal) => {
    const monitor = await startMonitor('monitor');
    monitor.process.kill(signal);
    expect(await endOf(monitor)).toBe(0);
  });

  test('nobody reads any more', async () => {
    const monitor = await startMonitor('monitor');
    monitor.process.stdout?.destroy();
    await vi.waitFor(() => {
      ip(namespace, 'link set lo alias more');
      expect(monitor.process.exitCode).toBe(0);
    }, DEADLINE);
  });

  test('an unknown object', async () => {
    const { code, errors } = await rtnlEnds(namespace, 'monitor nonsense');
    expect({ code, errors }).toEqual({
      code: 2,
      errors: 'rtnl: object "nonsense" is unknown; see rtnl monitor help\n',
    });
  });
});

test('what was lost is said, and made good by listing', async () => {
  const ROUTES = 40_000;
  const monitor = await startMonitor('monitor route --json', ofLoopbackAddress);
  const routes = (): Fields[] => monitor.events().filter(({ dst }) => String(dst).startsWith('10.'));
  // It cannot read: the socket's buffer overflows.
  monitor.process.kill('SIGSTOP');
  ipAll(
    namespace,
    Array.from({ length: ROUTES }, (_, at) => `route add 10.${at >> 8}.${at & 0xff}.0/24 dev lo`),
  );
  monitor.process.kill('SIGCONT');
  await vi.waitFor(() => expect(monitor.lines.length).toBeGreaterThan(ROUTES), {
    timeout: 60_000,
    interval: 200,
  });
  const events = monitor.events();
  expect(events.filter(({ event }) => event === 'resync').length).toBeGreaterThan(0);
  expect(events.find(({ event }) => event === 'resync')).toEqual({
    event: 'resync',
    reason: expect.any(String),
  });
  const known = new Set<unknown>();
  for (const { event, dst } of routes()) {
    if (event === 'delete') known.delete(dst);
    else known.add(dst);
  }
  expect(known.size).toBe(ROUTES);
});
