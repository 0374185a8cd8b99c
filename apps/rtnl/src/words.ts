/** The words behind OBJECT and COMMAND, read from left to right as `ip` reads them: `10.0.0.0/8 via 10.0.1.1 dev eth0`. */
import { type NameKind, numberOfName } from '@ripstop/socket';
import { type Address, type AddressFamily, addressFamily, parseAddress } from '@ripstop/wire';
import { type InterfaceAddress, interfaceAddressOf } from './address-notation.ts';
import { CommandError } from './command.ts';
import { wholeNumber } from './numerals.ts';

const HIGHEST64 = 0xffff_ffff_ffff_ffffn;

/** Of which family an address must be. */
export type WantedFamily = AddressFamily | 'any';

const expected: Readonly<Record<WantedFamily, string>> = { ipv4: 'IPv4', ipv6: 'IPv6', any: 'IP' };

export class Words {
  readonly #words: readonly string[];
  readonly #family: WantedFamily;
  #next = 0;

  /** @param family of all addresses, but for those whose family other words say: `-4`, `-6` */
  constructor(words: readonly string[], family: WantedFamily = 'any') {
    this.#words = words;
    this.#family = family;
  }

  /** The next word, without taking it; undefined at the end. */
  get peek(): string | undefined {
    return this.#words[this.#next];
  }

  /** Takes the next word. */
  take(): string | undefined {
    const word = this.peek;
    if (word !== undefined) this.#next += 1;
    return word;
  }

  /** Takes the next word if it is one of these. */
  takeIf(...keywords: readonly string[]): boolean {
    if (this.peek === undefined || !keywords.includes(this.peek)) return false;
    this.#next += 1;
    return true;
  }

  /** Takes all that are left. */
  rest(): readonly string[] {
    const rest = this.#words.slice(this.#next);
    this.#next = this.#words.length;
    return rest;
  }

  /** Takes the word that must follow. @throws CommandError */
  value(of: string): string {
    const word = this.take();
    if (word === undefined) throw new CommandError(`${of}: a value is missing`);
    return word;
  }

  /** Takes a whole number, decimal or 0x…, from `lowest` to `highest`. @throws CommandError */
  number(of: string, lowest = 0, highest = 0xffff_ffff): number {
    const word = this.value(of);
    const number = wholeNumber(word);
    if (number !== undefined && number >= lowest && number <= highest) return number;
    throw new CommandError(`${of}: a number from ${lowest} to ${highest} expected, got "${word}"`);
  }

  /** Takes a whole number of up to 64 bits, decimal or 0x…. @throws CommandError */
  number64(of: string): bigint {
    const word = this.value(of);
    const number = wholeNumber(word) === undefined ? undefined : BigInt(word);
    if (number !== undefined && number <= HIGHEST64) return number;
    throw new CommandError(`${of}: a number from 0 to ${HIGHEST64} expected, got "${word}"`);
  }

  /** Takes a name that iproute2 knows, or its number up to `highest`. @throws CommandError */
  named(of: string, kind: NameKind, highest: number): number {
    const known = numberOfName(kind, this.peek ?? '');
    if (known === undefined) return this.number(of, 0, highest);
    this.take();
    return known;
  }

  /** Takes an IP address. @throws CommandError */
  address(of: string, family = this.#family): Address {
    const word = this.value(of);
    const address = parseAddress(word);
    if (address !== undefined && isOf(family, address)) return address;
    throw new CommandError(`${of}: an ${expected[family]} address expected, got "${word}"`);
  }

  /** Takes ADDRESS/LENGTH; without a length it is a host's. @throws CommandError */
  interfaceAddress(of: string, family = this.#family): InterfaceAddress {
    const word = this.value(of);
    const parsed = interfaceAddressOf(word);
    if (parsed !== undefined && isOf(family, parsed.address)) return parsed;
    const which = family === 'any' ? '' : `${expected[family]} `;
    throw new CommandError(`${of}: ${which}ADDRESS/LENGTH expected, got "${word}"`);
  }

  /** Takes `inet` or `inet6`, which an address may have before it. */
  family(): WantedFamily {
    if (this.takeIf('inet')) return 'ipv4';
    return this.takeIf('inet6') ? 'ipv6' : this.#family;
  }

  /** Takes `on` or `off`. @throws CommandError */
  onOff(of: string): boolean {
    return this.oneOf(of, ['on', 'off']) === 'on';
  }

  /** Takes one of these words. @throws CommandError */
  oneOf<const Word extends string>(of: string, choices: readonly Word[]): Word {
    const word = this.value(of);
    const chosen = choices.find((choice) => choice === word);
    if (chosen !== undefined) return chosen;
    const others = choices.slice(0, -1).join(', ');
    throw new CommandError(`${of}: ${others} or ${choices.at(-1)} expected, got "${word}"`);
  }

  /** Nothing may be left. @throws CommandError */
  end(): void {
    if (this.peek !== undefined) throw new CommandError(`"${this.peek}" is not understood here`);
  }
}

function isOf(family: WantedFamily, address: Address): boolean {
  return family === 'any' || addressFamily(address) === family;
}
