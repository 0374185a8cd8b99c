/** What the simulated kernel can do to those above it, and that it does nothing behind their backs. */
import { addressFlags, messageFlags, type Notification, type Request } from '@ripstop/netlink';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeKernel } from '../../src/world/kernel/fake-kernel.ts';
import type { KernelClient } from '../../src/world/kernel/kernel-client.ts';

const { create, exclusive } = messageFlags.masks;

let kernel: FakeKernel;
let client: KernelClient;
/** What waits for its turn. */
let turns: (() => void)[];
let told: Notification[];
let overruns: number;

beforeEach(() => {
  turns = [];
  kernel = new FakeKernel({ later: (callback) => turns.push(callback), queueLength: 3 });
  kernel.setUp('lo', true);
  kernel.addLink('eth0');
  kernel.addAddress('eth0', '10.0.0.1', 24);
  client = kernel.open();
  told = [];
  overruns = 0;
  client.subscribe(
    ['route'],
    (notifications) => told.push(...notifications),
    () => {
      overruns += 1;
    },
  );
});

function route(number: number): Request {
  const message = {
    family: 'ipv4',
    destination: `10.9.${number}.0`,
    destinationLength: 24,
    gateway: '10.0.0.2',
    type: 'unicast',
    table: 254,
    protocol: 'rip',
  } as const;
  return { object: 'route', operation: 'new', flags: create | exclusive, message };
}

function takeTurns(): void {
  for (const turn of turns.splice(0)) turn();
}

const ours = (): number => kernel.routes({ protocol: 'rip' }).length;

describe('the simulated kernel', () => {
  it.each(['ipv4', 'ipv6'] as const)(
    'tells a subscription to %s of no other addresses and routes',
    (family) => {
      const heard: Notification[] = [];
      kernel.open().subscribe(
        ['link', 'address', 'route'],
        (notifications) => heard.push(...notifications),
        () => undefined,
        { family },
      );
      kernel.setUp('lo', false);
      kernel.addAddress('eth0', '10.5.0.1', 24);
      takeTurns();
      kernel.addAddress('eth0', '2001:db8::1', 64);
      takeTurns();
      const families = ({ object, message }: Notification): unknown => [object, message.family];
      expect(heard.map(families)).toEqual(
        expect.arrayContaining([
          ['link', 'unspecified'],
          ['address', family],
          ['route', family],
        ]),
      );
      expect(new Set(heard.map(({ message }) => message.family))).toEqual(new Set(['unspecified', family]));
    },
  );

  it('acts at once, and tells of it in a later turn only', () => {
    void client.batch([route(1)]);
    expect([ours(), told.length]).toEqual([1, 0]);
    takeTurns();
    expect(told).toHaveLength(1);
  });

  it('answers behind what it tells', async () => {
    const answered = client.batch([route(1)]).then(() => told.length);
    takeTurns();
    expect(await answered).toBe(1);
  });

  it('refuses as many installs as it is told to, and no deletions', async () => {
    kernel.refuseInstalls(2, 'EPERM');
    const outcomes = client.batch([route(1), route(2), route(3)]);
    takeTurns();
    expect((await outcomes).map((outcome) => outcome?.code)).toEqual(['EPERM', 'EPERM', undefined]);
    expect(ours()).toBe(1);
  });

  it('loses notifications that the queue does not hold, and those behind them, until it is read', () => {
    void client.batch([1, 2, 3, 4, 5].map(route));
    takeTurns();
    expect([told.length, overruns]).toEqual([3, 1]);
    void client.batch([route(6)]);
    takeTurns();
    expect([told.length, overruns]).toEqual([4, 1]);
    expect(ours()).toBe(6);
  });

  it('loses notifications when it is told to', () => {
    kernel.overrun();
    void client.batch([route(1)]);
    takeTurns();
    expect([told.length, overruns]).toEqual([0, 1]);
  });

  it('loses answers when it is told to: nobody knows what became of the requests', async () => {
    const outcomes = client.batch([route(1), route(2)]);
    kernel.loseAnswers();
    // What had been answered before is read; nothing of the second batch is.
    const lost = client.batch([route(3)]);
    takeTurns();
    expect((await outcomes).map((outcome) => outcome?.code)).toEqual([undefined, undefined]);
    expect((await lost).map((outcome) => outcome?.code)).toEqual(['ENOBUFS']);
    expect(ours()).toBe(3);
  });

  it('lists again what was interrupted, and gives up after five times', async () => {
    const list = async (): Promise<unknown> => {
      const listed = client.routes.list({ family: 'ipv4' });
      for (let turn = 0; turn < 20; turn += 1) {
        takeTurns();
        await Promise.resolve();
      }
      return await listed;
    };
    kernel.interruptLists(4);
    expect(await list()).toHaveLength(kernel.routes({ family: 'ipv4' }).length);
    kernel.interruptLists(5);
    await expect(list()).rejects.toMatchObject({ code: 'EINTR' });
  });

  it('says nothing any more to a client that is closed', () => {
    void client.batch([route(1)]);
    client.close();
    takeTurns();
    expect(told).toEqual([]);
  });

  it('flushes as another program does, and leaves its own routes', () => {
    void client.batch([route(1), route(2)]);
    takeTurns();
    kernel.flush({ family: 'ipv4' });
    takeTurns();
    expect(ours()).toBe(0);
    expect(told.slice(-2).map(({ operation, portId }) => [operation, portId === client.portId])).toEqual([
      ['delete', false],
      ['delete', false],
    ]);
    expect(kernel.routes({ family: 'ipv4', protocol: 'kernel' })).not.toEqual([]);
  });

  it('gives the same answers to the same requests, to the last bit', async () => {
    const run = async (): Promise<string> => {
      const waiting: (() => void)[] = [];
      const other = new FakeKernel({ later: (callback) => waiting.push(callback) });
      other.setUp('lo', true);
      other.addLink('eth0');
      const heard: unknown[] = [];
      other.open().subscribe(
        ['link', 'address', 'route'],
        (some) => heard.push(some),
        () => undefined,
      );
      other.addAddress('eth0', '10.0.0.1', 24);
      other.addAddress('eth0', 'fe80::1', 64);
      const outcomes = other.open().batch([1, 2, 1].map(route));
      for (const turn of waiting.splice(0)) turn();
      return JSON.stringify([heard, await outcomes, other.routes()]);
    };
    expect(await run()).toBe(await run());
  });

  it('ends the detection of a duplicate address when its time is over, if the address is still there', async () => {
    const ends: (() => void)[] = [];
    const delays: number[] = [];
    const other = new FakeKernel({
      later: queueMicrotask,
      after: (delay, callback) => {
        delays.push(delay);
        ends.push(callback);
      },
    });
    other.addLink('eth0', { detectsDuplicates: true });
    for (const last of [1, 2]) other.addAddress('eth0', `2001:db8::${last}`, 64);
    other.deleteAddress('eth0', '2001:db8::1', 64);
    for (const end of ends) end();
    expect(delays).toEqual([1_000, 1_000]);
    const addresses = await other.open().addresses.list({ family: 'ipv6' });
    const { tentative } = addressFlags.masks;
    expect(addresses.map(({ address, flags = 0 }) => [address, flags & tentative])).toEqual([
      ['2001:db8::2', 0],
    ]);
  });

  it('refuses what it does not have with EOPNOTSUPP', async () => {
    const outcomes = client.batch([{ object: 'rule', operation: 'new', message: { family: 'ipv4' } }]);
    takeTurns();
    expect((await outcomes)[0]?.code).toBe('EOPNOTSUPP');
  });
});
