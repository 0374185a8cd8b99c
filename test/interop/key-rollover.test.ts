/**
 * New keys while FRR – ripd – BIRD run: first ours by a reload, then everybody's by the clock. Nobody loses a route on the
 * way, and nobody refuses a packet.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { untilRouted, watchDeletions } from '../kit/kernel.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { center, peerInterface, type Ray, rays, star, stubInterface } from '../kit/star.ts';

const CONVERGENCE_MS = 40_000;
/** Until the clock rolls over: a reload of two neighbors fits into it. */
const NOTICE_MS = 4_000;

const all = rays(['frr', 'bird']);
const [frrRay, birdRay] = all as [Ray, Ray];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const interfaces = { active: [peerInterface], stubs: [stubInterface] };

const ended = { end: '2020-01-01T00:00:00Z' };
const key = (id: number, send?: object) => ({
  'key-id': id,
  'crypto-algorithm': 'md5',
  'key-string': `secret-${id}`,
  ...(send && { 'send-lifetime': send }),
});
const ripdConfiguration = (...keys: object[]) => ({
  'key-chains': [{ name: 'core', keys }],
  rip: {
    timers: { update: 2, timeout: 20 },
    interfaces: { 'to-*': { authentication: { 'key-chain': 'core' } } },
  },
});

/** BIRD with two keys, the second sent from a moment on. @param change `2026-01-31 23:59:59` */
const birdConfiguration = (change: string) => ({
  ...interfaces,
  options: [
    ...birdTimers(2, 20, 10),
    'authentication cryptographic',
    `password "secret-1" { id 1; generate to "${change}"; }`,
    `password "secret-2" { id 2; generate from "${change}"; }`,
  ],
});

/** As FRR and BIRD read and write time: in the local zone. */
function localTimes(moment: Date): { readonly ofFrr: string; readonly ofBird: string } {
  const two = (value: number): string => `${value}`.padStart(2, '0');
  const [year, month, day] = [moment.getFullYear(), moment.getMonth(), moment.getDate()];
  const time = [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(two).join(':');
  return {
    ofFrr: `${time} ${day} ${MONTHS[month]} ${year}`,
    ofBird: `${year}-${two(month + 1)}-${two(day)} ${time}`,
  };
}

describe.skipIf(!installed('test/interop/key-rollover.test.ts', frr, bird, tshark))('Key rollover', () => {
  let lab: NamespaceLab;
  let ripd: RipdRouter;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let capture: Capture;
  let deletions: readonly (readonly string[])[];

  /** Waits for a packet that this address has signed with this key after a moment. */
  const signed = (source: string, keyId: number, after: number): Promise<CapturedPacket> =>
    capture.find(
      `${source} signs with key ${keyId}`,
      CONVERGENCE_MS,
      (packet) => packet.source === source && packet.authentication?.keyId === keyId && packet.time > after,
    );

  beforeAll(async () => {
    lab = await NamespaceLab.lay(star(all));
    capture = await Capture.start(lab.node(center), lab.directory, frrRay.interface, birdRay.interface);
    frrRouter = await FrrRouter.start(lab.node('frr'), lab.directory, {
      ...interfaces,
      before: ['key chain core', ' key 1', '  key-string secret-1', ' key 2', '  key-string secret-2'],
      options: ['ip rip authentication mode md5 auth-length rfc', 'ip rip authentication key-chain core'],
      router: ['timers basic 5 20 10'],
    });
    birdRouter = await BirdRouter.start(
      lab.node('bird'),
      lab.directory,
      birdConfiguration('2035-01-01 00:00:00'),
    );
    ripd = await RipdRouter.start(lab.node(center), lab.directory, ripdConfiguration(key(1)));
    await untilRouted(lab.node('bird'), frrRay.stub, [birdRay.ours], CONVERGENCE_MS);
    await untilRouted(lab.node('frr'), birdRay.stub, [frrRay.ours], CONVERGENCE_MS);
    deletions = lab.nodes.map(watchDeletions);
  });
  afterAll(() => lab?.close());

  it('goes over to a key that a reload brings, while the neighbors still sign with the old one', async () => {
    const reload = Date.now();
    await ripd.reload(ripdConfiguration(key(1, ended), key(2)));
    for (const { ours } of all) await signed(ours, 2, reload);
    for (const { ours, theirs } of all) await signed(theirs, 1, (await signed(ours, 2, reload)).time);
  });

  it('goes over by the clock, as the neighbors do', async () => {
    const change = new Date(Math.ceil((Date.now() + NOTICE_MS) / 1000) * 1000);
    const { ofFrr, ofBird } = localTimes(change);
    const at = change.toISOString();
    const reload = Date.now();
    await ripd.reload(ripdConfiguration(key(1, { end: at }), key(2, { start: at })));
    await frrRouter.configure('key chain core', 'key 1', `send-lifetime 00:00:00 1 Jan 2020 ${ofFrr}`);
    await birdRouter.configure(birdConfiguration(ofBird));
    for (const { ours, theirs } of all) {
      const first = await signed(ours, 1, reload);
      expect(first.time).toBeLessThan(change.getTime());
      await signed(ours, 2, first.time);
      await signed(theirs, 2, change.getTime());
    }
  });

  it('loses no route and refuses no packet', async () => {
    expect(deletions).toEqual([[], [], []]);
    for (const { address, dropped } of await ripd.show('neighbors')) {
      // FRR's request at start has no authentication.
      expect({ ...dropped, 'authentication-missing': 0 }, address).toEqual({ 'authentication-missing': 0 });
    }
    expect(birdRouter.log.filter((line) => /bad|fail|mismatch/i.test(line))).toEqual([]);
    expect(await frrRouter.show('show ip rip status')).toMatch(/\n +10\.0\.1\.1 +0 +0 /);
  });
});
