/**
 * Virtual time: what is to happen, and when. Nothing waits; whoever asks for the next thing makes the time go by.
 *
 * Before this file: everything in the world that does something later. After it: `world.ts`, which takes one thing
 * after the other.
 *
 * Invariants: time never goes back. Things of one moment happen in the order in which they were asked for. All times are
 * whole ticks: so sums and differences of them are exact, and what is due is due on every clock that began at some other tick.
 */
import type { Millis } from '@ripstop/rip';

/** Something that will happen, unless it is called off. */
export interface Appointment {
  readonly at: Millis;
  readonly order: number;
  /** Undefined: called off, or has happened. */
  what: (() => void) | undefined;
}

/** In a millisecond: a power of two, so that nothing is lost in a floating-point number. */
const TICKS_PER_MILLISECOND = 1024;

/** The first tick that is not before a time. */
export function tickAfter(time: Millis): Millis {
  return Math.ceil(time * TICKS_PER_MILLISECOND) / TICKS_PER_MILLISECOND;
}

export class Timeline {
  #now: Millis = 0;
  #appointments = 0;
  /** A binary heap: each is no later than the two at twice its place. */
  readonly #heap: Appointment[] = [];

  get now(): Millis {
    return this.#now;
  }

  /** When the next thing happens; Infinity: never. */
  get next(): Millis {
    while (this.#heap.length > 0 && this.#heap[0]?.what === undefined) this.#takeFirst();
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** @param at a time that has passed means: as soon as what is due before it is done */
  at(at: Millis, what: () => void): Appointment {
    const appointment: Appointment = {
      at: Math.max(tickAfter(at), this.#now),
      order: this.#appointments,
      what,
    };
    this.#appointments += 1;
    this.#add(appointment);
    return appointment;
  }

  /** After everything that is due now. */
  soon(what: () => void): Appointment {
    return this.at(this.#now, what);
  }

  callOff(appointment: Appointment): void {
    appointment.what = undefined;
  }

  /** Makes the time of the next thing now, and lets it happen. */
  step(): void {
    if (this.next === Number.POSITIVE_INFINITY) return;
    const { at, what } = this.#takeFirst();
    this.#now = at;
    what?.();
  }

  /** Nothing may be due before `now`. */
  passTo(now: Millis): void {
    this.#now = Math.max(this.#now, tickAfter(now));
  }

  #add(appointment: Appointment): void {
    let place = this.#heap.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = this.#heap[above] as Appointment;
      if (!isBefore(appointment, other)) break;
      this.#heap[place] = other;
      place = above;
    }
    this.#heap[place] = appointment;
  }

  #takeFirst(): Appointment {
    const first = this.#heap[0] as Appointment;
    const last = this.#heap.pop() as Appointment;
    const { length } = this.#heap;
    if (length === 0) return take(first);
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= length) break;
      if (
        below + 1 < length &&
        isBefore(this.#heap[below + 1] as Appointment, this.#heap[below] as Appointment)
      )
        below += 1;
      const other = this.#heap[below] as Appointment;
      if (!isBefore(other, last)) break;
      this.#heap[place] = other;
      place = below;
    }
    this.#heap[place] = last;
    return take(first);
  }
}

function isBefore(a: Appointment, b: Appointment): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** What happens once cannot be called off any more. */
function take(appointment: Appointment): Appointment {
  const taken = { ...appointment };
  appointment.what = undefined;
  return taken;
}
