/** What is unwise about keys: who can read them, what they are worth, when there is none. Before: `file`. */
import {
  acceptedKeys,
  type Key,
  type KeyChain,
  type Lifetime,
  type Millis,
  nextKeyChange,
  sendKey,
} from '@ripstop/rip';
import type { KeySection } from './key.ts';
import { isReadableByAll } from './key-file.ts';
import type { Path } from './place.ts';
import type { FileContents } from './schema.ts';
import type { Warning } from './unwise.ts';

const DAY: Millis = 86_400_000;

/** RFC 2082 §2, RFC 4822 §2.4: the key is these bytes, whatever was configured. */
const MD5_KEY_BYTES = 16;

/**
 * RFC 4822 §2.5 hashes a key that is longer than the digest, RFC 2104 one that is longer than the hash's block. Between the
 * two they differ, and BIRD goes by the latter.
 */
const disputedBytes: Readonly<Record<Key['algorithm'], readonly [digest: number, block: number]>> = {
  'clear-text': [0, 0],
  md5: [0, 0],
  'hmac-sha-1': [20, 64],
  'hmac-sha-256': [32, 64],
  'hmac-sha-384': [48, 128],
  'hmac-sha-512': [64, 128],
};

/** Keys that are used together. */
interface Chain {
  readonly name: string;
  readonly path: Path;
  readonly keys: readonly (KeySection & { readonly path: Path })[];
}

/**
 * @param configurationIsOpen whether every user may read the configuration file
 * @param now wall clock
 */
export function unwiseKeys(file: FileContents, configurationIsOpen: boolean, now: Millis): Warning[] {
  return chainsOf(file).flatMap((chain) => [
    ...chain.keys.flatMap(({ key, file: keyFile, path }) => {
      const isOpen = keyFile === undefined ? configurationIsOpen : isReadableByAll(keyFile.path);
      const texts = isOpen ? [`every user can read the secret in ${keyFile?.path ?? 'this file'}`] : [];
      return [...texts, ...weaknesses(key)].map((text) => ({ path, text: `${nameOf(key)}: ${text}` }));
    }),
    ...sharedIds(chain),
    ...gaps(chain, now),
    ...sentUnaccepted(chain, now),
  ]);
}

function chainsOf(file: FileContents): Chain[] {
  const chains = file['key-chains'].map(({ name, keys }, at): Chain => {
    const path = ['key-chains', at];
    return { name, path, keys: keys.map((key, index) => ({ ...key, path: [...path, 'keys', index] })) };
  });
  const inline = Object.entries(file.rip?.interfaces ?? {}).flatMap(([name, { authentication }]): Chain[] => {
    if (authentication === undefined || !('key' in authentication)) return [];
    const path = ['rip', 'interfaces', name, 'authentication'];
    return [{ name, path, keys: [{ ...authentication.key, path }] }];
  });
  return [...chains, ...inline];
}

function weaknesses({ algorithm, secret }: Key): string[] {
  const { byteLength } = secret;
  const [digest, block] = disputedBytes[algorithm];
  const weaknesses: string[] = [];
  if (algorithm === 'clear-text') {
    weaknesses.push(
      'clear text protects from mistakes, not from attackers: everybody on the link can read it',
    );
  }
  if (algorithm === 'md5') {
    weaknesses.push(
      'MD5 is not recommended any more (RFC 8177 §5), use hmac-sha-256 if all neighbors know it',
    );
    if (byteLength > MD5_KEY_BYTES) {
      weaknesses.push(`only the first ${MD5_KEY_BYTES} bytes of an MD5 key count`);
    }
  }
  if (byteLength > digest && byteLength <= block) {
    weaknesses.push(
      `a key of more than ${digest} and at most ${block} bytes is used in one way by RFC 4822 §2.5 and in another by BIRD`,
    );
  }
  return weaknesses;
}

/** A packet names its key by the number alone. In clear text it names none. */
function sharedIds({ name, keys }: Chain): Warning[] {
  const numbered = keys.filter(({ key }) => key.algorithm !== 'clear-text');
  return numbered.flatMap(({ key, path }, at) => {
    const other = numbered
      .slice(0, at)
      .find(
        ({ key: earlier }) =>
          earlier.id === key.id && (overlap(earlier.send, key.send) || overlap(earlier.accept, key.accept)),
      );
    return other === undefined
      ? []
      : [
          {
            path: [...path, 'key-id'],
            text: `${name} has two keys with the number ${key.id} at the same time`,
          },
        ];
  });
}

/** Times from now on in which there is no key to send. */
function gaps({ name, path, keys }: Chain, now: Millis): Warning[] {
  const lifetimes = keys.map(({ key }) => key.send).sort((a, b) => a.start - b.start);
  const warnings: Warning[] = [];
  let covered = now;
  for (const { start, end } of lifetimes) {
    if (start > covered) {
      const text = `no key of ${name} may be sent from ${instantText(covered)} to ${instantText(start)}`;
      warnings.push({ path, text: `${text}: another one is used meanwhile` });
    }
    covered = Math.max(covered, end);
  }
  if (covered === now) {
    warnings.push({ path, text: `every key of ${name} has expired: the last one goes on being used` });
  } else if (covered - now < DAY) {
    const text = `the last key of ${name} ends at ${instantText(covered)}: it goes on being used then`;
    warnings.push({ path, text });
  }
  return warnings;
}

/** Of each key, the first moment from now on at which it is sent, and routers with the same keys refuse it. */
function sentUnaccepted({ name, keys }: Chain, now: Millis): Warning[] {
  const chain: KeyChain = { name, keys: keys.map(({ key }) => key), md5Length: 16 };
  const warnings = new Map<Key, Warning>();
  for (let moment = now; moment < Number.POSITIVE_INFINITY; moment = nextKeyChange(chain, moment)) {
    const { key } = sendKey(chain, moment);
    if (warnings.has(key) || acceptedKeys(chain, moment).includes(key)) continue;
    const path = keys.find((section) => section.key === key)?.path ?? [];
    const text = `${nameOf(key)} is sent at ${instantText(moment)}, when it is not accepted: routers with these keys refuse each other then`;
    warnings.set(key, { path, text });
  }
  return [...warnings.values()];
}

function overlap(one: Lifetime, other: Lifetime): boolean {
  return one.start < other.end && other.start < one.end;
}

function nameOf({ algorithm, id }: Key): string {
  return algorithm === 'clear-text' ? 'the clear-text key' : `key ${id}`;
}

function instantText(instant: Millis): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}
