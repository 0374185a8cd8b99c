/**
 * Tells the operator of what the clock does to a key chain: another key is sent, a key has ended, the last one is about to
 * end or has ended. RFC 4822 §5.1.
 *
 * Before: `Router` looks when `nextKeyChange` is due. After: its reports become log lines.
 */
import type { Millis } from '../time.ts';
import type { Report } from '../vocabulary.ts';
import { isNever, type Key, type KeyChain, keyExpiry, sendKey } from './key-chain.ts';

type KeyReport = Extract<Report, { readonly type: 'key-changed' | 'key-ended' | 'key-expiring' }>;

/** What an interface's operator was told. It survives a reload: only what changes by it is told again. */
export class KeyWatch {
  readonly #interface: string;
  #sent: Key | undefined;
  /** On the wall clock: what had ended before the first look is the configuration's business. */
  #looked: Millis | undefined;
  /** Undefined: of no end that is near. */
  #told: { readonly end: Millis; readonly expired: boolean } | undefined;

  constructor(interfaceName: string) {
    this.#interface = interfaceName;
  }

  /** What is new since the last look. */
  look(chain: KeyChain, wall: Millis): KeyReport[] {
    return [...this.#change(chain, wall), ...this.#ends(chain, wall), ...this.#expiry(chain, wall)];
  }

  /** RFC 4822 §5.1: each expiry is told, of keys that are only accepted, too. */
  #ends({ name, keys }: KeyChain, wall: Millis): KeyReport[] {
    const since = this.#looked ?? wall;
    this.#looked = wall;
    return (['send', 'accept'] as const).flatMap((use) =>
      keys
        .filter((key) => !isNever(key[use]) && since < key[use].end && key[use].end <= wall)
        .map((key) => ({
          type: 'key-ended',
          interface: this.#interface,
          chain: name,
          key: key.id,
          use,
          end: key[use].end,
        })),
    );
  }

  #change(chain: KeyChain, wall: Millis): KeyReport[] {
    const before = this.#sent;
    const { key } = sendKey(chain, wall);
    this.#sent = key;
    if (before?.id === key.id && before.algorithm === key.algorithm) return [];
    return [
      {
        type: 'key-changed',
        interface: this.#interface,
        chain: chain.name,
        key: key.id,
        ...(before === undefined ? {} : { before: before.id }),
      },
    ];
  }

  #expiry(chain: KeyChain, wall: Millis): KeyReport[] {
    const expiry = keyExpiry(chain);
    const told = this.#told;
    this.#told = undefined;
    if (expiry === undefined || wall < expiry.warning) return [];
    const { key, end } = expiry;
    const expired = wall >= end;
    this.#told = { end, expired };
    if (told?.end === end && told.expired === expired) return [];
    return [
      { type: 'key-expiring', interface: this.#interface, chain: chain.name, key: key.id, end, expired },
    ];
  }
}
