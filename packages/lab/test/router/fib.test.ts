import { messageFlags } from '@ripstop/netlink';
import { Fib, type FibSettings, type RouteAction, type RouteOutcome } from '@ripstop/router';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeHost } from './fake-host.ts';
import { foreignRoute, type ObservedKernel } from './observed-kernel.ts';

const settings: FibSettings = {
  family: 'ipv4',
  table: 254,
  metric: 20,
  protocol: 189,
  onExit: 'remove',
  staleTime: 60_000,
};
const prefix = '10.9.0.0/16';
const { create, replace, append } = messageFlags.masks;

const install = (to: string, ...gateways: string[]): RouteAction => ({
  type: 'install-route',
  prefix: to,
  nextHops: gateways.map((gateway) => ({ gateway, interface: 'eth0', interfaceIndex: 2 })),
});
const remove = (to: string): RouteAction => ({ type: 'remove-route', prefix: to });

let host: FakeHost;
let kernel: ObservedKernel;
let fib: Fib;
let outcomes: RouteOutcome[];

/** @param earlier what the kernel has before */
async function start(changes: Partial<FibSettings> = {}, earlier: readonly string[] = []): Promise<void> {
  host = new FakeHost();
  kernel = host.kernel;
  for (const to of earlier) someone('new', to, '10.0.0.2', 'rip');
  outcomes = [];
  fib = new Fib({ ...settings, ...changes }, host, (outcome) => outcomes.push(outcome));
  kernel.subscribe(
    ['route'],
    (notifications) => fib.receive(notifications),
    () => fib.notificationsLost(),
  );
  await fib.start();
  // From here on a list is due as soon as it is asked for.
  await host.advance(1_000);
}

async function apply(...actions: RouteAction[]): Promise<void> {
  fib.apply(actions);
  await host.settle();
}

/** Someone else changes the kernel's routes. */
function someone(...[operation, to, gateway, protocol, flags]: Parameters<typeof foreignRoute>): void {
  kernel.someone(foreignRoute(operation, to, gateway, protocol, flags));
}

/** `rip 10.0.0.2, static 10.0.0.9`: the slot of a prefix, the serving route first. */
function slot(of = prefix): string {
  return kernel.routeList
    .filter((route) => `${route.destination}/${route.destinationLength}` === of)
    .map(({ protocol, gateway, multipath }) => {
      const name = protocol === 189 ? 'rip' : protocol;
      return `${name} ${gateway ?? multipath?.map((hop) => hop.gateway).join('+')}`;
    })
    .join(', ');
}

beforeEach(async () => {
  await start();
});

