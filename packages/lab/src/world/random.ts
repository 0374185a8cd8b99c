/**
 * Chance that can be repeated: one seed decides everything that happens in a world.
 *
 * Each part of the world draws from a stream of its own (`Random.named`), so that one packet more on one link does not change the
 * luck of all others.
 */

/** Numbers that look random (mulberry32: 32 bits of state, one multiplication a round). */
export class Random {
  #state: number;

  /** @param seed any whole number; its lowest 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A stream that depends on the seed and this name only, not on what was drawn so far. */
  static named(seed: number, name: string): Random {
    return new Random(hash(name, seed));
  }

  /** A whole number, both ends included. */
  whole(lowest: number, highest: number): number {
    return lowest + Math.floor(this.next() * (highest - lowest + 1));
  }

  between(lowest: number, highest: number): number {
    return lowest + this.next() * (highest - lowest);
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** @throws RangeError of an empty list */
  pick<Item>(items: readonly Item[]): Item {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.whole(0, items.length - 1)] as Item;
  }

  /** In another order. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const result = [...items];
    for (let at = result.length - 1; at > 0; at -= 1) {
      const other = this.whole(0, at);
      [result[at], result[other]] = [result[other] as Item, result[at] as Item];
    }
    return result;
  }
}

/** 32 bits of a text (FNV-1a). @param start the hash of what came before it */
export function hash(text: string, start = 0x811c9dc5): number {
  let sum = start >>> 0;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return sum;
}
