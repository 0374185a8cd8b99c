/**
 * Authentication data that others have computed: OpenSSL by its command line, BIRD 2.0.12 and ripd of FRR 8.4.4 on the
 * wire (captured on Debian 12 with tshark, one response each).
 */
import { hex } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { systemDigest } from '../../../router/src/digest.ts';
import { Authenticator } from '../../src/authentication/authenticator.ts';
import type { CryptoAlgorithm } from '../../src/authentication/key-chain.ts';
import { at, authenticator, bytesOf, chain, key, plain, today, verdict } from './signing.ts';

const sequence = 0x65a0_b0c0;

/** Bytes of data that key 1 puts under the response with 10.1.2.0/24. */
function dataOf(algorithm: CryptoAlgorithm, secret: string, md5Length: 16 | 20 = 16): string {
  const signer = new Authenticator({ ...chain(key({ algorithm, secret })), md5Length }, systemDigest);
  return hex(signer.authenticate(plain, sequence, today).subarray(48));
}

const letters = (count: number): string => 'K'.repeat(count);

/**
 * Made by OpenSSL 3.0.19 of the message, in which NN is the data length:
 * M=02020000ffff0003002c01NN65a0b0c00000000000000000000200000a010200ffffff000000000000000003ffff0001
 */
describe('OpenSSL', () => {
  // K: the secret in hexadecimal, filled up with zeros to 16 bytes. echo -n $M$K | xxd -r -p | openssl dgst -md5
  test.each([
    ['secret', 16, '02d1b146e4cddd44740518e795d7e4d4'],
    ['secret', 20, '038102916efd66711a35ddaeb61d0482'],
    ['0123456789abcdef', 16, '1fd4a02d8c6da3fa4beeb57564def6af'],
  ] as const)(
    '4822 §2.4: signs with MD5 over the packet, its trailer and the key padded to 16 bytes',
    (...row) => {
      const [secret, length, expected] = row;
      expect(dataOf('md5', secret, length)).toBe(expected);
    },
  );

  // A: 878fe1f3 as often as it fits the digest. echo -n $M$A | xxd -r -p | openssl dgst -sha1 -mac HMAC -macopt hexkey:$K
  // with K the secret in hexadecimal, or its digest if it is longer: echo -n $SECRET | openssl dgst -sha1
  test.each([
    ['hmac-sha-1', 'secret', 'c164791e92200ee0fe163fa495dfbf17d41114fd'],
    ['hmac-sha-1', letters(20), '502ff855e27712f50c84208a4f4a12ca65368a41'],
    ['hmac-sha-1', letters(21), '53d93c857ccb28ee30b1bc80bc349075576edde3'],
    ['hmac-sha-1', letters(64), 'b2e200616ad88938c8776fe5f2e1e27593260dd6'],
    ['hmac-sha-1', letters(65), '05acdcbe3444820d02a56c691f02f7509b890b1d'],
    ['hmac-sha-256', 'secret', 'ad5e09a6cea2f735dfb50cdbe32dcf59dd238af2dd6e98aca6e2f20f540adc3a'],
    ['hmac-sha-256', letters(32), 'd7c4dbf41dd2a0090886348653bbce998886973e22525558f4c739860f17e8bd'],
    ['hmac-sha-256', letters(33), 'd7bc1ffea451df3634a6113b09dcce5977aeb01d4a4152b950b99bb002ce361c'],
    ['hmac-sha-256', letters(64), '505aa7e9820b37ecbbbaeb3e0c4491597bab0d0621f566cb4766f4e7d7cfbb48'],
    ['hmac-sha-256', letters(65), '3d520730ee48374c45d72096c96e652d3c678932ac07ee9337e491934c967b11'],
    [
      'hmac-sha-384',
      'secret',
      '6997f709c2312250775e6b2f6a7900cd92a7cfe3949d49223bcb8aba0e191ec27c85165c6b46d4ae1c550b4ae961c6fd',
    ],
    [
      'hmac-sha-384',
      letters(48),
      '38f55307329d918241208bb57301ee18191f6e1ffbdc6b865645e83908f856c76ab7a9e439b2192b2ad83a7ea579df9d',
    ],
    [
      'hmac-sha-384',
      letters(49),
      '6a9dd63deb7befde8415311cd967933599899891a1854b31ad0f0bdd516d1ba39288319f82dd274cccbe5ce74b20426f',
    ],
    [
      'hmac-sha-384',
      letters(129),
      '5dfadacef2f296a3aec0e627d689147848dc23c826620982faa57e603c00c20741d8d204ecd839c67c04e1d5113fb1f8',
    ],
    [
      'hmac-sha-512',
      'secret',
      '2d5ee8a16525159d078e262eab11879bfd9035eba7f29c43a02a400e6cb795732ec675979cb3a7b8c61ea7288b0cfbcbbaf2d82d074170b2f1f9ec386721dcbc',
    ],
    [
      'hmac-sha-512',
      letters(64),
      'c6a585040b50d8f6ee6f0a4b188002e053d839b54ffd66d598edec01853f267ba085b07df9f4a2bce16af5f40973e5cd57540f8f4ff83ad5d15ecc9a0f8d8bd0',
    ],
    [
      'hmac-sha-512',
      letters(65),
      'a35e496cbe417ac2a1464eaf3e8e2b2eeceb61e3d943a67188d920d22067a9d915df467baf712e24b4f2b33606f5dc10f21008ee26a951df369135661a27ad3d',
    ],
    [
      'hmac-sha-512',
      letters(129),
      '109c71d470587cd6c35f156920d980077ba4a34bed42f6b0bcee2b2ab89373d5b163ad67b719135cf965002c50f961678b1acb8374da4584caf222a6945458b4',
    ],
  ] as const)(
    '4822 §2.5: signs with HMAC over the packet with 878FE1F3 in the place of the digest',
    (algorithm, secret, expected) => {
      expect(dataOf(algorithm, secret)).toBe(expected);
    },
  );
});