describe('installing', () => {
  it('creates exclusively, tells the router, and asks nothing more', async () => {
    await apply(install(prefix, '10.0.0.2'));
    expect(kernel.requests).toEqual([`create exclusively ${prefix} via 10.0.0.2`]);
    expect(outcomes).toEqual([{ type: 'route-installed', prefix }]);
    expect(slot()).toBe('rip 10.0.0.2');
    expect(fib.snapshot()).toMatchObject({ wanted: 1, installed: 1 });
  });

  it('replaces its own route, without a moment in between', async () => {
    await apply(install(prefix, '10.0.0.2'));
    await apply(install(prefix, '10.0.0.3', '10.0.0.4'));
    expect(kernel.requests.slice(1)).toEqual([`replace ${prefix} via 10.0.0.3 10.0.0.4`]);
    expect(slot()).toBe('rip 10.0.0.3+10.0.0.4');
  });

  it('asks for nothing when the next hops are the same in another order', async () => {
    await apply(install(prefix, '10.0.0.3', '10.0.0.4'));
    await apply(install(prefix, '10.0.0.4', '10.0.0.3'));
    expect(kernel.requests).toHaveLength(1);
    expect(outcomes).toHaveLength(2);
  });

  it('sends what one step changes as one batch, and what comes meanwhile as the next', async () => {
    fib.apply([install('10.1.0.0/16', '10.0.0.2'), install('10.2.0.0/16', '10.0.0.2')]);
    fib.apply([install('10.3.0.0/16', '10.0.0.2')]);
    fib.apply([install('10.4.0.0/16', '10.0.0.2')]);
    await host.settle();
    expect(kernel.batches).toEqual([2, 2]);
  });

  it('limits a batch', async () => {
    const many = Array.from({ length: 1500 }, (_, at) =>
      install(`10.${at >> 8}.${at & 255}.0/24`, '10.0.0.2'),
    );
    await apply(...many);
    expect(kernel.batches).toEqual([1024, 476]);
    expect(kernel.routeList).toHaveLength(1500);
  });

  it('ends removed what was removed while its install was under way', async () => {
    fib.apply([install(prefix, '10.0.0.2')]);
    fib.apply([remove(prefix)]);
    await host.settle();
    expect(kernel.routeList).toEqual([]);
    expect(kernel.requests).toEqual([`create exclusively ${prefix} via 10.0.0.2`, `delete ${prefix}`]);
  });

  it('takes a route that the kernel dropped silently for removed', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.dropRoutes();
    await apply(remove(prefix));
    await host.advance(5_000);
    expect(kernel.requests).toHaveLength(2);
    expect(host.reports).toEqual([]);
  });

  it('changes a route that the kernel dropped silently', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.dropRoutes();
    await apply(install(prefix, '10.0.0.3'));
    expect(slot()).toBe('rip 10.0.0.3');
    expect(kernel.requests).toHaveLength(2);
  });

  it('asks for the next change only when it was told of the one before', async () => {
    kernel.late = [];
    await apply(install(prefix, '10.0.0.2'));
    await apply(install(prefix, '10.0.0.3'));
    expect(kernel.requests).toHaveLength(1);
    kernel.tellLate();
    await host.settle();
    expect(kernel.requests.slice(1)).toEqual([`replace ${prefix} via 10.0.0.3`]);
    expect(slot()).toBe('rip 10.0.0.3');
  });

  it('does not take a change by someone else, told after its own, for its own', async () => {
    kernel.late = [];
    await apply(install(prefix, '10.0.0.2'));
    someone('new', prefix, '10.0.0.9', 'static', create | replace);
    kernel.tellLate();
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2, static 10.0.0.9');
  });

  it('lists everything when the kernel never tells of a change', async () => {
    kernel.deaf();
    await apply(install(prefix, '10.0.0.2'));
    expect(outcomes).toEqual([]);
    await host.advance(1_000);
    expect(outcomes).toEqual([{ type: 'route-installed', prefix }]);
    expect(kernel.requests).toHaveLength(1);
  });
});

describe('a refused route', () => {
  const reason = 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway';

  it('does not keep back the others, is reported once, and is retried until it is in', async () => {
    await apply(install(prefix, '10.0.0.66'), install('10.8.0.0/16', '10.0.0.2'));
    await host.advance(30_000);
    expect(slot('10.8.0.0/16')).toBe('rip 10.0.0.2');
    expect(host.reports).toEqual([{ type: 'route-install-failed', prefix, reason }]);
    kernel.fake.addAddress('eth0', '10.0.0.65', 26);
    await host.advance(32_000);
    expect(slot()).toBe('rip 10.0.0.66');
    expect(outcomes).toEqual([
      { type: 'route-install-failed', prefix, reason },
      { type: 'route-installed', prefix: '10.8.0.0/16' },
      { type: 'route-installed', prefix },
    ]);
  });

  it('is retried after ever longer times', async () => {
    await apply(install(prefix, '10.0.0.66'));
    await host.advance(1_000);
    expect(kernel.requests).toHaveLength(2);
    await host.advance(1_999);
    expect(kernel.requests).toHaveLength(2);
    await host.advance(600_000);
    expect(kernel.requests.length).toBeLessThan(20);
  });

  it('is retried at once when a link or an address changes', async () => {
    await apply(install(prefix, '10.0.0.66'));
    kernel.fake.addAddress('eth0', '10.0.0.65', 26);
    fib.interfacesChanged();
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.66');
  });

  it('is forgotten when it is no longer wanted', async () => {
    await apply(install(prefix, '10.0.0.66'));
    await apply(remove(prefix));
    await host.advance(120_000);
    expect(kernel.requests).toHaveLength(1);
  });
});

