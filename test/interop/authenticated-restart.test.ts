/**
 * Who has signed packets and starts again: BIRD, ours, and FRR, which counts from zero; and somebody who sends again what
 * BIRD has signed. Judged by the kernels' notifications, by tshark, and by our counters.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedPacket } from '../kit/capture.ts';
import { type FrrConfiguration, FrrRouter } from '../kit/frr.ts';
import { untilRouted, watchDeletions } from '../kit/kernel.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { Speaker } from '../kit/speaker.ts';
import { center, peerInterface, type Ray, rays, star, stubInterface } from '../kit/star.ts';

const CONVERGENCE_MS = 40_000;
const TIMEOUT_S = 10;
/** More than a timeout: what is not refreshed is gone by then. */
const EXPIRY_MS = 30_000;
/** Of FRR at first: every update is ten packets, and each has a number of its own. */
const manyRoutes = Array.from({ length: 220 }, (_, at) => `route 10.60.${at}.0/24`);

const all = rays(['frr', 'bird']);
const [frrRay, birdRay] = all as [Ray, Ray];
const interfaces = { active: [peerInterface], stubs: [stubInterface] };

const frrConfiguration = (routes: readonly string[]): FrrConfiguration => ({
  ...interfaces,
  options: ['ip rip authentication mode md5 auth-length rfc', 'ip rip authentication string secret'],
  router: [`timers basic 5 ${TIMEOUT_S} 5`, ...routes],
});
const birdConfiguration = {
  ...interfaces,
  options: [
    ...birdTimers(2, TIMEOUT_S, 5),
    'authentication cryptographic',
    'password "secret" { id 1; algorithm keyed md5; }',
  ],
};
const ripdConfiguration = {
  rip: {
    timers: { update: 2, timeout: TIMEOUT_S, 'garbage-collection': 5 },
    'triggered-update-delay': [0.2, 0.5],
    interfaces: {
      'to-*': { authentication: { 'key-id': 1, 'crypto-algorithm': 'md5', 'key-string': 'secret' } },
    },
  },
};

