/** The words behind OBJECT and COMMAND, read from left to right as `ip` reads them: `10.0.0.0/8 via 10.0.1.1 dev eth0`. */
import { type NameKind, numberOfName } from '@ripstop/socket';
import { type Address, addressBits, addressFamily, parseAddress, parseInterfaceAddress } from '@ripstop/wire';
import { CommandError } from './command.ts';
import { wholeNumber } from './numerals.ts';

/** An address and the length of its network, host bits and all. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly length: number;
}

export class Words {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
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

  /** Takes a name that iproute2 knows, or its number up to `highest`. @throws CommandError */
  named(of: string, kind: NameKind, highest: number): number {
    const known = numberOfName(kind, this.peek ?? '');
    if (known === undefined) return this.number(of, 0, highest);
    this.take();
    return known;
  }

  /** Takes an IP address. @throws CommandError */
  address(of: string): Address {
    const word = this.value(of);
    const address = parseAddress(word);
    if (address === undefined) throw new CommandError(`${of}: an IP address expected, got "${word}"`);
    return address;
  }

  /** Takes ADDRESS/LENGTH; without a length it is a host's. @throws CommandError */
  interfaceAddress(of: string): InterfaceAddress {
    const word = this.value(of);
    const host = parseAddress(word);
    if (host !== undefined) return { address: host, length: addressBits(addressFamily(host)) };
    const parsed = parseInterfaceAddress(word);
    if (parsed === undefined) throw new CommandError(`${of}: ADDRESS/LENGTH expected, got "${word}"`);
    return parsed;
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
