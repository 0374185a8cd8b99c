/**
 * Authenticated neighbors around one ripd: every method of FRR and BIRD that we have, each on a link of its own. Judged by
 * all kernel tables, by tshark, and by what the neighbors log.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { Capture, type CapturedAuthentication, type CapturedPacket } from '../kit/capture.ts';
import { FrrRouter } from '../kit/frr.ts';
import { gateways, learnedPrefixes } from '../kit/kernel.ts';
import { bird, frr, installed, tshark } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { center, learnedBy, peerInterface, type Ray, rays, star, stubInterface } from '../kit/star.ts';

/** FRR answers no authenticated request, and its shortest update interval is 5 s. */
const convergence = { timeout: 40_000, interval: 100 };

interface Method {
  readonly name: string;
  readonly ours: Readonly<Record<string, unknown>>;
  /** Lines of FRR, or the algorithm of BIRD. */
  readonly frr?: readonly string[];
  readonly bird?: string;
  readonly secret: string;
  /** Bytes of a digest; undefined: a password. */
  readonly digest?: number;
  /** What we and the peer write as its length, where that is something else. */
  readonly written?: { readonly ours: number; readonly theirs: number };
}

const md5 = { 'key-id': 1, 'crypto-algorithm': 'md5' };
const hmac = (bits: string) => ({ 'key-id': 7, 'crypto-algorithm': `hmac-sha-${bits}` });

const methods: Readonly<Record<string, Method>> = {
  'frr-text': {
    name: 'FRR, clear text',
    ours: { 'crypto-algorithm': 'clear-text' },
    frr: ['mode text'],
    secret: 'sixteen-letters.',
  },
  'frr-rfc': {
    name: 'FRR, MD5, auth-length rfc',
    ours: md5,
    frr: ['mode md5 auth-length rfc'],
    secret: 'short',
    digest: 16,
  },
  'frr-old': {
    name: 'FRR, MD5, auth-length old-ripd',
    ours: { ...md5, 'md5-length': 20 },
    frr: ['mode md5 auth-length old-ripd'],
    secret: 'sixteen-letters.',
    digest: 16,
    written: { ours: 20, theirs: 20 },
  },
  'bird-text': {
    name: 'BIRD, clear text',
    ours: { 'crypto-algorithm': 'clear-text' },
    bird: 'plaintext',
    secret: 'short',
  },
  'bird-md5': {
    name: 'BIRD, MD5',
    ours: md5,
    bird: 'keyed md5',
    secret: 'short',
    digest: 16,
    written: { ours: 16, theirs: 20 },
  },
  'bird-1': {
    name: 'BIRD, HMAC-SHA-1',
    ours: hmac('1'),
    bird: 'hmac sha1',
    secret: 'k'.repeat(20),
    digest: 20,
  },
  'bird-256': {
    name: 'BIRD, HMAC-SHA-256',
    ours: hmac('256'),
    bird: 'hmac sha256',
    secret: 'k'.repeat(32),
    digest: 32,
  },
  'bird-384': {
    name: 'BIRD, HMAC-SHA-384',
    ours: hmac('384'),
    bird: 'hmac sha384',
    secret: 'short',
    digest: 48,
  },
  'bird-512': {
    name: 'BIRD, HMAC-SHA-512',
    ours: hmac('512'),
    bird: 'hmac sha512',
    secret: 'k'.repeat(64),
    digest: 64,
  },
  'bird-block': {
    name: 'BIRD, HMAC-SHA-1 with a key longer than a block',
    ours: hmac('1'),
    bird: 'hmac sha1',
    secret: 'k'.repeat(65),
    digest: 20,
  },
};

/** Longer than the digest, not longer than a block: RFC 4822 hashes such a key, RFC 2104 and BIRD do not. */
const betweenSecret = 'k'.repeat(40);
const between = 'bird-between';

const all = rays([...Object.keys(methods), between]);
const agreeing = all.filter(({ peer }) => peer in methods);
const [disagreeing] = all.filter(({ peer }) => peer === between) as [Ray];
const methodOf = ({ peer }: Ray): Method => methods[peer] as Method;
const named = agreeing.map((ray) => ({ name: methodOf(ray).name, ray }));
const digesting = named.flatMap(({ name, ray }) => {
  const { digest } = methodOf(ray);
  return digest === undefined ? [] : [{ name, ray, digest }];
});