/** 10.1.0.0/16 and 10.2.3.0/24 with metric 1. */
const birdEntries = '000200000a010000ffff00000000000000000001000200000a020300ffffff000000000000000001';
/** 10.2.3.0/24 with metric 1. */
const frrEntries = '000200000a020300ffffff000000000000000001';

const digitsAndLetters = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

interface Capture {
  readonly algorithm: CryptoAlgorithm;
  readonly secret: string;
  readonly id: number;
  readonly packet: string;
}

const bird: readonly Capture[] = [
  {
    algorithm: 'clear-text',
    secret: 'secret',
    id: 0,
    packet: `02020000ffff000273656372657400000000000000000000${birdEntries}`,
  },
  {
    algorithm: 'md5',
    secret: 'secret',
    id: 7,
    packet: `02020000ffff0003004007146b019ae60000000000000000${birdEntries}ffff0001647eecac51fa4e39f124e30f7980a77a`,
  },
  {
    algorithm: 'md5',
    secret: '0123456789abcdefghij',
    id: 11,
    packet: `02020000ffff000300400b146b019af80000000000000000${birdEntries}ffff000164e28c58cceaefc596e0a0cda962426f`,
  },
  {
    algorithm: 'hmac-sha-1',
    secret: 'secret',
    id: 1,
    packet: `02020000ffff0003004001146b019ae50000000000000000${birdEntries}ffff00019753d0feb340704b5bb9c3e8d1c2355d4f6cec71`,
  },
  {
    algorithm: 'hmac-sha-1',
    secret: '01234567890123456789',
    id: 5,
    packet: `02020000ffff0003004005146b019aef0000000000000000${birdEntries}ffff00011501c2e26ab39d82ad4080df61ec73d2fe69867a`,
  },
  {
    algorithm: 'hmac-sha-1',
    secret: `${digitsAndLetters}${digitsAndLetters}`,
    id: 8,
    packet: `02020000ffff0003004008146b019af70000000000000000${birdEntries}ffff00018be1392666c265a268d8fbf1edc1bddf2fbbe621`,
  },
  {
    algorithm: 'hmac-sha-256',
    secret: 'secret',
    id: 2,
    packet: `02020000ffff0003004002206b019ae50000000000000000${birdEntries}ffff00014b91853ab491458ce5c6723813b6b94854e8253be6d34294a6e17bac0c55d6d2`,
  },
  {
    algorithm: 'hmac-sha-384',
    secret: 'secret',
    id: 3,
    packet: `02020000ffff0003004003306b019aee0000000000000000${birdEntries}ffff0001e7e3f55ed1c14cc68a9a9e5409b17312169ee777a1b169c514e959c4c79706a9372401226dd2fdc7fbd2358a9a8c95cb`,
  },
  {
    algorithm: 'hmac-sha-512',
    secret: 'secret',
    id: 4,
    packet: `02020000ffff0003004004406b019aef0000000000000000${birdEntries}ffff0001e3b06bdda796c8c8455de390e6dbaec6d899c251875aa9c23a93bc212ee3db8ed3e032ae1b7aa6332f206780e7b601640f9da31402252b5e2c5d1c21b1049d6f`,
  },
];

