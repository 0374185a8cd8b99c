/**
 * Tells the operator of what the clock does to a key chain: another key is sent, the last one is about to end, it has
 * ended. RFC 4822 §5.1.
 *
 * Before: `Router` looks when `nextKeyChange` is due. After: its reports become log lines.
 */
import type { Millis } from '../time.ts';
import type { Report } from '../vocabulary.ts';
import { type Key, type KeyChain, keyExpiry, sendKey } from './key-chain.ts';

type KeyReport = Extract<Report, { readonly type: 'key-changed' | 'key-expiring' }>;

/** What an interface's operator was told. It survives a reload: only what changes by it is told again. */
export class KeyWatch {
  readonly #interface: string;
  #sent: Key | undefined;
  /** Undefined: of no end that is near. */
  #told: { readonly end: Millis; readonly expired: boolean } | undefined;

  constructor(interfaceName: string) {
    this.#interface = interfaceName;
  }

  /** What is new since the last look. */
  look(chain: KeyChain, wall: Millis): KeyReport[] {
    return [...this.#change(chain, wall), ...this.#expiry(chain, wall)];
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