describe.skipIf(!installed('test/interop/authentication.test.ts', frr, bird, tshark))(
  'Authentication',
  () => {
    let lab: NamespaceLab;
    let ripd: RipdRouter;
    let capture: Capture;
    const birds = new Map<string, BirdRouter>();

    async function startPeer({ peer }: Ray): Promise<void> {
      const method = methods[peer];
      const node = lab.node(peer);
      const interfaces = { active: [peerInterface], stubs: [stubInterface] };
      if (method?.frr !== undefined) {
        const mode = method.frr.map((line) => `ip rip authentication ${line}`);
        const options = [...mode, `ip rip authentication string ${method.secret}`];
        await FrrRouter.start(node, lab.directory, {
          ...interfaces,
          options,
          router: ['timers basic 5 60 30'],
        });
        return;
      }
      const { bird: algorithm = 'hmac sha1', secret = betweenSecret } = method ?? {};
      const authentication =
        algorithm === 'plaintext'
          ? ['authentication plaintext', `password "${secret}"`]
          : [
              'authentication cryptographic',
              `password "${secret}" { id ${method?.ours['key-id'] ?? 7}; algorithm ${algorithm}; }`,
            ];
      const options = [...birdTimers(5, 60, 30), ...authentication];
      birds.set(peer, await BirdRouter.start(node, lab.directory, { ...interfaces, options }));
    }

    beforeAll(async () => {
      lab = await NamespaceLab.lay(star(all));
      capture = await Capture.start(lab.node(center), lab.directory, ...all.map((ray) => ray.interface));
      await Promise.all(all.map(startPeer));
      const interfaces = all.map((ray): [string, unknown] => {
        const { ours, secret } = methods[ray.peer] ?? { ours: hmac('1'), secret: betweenSecret };
        return [ray.interface, { authentication: { ...ours, 'key-string': secret } }];
      });
      ripd = await RipdRouter.start(lab.node(center), lab.directory, {
        rip: { timers: { update: 5, timeout: 60 }, interfaces: Object.fromEntries(interfaces) },
      });
    });
    afterAll(() => lab?.close());

    it.each(named)('$name: its network reaches our kernel', async ({ ray }) => {
      await expect.poll(() => gateways(lab.node(center), ray.stub), convergence).toEqual([ray.theirs]);
    });

    it.each(named)('$name: the networks of all others reach its kernel', async ({ ray }) => {
      const expected = learnedBy(ray, agreeing).concat(disagreeing.link);
      await expect
        .poll(async () => new Set(await learnedPrefixes(lab.node(ray.peer))), convergence)
        .toEqual(new Set(expected));
    });

    it('refuses, as BIRD does, a digest of BIRD with a key between digest and block: RFC 4822 is not RFC 2104', async () => {
      await expect
        .poll(async () => (await ripd.neighbor(disagreeing.theirs))?.dropped, convergence)
        .toMatchObject({ 'authentication-failed': expect.any(Number) });
      await expect
        .poll(() => birds.get(between)?.log.join('\n'), convergence)
        .toMatch(/Authentication failed for 10\.0\.\d+\.1 .* wrong authentication code/i);
      expect(await gateways(lab.node(center), disagreeing.stub)).toEqual([]);
      expect(await learnedPrefixes(lab.node(between))).toEqual([]);
    });

    it('is refused by no other neighbor, and refuses nothing but FRR’s request, which has no authentication', async () => {
      for (const [peer, { log }] of birds) {
        if (peer !== between)
          expect(
            log.filter((line) => /bad|fail|mismatch/i.test(line)),
            peer,
          ).toEqual([]);
      }
      const neighbors = await ripd.show('neighbors');
      for (const { interface: name, address, dropped } of neighbors) {
        if (address === disagreeing.theirs) continue;
        const expected = name.startsWith('to-frr') && 'authentication-missing' in dropped;
        expect(Object.keys(dropped), name).toEqual(expected ? ['authentication-missing'] : []);
      }
    });

    describe('on the wire', () => {
      let packets: readonly CapturedPacket[];
      const sentBy = (address: string): CapturedPacket[] =>
        packets.filter(({ source }) => source === address);
      const signedBy = (address: string): CapturedAuthentication[] =>
        sentBy(address).flatMap(({ authentication }) => authentication ?? []);

      beforeAll(async () => {
        packets = await capture.stop();
      });

      it.each(named)('$name: all we send is authenticated, requests too', ({ ray }) => {
        const { ours, secret, digest, written } = methodOf(ray);
        const sent = sentBy(ray.ours);
        expect(new Set(sent.map(({ command }) => command))).toEqual(new Set([1, 2]));
        const expected =
          digest === undefined
            ? { type: 2, password: secret }
            : { type: 3, keyId: ours['key-id'], dataLength: written?.ours ?? digest };
        for (const { authentication } of sent) expect(authentication).toMatchObject(expected);
      });

      it.each(digesting)(
        '$name: our routes end where we say, and the digest ends the packet',
        ({ ray, digest }) => {
          for (const { authentication, bytes } of sentBy(ray.ours)) {
            expect(authentication?.packetLength).toBe(bytes.byteLength - 4 - digest);
            expect(bytes.byteLength).toBeLessThanOrEqual(512);
          }
        },
      );

      it.each(digesting)('$name: writes the length that is expected of it', ({ ray, digest }) => {
        const lengths = signedBy(ray.theirs).map(({ dataLength }) => dataLength);
        expect(new Set(lengths)).toEqual(new Set([methodOf(ray).written?.theirs ?? digest]));
      });

      it.each(digesting)('$name: our sequence numbers never go back', ({ ray }) => {
        const numbers = signedBy(ray.ours).map(({ sequence }) => sequence);
        expect(numbers.length).toBeGreaterThan(1);
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      });

      it.each(named)('$name: the dissector has nothing to complain of that it knows', ({ ray }) => {
        // It reads 16 bytes of a digest, and takes the rest of a longer one for an entry.
        const { digest = 16 } = methodOf(ray);
        const complaints = sentBy(ray.ours).flatMap((packet) => packet.complaints);
        expect(new Set(complaints)).toEqual(new Set(digest > 16 ? ['Unknown address family 65535'] : []));
      });
    });
  },
);
