/**
 * All that the fib knows of a prefix, in one place: it is looked up once by its text, and from then on passed from hand to
 * hand. Before and after this file: `fib.ts`, and its parts, of which each writes its own members.
 *
 * Invariant: there is an entry as long as something is known of a prefix, and no longer.
 */
import type { Prefix } from '@ripstop/wire';
import { emptySlot, type RouteSlot } from '../kernel/kernel-route.ts';
import type { WantedRoute } from './wanted-route.ts';

export interface FibEntry {
  readonly prefix: Prefix;
  /** What the kernel has in our place (`kernel-table.ts`). */
  slot: RouteSlot;
  /** Changes that we have asked for and were not told of yet (`kernel-table.ts`). */
  expected: number;
  /** What the router wants; undefined: nothing (`wanted-routes.ts`). */
  wanted: WantedRoute | undefined;
  /** To be planned (`agenda.ts`). */
  isPlanned: boolean;
  /** We have, or had at start, a route there. What others add with our protocol elsewhere is theirs (`fib.ts`). */
  isHeld: boolean;
}

export class FibEntries {
  readonly #entries = new Map<Prefix, FibEntry>();

  [Symbol.iterator](): IterableIterator<FibEntry> {
    return this.#entries.values();
  }

  get size(): number {
    return this.#entries.size;
  }

  find(prefix: Prefix): FibEntry | undefined {
    return this.#entries.get(prefix);
  }

  /** The entry of a prefix, be it a new one. */
  at(prefix: Prefix): FibEntry {
    const known = this.#entries.get(prefix);
    if (known !== undefined) return known;
    const entry: FibEntry = {
      prefix,
      slot: emptySlot,
      expected: 0,
      wanted: undefined,
      isPlanned: false,
      isHeld: false,
    };
    this.#entries.set(prefix, entry);
    return entry;
  }

  /** Forgets an entry of which nothing is known any more. */
  release({ prefix, slot, expected, wanted, isPlanned, isHeld }: FibEntry): void {
    if (slot.length === 0 && expected === 0 && wanted === undefined && !isPlanned && !isHeld)
      this.#entries.delete(prefix);
  }
}