describe('a route of another protocol', () => {
  it('that was there first is left alone, reported once, and ours comes when it goes', async () => {
    someone('new', prefix, '10.0.0.9', 'static');
    await host.settle();
    await apply(install(prefix, '10.0.0.2'));
    fib.interfacesChanged();
    await host.advance(60_000);
    expect(slot()).toBe('static 10.0.0.9');
    expect(kernel.requests).toEqual([]);
    expect(host.reports).toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
    expect(outcomes).toMatchObject([{ type: 'route-install-failed', prefix }]);
    someone('delete', prefix, undefined, 'static');
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    expect(outcomes.at(-1)).toEqual({ type: 'route-installed', prefix });
  });

  it('that was there first survives our withdrawal and our stop', async () => {
    someone('new', prefix, '10.0.0.9', 'static');
    await apply(install(prefix, '10.0.0.2'));
    await apply(remove(prefix));
    await fib.stop();
    expect(slot()).toBe('static 10.0.0.9');
  });

  it('that took the place of ours stays, and ours is put back before it', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('new', prefix, '10.0.0.9', 'static', create | replace);
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2, static 10.0.0.9');
    expect(host.reports).toEqual([
      { type: 'route-healed', prefix, change: 'altered', culprit: 'proto static' },
    ]);
  });

  it('beside ours is never replaced, whichever serves', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('new', prefix, '10.0.0.9', 'static', create);
    await host.settle();
    expect(slot()).toBe('static 10.0.0.9, rip 10.0.0.2');
    await apply(install(prefix, '10.0.0.3'));
    expect(slot()).toBe('rip 10.0.0.3, static 10.0.0.9');
    await apply(install(prefix, '10.0.0.4'));
    expect(slot()).toBe('rip 10.0.0.4, static 10.0.0.9');
    expect(kernel.requests.filter((request) => request.startsWith('replace'))).toEqual([]);
    await apply(remove(prefix));
    expect(slot()).toBe('static 10.0.0.9');
  });

  it('that came in a race is found by listing, and left alone', async () => {
    kernel.unheard(() => someone('new', prefix, '10.0.0.9', 'static'));
    await apply(install(prefix, '10.0.0.2'));
    await host.advance(5_000);
    expect(slot()).toBe('static 10.0.0.9');
    expect(kernel.requests).toHaveLength(1);
    expect(host.reports).toEqual([{ type: 'route-conflict', prefix, protocol: 'static' }]);
  });

  it('in another table, with another metric or another TOS is none of our business', async () => {
    for (const difference of [{ table: 100 }, { priority: 10 }, { tos: 4 }]) {
      const { message, ...request } = foreignRoute('new', prefix, '10.0.0.9', 'static');
      kernel.someone({ ...request, message: { ...message, ...difference } });
    }
    await apply(install(prefix, '10.0.0.2'));
    expect(outcomes).toEqual([{ type: 'route-installed', prefix }]);
  });
});