describe.skipIf(!installed('test/interop/authenticated-restart.test.ts', frr, bird, tshark))(
  'An authenticated neighbor that starts again',
  () => {
    let lab: NamespaceLab;
    let ripd: RipdRouter;
    let frrRouter: FrrRouter;
    let birdRouter: BirdRouter;
    let capture: Capture;
    let ours: LabNode;

    /** Requests and responses of a router after a moment, in order. */
    const signedAfter = (source: string, moment: number): CapturedPacket[] =>
      capture.packets.filter(
        ({ source: from, authentication, time }) =>
          from === source && authentication !== undefined && time > moment,
      );
    const responses = (source: string, after: number): CapturedPacket[] =>
      signedAfter(source, after).filter(({ command }) => command === 2);
    const sequenceOf = (packet: CapturedPacket | undefined): number =>
      packet?.authentication?.sequence ?? Number.NaN;
    const captured = (source: string, after: number, count: number): Promise<boolean> =>
      until(`${source} has sent ${count}`, CONVERGENCE_MS, () => signedAfter(source, after).length >= count);
    /** Waits until we have accepted a packet of a neighbor after a moment. */
    const accepted = (address: string, after: number): Promise<boolean> =>
      until(`we accept what ${address} sends`, CONVERGENCE_MS, async () => {
        const neighbor = await ripd.neighbor(address);
        return neighbor?.state === 'up' && neighbor.lastHeardAgo < Date.now() - after;
      });
    const replayed = async (address: string): Promise<number> =>
      (await ripd.neighbor(address))?.dropped['authentication-replayed'] ?? 0;
    /**
     * Kills ours and starts it again, and waits until BIRD accepts what it sends.
     * @param forward is added to the sequence number that it remembers
     * @returns the first sequence number after the start
     */
    const restartOurs = async (forward = 0): Promise<number> => {
      const killed = Date.now();
      ripd.daemon.kill();
      await ripd.daemon.exited;
      for (const name of forward > 0 ? readdirSync(ripd.stateDirectory) : []) {
        const file = join(ripd.stateDirectory, name);
        writeFileSync(file, `${Number(readFileSync(file, 'utf8')) + forward}\n`);
      }
      ripd = await RipdRouter.start(ours, lab.directory, ripdConfiguration);
      const restarted = Date.now();
      await until('BIRD accepts what we send', CONVERGENCE_MS, async () => {
        const neighbors = await birdRouter.show('rip neighbors');
        const [, seen] = /^10\.0\.2\.1 .* ([\d.]+)$/m.exec(neighbors) ?? [];
        return Number(seen) * 1000 < Date.now() - restarted;
      });
      await captured(birdRay.ours, killed, 1);
      return sequenceOf(signedAfter(birdRay.ours, killed)[0]);
    };
    const allRouted = async (): Promise<void> => {
      await untilRouted(ours, frrRay.stub, [frrRay.theirs], CONVERGENCE_MS);
      await untilRouted(ours, birdRay.stub, [birdRay.theirs], CONVERGENCE_MS);
      await untilRouted(lab.node('bird'), frrRay.stub, [birdRay.ours], CONVERGENCE_MS);
      await untilRouted(lab.node('frr'), birdRay.stub, [frrRay.ours], CONVERGENCE_MS);
    };

    beforeAll(async () => {
      lab = await NamespaceLab.lay(star(all));
      ours = lab.node(center);
      capture = await Capture.start(ours, lab.directory, frrRay.interface, birdRay.interface);
      frrRouter = await FrrRouter.start(lab.node('frr'), lab.directory, frrConfiguration(manyRoutes));
      birdRouter = await BirdRouter.start(lab.node('bird'), lab.directory, birdConfiguration);
      ripd = await RipdRouter.start(ours, lab.directory, ripdConfiguration);
      await allRouted();
    });
    afterAll(() => lab?.close());

    it('BIRD begins with 0 and goes on with the clock: heard at once, no route is lost', async () => {
      const deletions = watchDeletions(ours);
      const killed = Date.now();
      birdRouter.daemon.kill();
      await birdRouter.daemon.exited;
      birdRouter = await BirdRouter.start(lab.node('bird'), lab.directory, birdConfiguration);
      await accepted(birdRay.theirs, Date.now());
      await captured(birdRay.theirs, killed, 2);
      const [first, second] = signedAfter(birdRay.theirs, killed);
      expect(sequenceOf(first)).toBe(0);
      expect(sequenceOf(second)).toBeGreaterThanOrEqual(sequenceOf(responses(birdRay.theirs, 0)[0]));
      expect(deletions).not.toContain(birdRay.stub);
    });

    it('ours goes on with the clock: BIRD and FRR hear it at once, no route is lost', async () => {
      const [atBird, atFrr] = [watchDeletions(lab.node('bird')), watchDeletions(lab.node('frr'))];
      await restartOurs();
      expect(atBird).not.toContain(frrRay.stub);
      expect(atFrr).not.toContain(birdRay.stub);
      await allRouted();
    });

    it('ours, with a clock that has gone back: goes on from what it remembers, and BIRD refuses nothing', async () => {
      // What the next run signs is ahead of the clock; for the run after it, the clock has gone back.
      const ahead = await restartOurs(1_000);
      const after = await restartOurs();
      expect(after).toBeGreaterThanOrEqual(ahead);
      expect(ahead).toBeGreaterThan(Date.now() / 1000);
      const numbers = signedAfter(birdRay.ours, 0).map(sequenceOf);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      expect(birdRouter.log.filter((line) => /fail|bad/i.test(line))).toEqual([]);
    });

    it('FRR counts from zero: refused until its routes have timed out, then heard though it is still behind', async () => {
      const deletions = watchDeletions(ours);
      await accepted(frrRay.theirs, Date.now());
      const heard = Math.max(...responses(frrRay.theirs, 0).map(sequenceOf));
      const killed = Date.now();
      frrRouter.speaker.kill();
      await frrRouter.speaker.exited;
      await frrRouter.startSpeaker(frrConfiguration([]));
      await until(
        'packets of FRR are refused',
        CONVERGENCE_MS,
        async () => (await replayed(frrRay.theirs)) > 0,
      );
      expect(deletions).not.toContain(frrRay.stub);
      await until('its route has timed out', EXPIRY_MS, () => deletions.includes(frrRay.stub));
      await untilRouted(ours, frrRay.stub, [frrRay.theirs], CONVERGENCE_MS);
      const numbers = responses(frrRay.theirs, killed).map(sequenceOf);
      expect(Math.min(...numbers)).toBeLessThanOrEqual(1);
      expect(Math.max(...numbers)).toBeLessThan(heard);
    });

    it('somebody else, with packets of BIRD of an earlier time, is refused, and its route dies', async () => {
      const deletions = watchDeletions(ours);
      const old = responses(birdRay.theirs, 0).find(({ entries }) =>
        entries.some(({ metric }) => metric < 16),
      );
      expect(old).toBeDefined();
      birdRouter.daemon.kill();
      await birdRouter.daemon.exited;
      const before = await replayed(birdRay.theirs);
      const speaker = await Speaker.open(lab.node('bird'), peerInterface);
      let sent = 0;
      await until('the route dies while its packet is sent again and again', EXPIRY_MS, async () => {
        if (deletions.includes(birdRay.stub)) return true;
        speaker.send(old?.bytes ?? new Uint8Array());
        sent += 1;
        if (sent === 10) expect(await replayed(birdRay.theirs)).toBeGreaterThan(before);
        return false;
      });
      await speaker.close();
      expect(sent).toBeGreaterThan(10);
    });
  },
);
