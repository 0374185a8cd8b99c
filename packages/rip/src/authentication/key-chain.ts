/**
 * Keys with their lifetimes, and which of them is used when. RFC 8177; RFC 4822 §2.2 (a key is the heart of a security
 * association), §3 and §5.1.
 *
 * Before: the configuration. After: `authenticator`, which signs with `sendKey` and verifies with `acceptedKeys`;
 * `key-watch`, which tells the operator.
 *
 * Invariant: there is always a key to send with and one to accept, whatever the clock says. Without one a router would
 * have to fall silent or to speak without authentication.
 */
import type { Millis } from '../time.ts';

/** How a packet is authenticated: RFC 2453 §4.1 (clear-text), RFC 4822 §2.4 (md5), RFC 4822 §2.5 (hmac-*). */
export type CryptoAlgorithm =
  | 'clear-text'
  | 'md5'
  | 'hmac-sha-1'
  | 'hmac-sha-256'
  | 'hmac-sha-384'
  | 'hmac-sha-512';

/** A span of wall-clock time; the end is exclusive. One that ends when it starts holds no moment: never. */
export interface Lifetime {
  readonly start: Millis;
  readonly end: Millis;
}

export const always: Lifetime = { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY };

export interface Key {
  /** 0–255. Of a clear-text key it means nothing. */
  readonly id: number;
  readonly algorithm: CryptoAlgorithm;
  /** At least one byte; of a clear-text key at most 16 (RFC 2453 §4.1). */
  readonly secret: Uint8Array;
  readonly send: Lifetime;
  readonly accept: Lifetime;
}

export interface KeyChain {
  readonly name: string;
  /** At least one, in the order of the configuration. At least one may be sent at some time, one accepted at some time. */
  readonly keys: readonly Key[];
  /** Written as the data length of an MD5 packet: 16 (RFC 4822 §2.1) or 20, with the trailer's head. Both are accepted. */
  readonly md5Length: 16 | 20;
}

/** Where the clock stands to a lifetime. */
type Validity = 'early' | 'valid' | 'expired';

/** The key that packets are signed with. */
export interface SendKey {
  readonly key: Key;
  /**
   * expired: every key of the chain has ended, and the one that ended last is used on (RFC 4822 §5.1). early: no key
   * has started yet, as on a router that has booted without a battery clock, and the first that will is used.
   */
  readonly validity: Validity;
}

/** When a chain runs out of keys. */
export interface KeyExpiry {
  /** The last that may be sent. */
  readonly key: Key;
  /** When the operator is to be warned: a day before the end, or half of the key's lifetime if that is less. */
  readonly warning: Millis;
  readonly end: Millis;
}

const day: Millis = 86_400_000;

/**
 * The key to sign with: of those valid for sending the one that started last, then the first listed (RFC 8177 §2.2).
 * If none is valid any more, the one that ended last; if none is valid yet, the one that starts first.
 * @throws Error if no key of the chain may ever be sent: the configuration is not checked
 */
export function sendKey({ name, keys }: KeyChain, wall: Millis): SendKey {
  const usable = keys.filter(({ send }) => !isNever(send));
  const at = (validity: Validity): Key[] => usable.filter(({ send }) => validityOf(send, wall) === validity);
  const valid = greatest(at('valid'), ({ send }) => send.start);
  if (valid !== undefined) return { key: valid, validity: 'valid' };
  const expired = lastToEnd(at('expired'));
  if (expired !== undefined) return { key: expired, validity: 'expired' };
  const early = greatest(usable, ({ send }) => -send.start);
  if (early === undefined) throw new Error(`Key chain ${name} has no key that may ever be sent`);
  return { key: early, validity: 'early' };
}

/**
 * The keys that a packet may be signed with. If none is valid any more, those that ended last: the neighbors are as far
 * behind with their new keys as we are, and go on with the old one (RFC 4822 §5.1). If none is valid yet, those that
 * start first. Never empty.
 */
export function acceptedKeys({ keys }: KeyChain, wall: Millis): readonly Key[] {
  const usable = keys.filter(({ accept }) => !isNever(accept));
  const at = (validity: Validity): Key[] =>
    usable.filter(({ accept }) => validityOf(accept, wall) === validity);
  const valid = at('valid');
  if (valid.length > 0) return valid;
  const expired = at('expired');
  if (expired.length > 0) {
    const end = Math.max(...expired.map(({ accept }) => accept.end));
    return expired.filter(({ accept }) => accept.end === end);
  }
  const start = Math.min(...usable.map(({ accept }) => accept.start));
  return usable.filter(({ accept }) => accept.start === start);
}

/** Undefined: some key may be sent forever. */
export function keyExpiry({ keys }: KeyChain): KeyExpiry | undefined {
  const key = lastToEnd(keys.filter(({ send }) => !isNever(send)));
  if (key === undefined || key.send.end === Number.POSITIVE_INFINITY) return undefined;
  const { start, end } = key.send;
  return { key, end, warning: end - Math.min(day, (end - start) / 2) };
}

/**
 * The next moment on the wall clock at which another key is sent or accepted, or at which the operator is to be told
 * something. Infinity: never.
 */
export function nextKeyChange(chain: KeyChain, wall: Millis): Millis {
  const bounds = chain.keys.flatMap(({ send, accept }) => [send.start, send.end, accept.start, accept.end]);
  const warning = keyExpiry(chain)?.warning ?? Number.POSITIVE_INFINITY;
  return [...bounds, warning].reduce(
    (next, moment) => (moment > wall && moment < next ? moment : next),
    Number.POSITIVE_INFINITY,
  );
}

/** Whether a lifetime holds no moment at all: a key that is only accepted has such a one for sending (RFC 8177 §3). */
export function isNever({ start, end }: Lifetime): boolean {
  return end <= start;
}

function validityOf({ start, end }: Lifetime, wall: Millis): Validity {
  if (wall < start) return 'early';
  return wall < end ? 'valid' : 'expired';
}

/** Of those that end at the same time the one that started last, then the first listed. */
function lastToEnd(keys: readonly Key[]): Key | undefined {
  const end = Math.max(...keys.map(({ send }) => send.end));
  return greatest(
    keys.filter(({ send }) => send.end === end),
    ({ send }) => send.start,
  );
}

/** The first of those with the greatest rank. */
function greatest(keys: readonly Key[], rank: (key: Key) => number): Key | undefined {
  let best: Key | undefined;
  for (const key of keys) if (best === undefined || rank(key) > rank(best)) best = key;
  return best;
}