describe('healing', () => {
  it('puts a deleted route back at once and names the netlink port that did it', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('delete', prefix, undefined, 'rip');
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    const culprit = `netlink port ${kernel.strangerPort}`;
    expect(host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
    expect(fib.snapshot().heals).toBe(1);
    expect(outcomes).toHaveLength(1);
  });

  it('puts an altered route right', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('new', prefix, '10.0.0.7', 'rip', create | replace);
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    expect(host.reports).toMatchObject([{ type: 'route-healed', change: 'altered' }]);
  });

  it('removes a second route of our protocol that someone has added', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('new', prefix, '10.0.0.7', 'rip', create | append);
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('reports a deletion that is told only after everything was listed', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.late = [];
    someone('delete', prefix, undefined, 'rip');
    fib.interfacesChanged();
    await host.settle();
    kernel.tellLate();
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    const culprit = `netlink port ${kernel.strangerPort}`;
    expect(host.reports).toEqual([{ type: 'route-healed', prefix, change: 'deleted', culprit }]);
  });

  it('does not take its own changes for those of others', async () => {
    await apply(install(prefix, '10.0.0.2'));
    await apply(install(prefix, '10.0.0.3'));
    await apply(remove(prefix));
    expect(host.reports).toEqual([]);
  });

  it('waits longer and longer in a fight, says so once, and never gives up', async () => {
    await apply(install(prefix, '10.0.0.2'));
    for (let round = 0; round < 600; round += 1) {
      if (slot() !== '') someone('delete', prefix, undefined, 'rip');
      await host.advance(100);
    }
    const heals = host.reports.filter(({ type }) => type === 'route-healed').length;
    expect(heals).toBeGreaterThan(30);
    expect(heals).toBeLessThan(40);
    const contested = host.reports.filter(({ type }) => type === 'route-contested');
    expect(contested).toEqual([
      { type: 'route-contested', prefix, culprit: `netlink port ${kernel.strangerPort}` },
    ]);
    await host.advance(30_000);
    expect(slot()).toBe('rip 10.0.0.2');
    await host.advance(61_000);
    someone('delete', prefix, undefined, 'rip');
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('removes a contested route at once when it is no longer wanted', async () => {
    await apply(install(prefix, '10.0.0.2'));
    for (let round = 0; round < 31; round += 1) {
      someone('delete', prefix, undefined, 'rip');
      await host.settle();
    }
    someone('new', prefix, '10.0.0.2', 'rip');
    await host.settle();
    await apply(remove(prefix));
    expect(slot()).toBe('');
  });
});

describe('after lost notifications', () => {
  it('lists everything, heals, and says that nobody knows who it was', async () => {
    await apply(install(prefix, '10.0.0.2'), install('10.8.0.0/16', '10.0.0.2'));
    kernel.unheard(() => someone('delete', prefix, undefined, 'rip'));
    kernel.overrun();
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    expect(host.reports).toEqual([
      { type: 'kernel-overrun' },
      { type: 'route-healed', prefix, change: 'deleted', culprit: 'unknown (notifications were lost)' },
    ]);
  });

  it('takes into account what is told while it lists', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.overrun();
    // The list is taken; this comes after it.
    someone('delete', prefix, undefined, 'rip');
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('lists again when listing failed', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.unheard(() => someone('delete', prefix, undefined, 'rip'));
    kernel.failure = Object.assign(new Error('it broke'), { code: 'EIO' });
    kernel.overrun();
    await host.settle();
    expect(slot()).toBe('');
    expect(host.reports.at(-1)).toEqual({ type: 'kernel-failed', reason: 'it broke' });
    await host.advance(1_000);
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('reports once, not for every attempt, that it cannot list', async () => {
    const { list } = kernel.routes;
    const error = Object.assign(new Error('it broke'), { code: 'EIO' });
    kernel.routes.list = () => Promise.reject(error);
    kernel.overrun();
    await host.advance(10_000);
    kernel.routes.list = list;
    await host.advance(2_000);
    kernel.routes.list = () => Promise.reject(error);
    kernel.overrun();
    await host.advance(10_000);
    expect(host.reports.filter(({ type }) => type === 'kernel-failed')).toHaveLength(2);
  });

  it('finds out what became of a batch that failed as a whole', async () => {
    kernel.failure = Object.assign(new Error('it broke'), { code: 'EIO' });
    await apply(install(prefix, '10.0.0.2'));
    await host.advance(2_000);
    expect(slot()).toBe('rip 10.0.0.2');
    expect(outcomes).toEqual([{ type: 'route-installed', prefix }]);
  });

  it('finds in time what nobody told it', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.unheard(() => someone('delete', prefix, undefined, 'rip'));
    await host.advance(600_000);
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('puts back what Linux dropped with a link, and reports nothing', async () => {
    await apply(install(prefix, '10.0.0.2'));
    kernel.dropRoutes();
    fib.interfacesChanged();
    await host.settle();
    expect(slot()).toBe('rip 10.0.0.2');
    expect(host.reports).toEqual([]);
  });

  it('lists once for a burst of changes of links', async () => {
    const before = kernel.lists;
    for (let change = 0; change < 50; change += 1) {
      fib.interfacesChanged();
      await host.advance(1);
    }
    await host.advance(1_000);
    expect(kernel.lists - before).toBe(2);
  });
});

describe('routes of an earlier run', () => {
  beforeEach(async () => {
    await start({}, [prefix, '10.8.0.0/16']);
  });

  it('stay if a neighbor announces them again, and go after the stale time if not', async () => {
    expect(host.reports).toEqual([{ type: 'stale-routes', change: 'adopted', routes: 2 }]);
    await apply(install(prefix, '10.0.0.2'));
    await host.advance(58_000);
    expect(kernel.routeList).toHaveLength(2);
    expect(kernel.requests).toEqual([]);
    await host.advance(1_000);
    expect(slot()).toBe('rip 10.0.0.2');
    expect(slot('10.8.0.0/16')).toBe('');
    expect(host.reports.at(-1)).toEqual({ type: 'stale-routes', change: 'removed', routes: 1 });
  });

  it('are replaced, not deleted, if their next hop is another now', async () => {
    await apply(install(prefix, '10.0.0.3'));
    expect(kernel.requests).toEqual([`replace ${prefix} via 10.0.0.3`]);
  });

  it('survive lost notifications while they are stale', async () => {
    kernel.overrun();
    await host.advance(1_000);
    expect(kernel.routeList).toHaveLength(2);
  });
});

describe('while it starts', () => {
  beforeEach(() => {
    host = new FakeHost();
    kernel = host.kernel;
    someone('new', prefix, '10.0.0.2', 'rip');
    fib = new Fib(settings, host, () => undefined);
  });

  it('it lists again after lost notifications, but one list at a time', async () => {
    const starting = fib.start();
    fib.notificationsLost();
    expect(kernel.lists).toBe(1);
    await starting;
    await host.advance(1_000);
    expect(kernel.lists).toBe(2);
  });

  it('a stop removes the routes that it finds, and nothing happens after it', async () => {
    await Promise.all([fib.start(), fib.stop()]);
    expect(kernel.routeList).toEqual([]);
    const reports = host.reports.length;
    await host.advance(600_000);
    expect(host.reports).toHaveLength(reports);
  });
});

describe('the order of deletions', () => {
  const many = Array.from({ length: 5 }, (_, at) => `10.${at}.0.0/16`);
  /** The host's random numbers are all 0: that shuffles five things so. */
  const shuffled = (prefixes: readonly string[]) => [1, 2, 3, 4, 0].map((at) => prefixes[at]);
  const deleted = (): (string | undefined)[] =>
    kernel.requests.filter((text) => text.startsWith('delete')).map((text) => text.split(' ')[1]);

  beforeEach(async () => {
    await apply(...many.map((to) => install(to, '10.0.0.2')));
  });

  it('is shuffled when many routes are withdrawn: Linux is faster so', async () => {
    await apply(...many.map(remove));
    expect(deleted()).toEqual(shuffled(many));
  });

  it('is shuffled at the end', async () => {
    const listed = kernel.routeList.map((route) => `${route.destination}/${route.destinationLength}`);
    await fib.stop();
    expect(deleted()).toEqual(shuffled(listed));
  });
});

describe('a route that others have added with our protocol', () => {
  const theirs = '10.6.0.0/16';

  beforeEach(async () => {
    someone('new', theirs, '10.0.0.9', 'rip');
    await host.settle();
  });

  it('is left alone, also after everything was listed again', async () => {
    kernel.overrun();
    await host.advance(1_000);
    expect(slot(theirs)).toBe('rip 10.0.0.9');
  });

  it('makes place for ours when a neighbor announces the prefix', async () => {
    await apply(install(theirs, '10.0.0.2'));
    expect(slot(theirs)).toBe('rip 10.0.0.2');
    await apply(remove(theirs));
    expect(slot(theirs)).toBe('');
  });
});

describe('stopping', () => {
  it('removes every route of ours, and nothing that others have added, even with our protocol', async () => {
    await apply(install(prefix, '10.0.0.2'));
    someone('new', '10.7.0.0/16', '10.0.0.9', 'static');
    someone('new', '10.6.0.0/16', '10.0.0.9', 'rip');
    await host.settle();
    await fib.stop();
    expect(kernel.routeList.map(({ protocol }) => protocol).sort()).toEqual(['rip', 'static']);
  });

  it('waits for the batch under way', async () => {
    fib.apply([install(prefix, '10.0.0.2')]);
    await fib.stop();
    expect(kernel.routeList).toEqual([]);
  });

  it('leaves everything if it is told to keep it', async () => {
    await start({ onExit: 'keep' });
    await apply(install(prefix, '10.0.0.2'));
    await fib.stop();
    await host.advance(600_000);
    expect(slot()).toBe('rip 10.0.0.2');
  });

  it('does not heal any more', async () => {
    await start({ onExit: 'keep' });
    await apply(install(prefix, '10.0.0.2'));
    await fib.stop();
    someone('delete', prefix, undefined, 'rip');
    await host.advance(10_000);
    expect(slot()).toBe('');
  });
});