const frr: readonly Capture[] = [
  {
    algorithm: 'clear-text',
    secret: 'secret',
    id: 0,
    packet: `02020000ffff000273656372657400000000000000000000${frrEntries}`,
  },
  // ip rip authentication mode md5 auth-length rfc, with a key chain
  {
    algorithm: 'md5',
    secret: 'secret',
    id: 7,
    packet: `02020000ffff0003002c0710000000010000000000000000${frrEntries}ffff0001aeabacbc853405637dd090e2f82460cc`,
  },
  // ip rip authentication mode md5 auth-length old-ripd, with a string
  {
    algorithm: 'md5',
    secret: '0123456789abcdef',
    id: 1,
    packet: `02020000ffff0003002c0114000000010000000000000000${frrEntries}ffff00016146b2e51784bce819e4d3d1670a370a`,
  },
];

describe.each([
  ['BIRD 2.0.12', bird, birdEntries],
  ['ripd of FRR 8.4.4', frr, frrEntries],
] as const)('%s', (_, captures, entries) => {
  const rows = captures.map((capture) => [capture.algorithm, capture] as const);

  test.each(rows)('%s verifies as it was sent', (algorithm, { secret, id, packet }) => {
    const verifier = authenticator(key({ algorithm, secret, id }));
    expect(verdict(verifier, bytesOf(packet))).toEqual(bytesOf(entries));
  });

  test.each(rows)('%s is what we send, byte for byte', (algorithm, { secret, id, packet }) => {
    const captured = bytesOf(packet);
    const md5Length = captured[11] === 20 ? 20 : 16;
    const signer = new Authenticator({ ...chain(key({ algorithm, secret, id })), md5Length }, systemDigest);
    const sent = signer.authenticate(
      bytesOf(`02020000${entries}`),
      new DataView(captured.buffer).getUint32(12),
      today,
    );
    expect(hex(sent)).toBe(packet);
  });
});

test('4822 §2.5: hashes an HMAC key that is longer than the digest', () => {
  const id = 6;
  const secret = digitsAndLetters.slice(0, 30);
  const packet = bytesOf(
    `02020000ffff0003004006146b019aee0000000000000000${birdEntries}ffff0001049adbf25a5d4b9772b142e0f7947b4b978b345b`,
  );
  const verifier = authenticator(key({ algorithm: 'hmac-sha-1', secret, id }));
  expect(verifier.verify(packet, undefined, at(today))).toMatchObject({ reason: 'authentication-failed' });
  // The digest is RFC 2104's: with the secret as it is, filled up to the block.
  packet.set(bytesOf('878fe1f3 878fe1f3 878fe1f3 878fe1f3 878fe1f3'), 68);
  const data = systemDigest.hmac('sha-1', new TextEncoder().encode(secret), packet);
  expect(hex(data)).toBe('049adbf25a5d4b9772b142e0f7947b4b978b345b');
});
