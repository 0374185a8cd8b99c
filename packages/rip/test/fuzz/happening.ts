/**
 * One input of the fuzz of `Router.step`, and a row of them as text: what once failed is kept in `corpus` as such a row, one
 * input a line, so that it means the same whatever becomes of the generator.
 */
import type { Event, Millis, RouterConfiguration } from '../../src/index.ts';

export type Happening =
  /** The process starts, also again after a crash: nothing is known but the sequence number that was reserved. */
  | { readonly start: RouterConfiguration }
  | { readonly event: Event }
  /** Time passes; the router is woken at each of its deadlines. */
  | { readonly pass: Millis }
  /** Time passes, and nobody wakes the router: the host is busy or suspended. */
  | { readonly sleep: Millis }
  /** The wall clock is set. */
  | { readonly jump: Millis };

export function textOf(happenings: readonly Happening[]): string {
  return happenings.map((happening) => JSON.stringify(happening, plain)).join('\n');
}

/** @throws SyntaxError if a line is not JSON */
export function happeningsOf(text: string): Happening[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line, special) as Happening);
}

/** JSON knows neither bytes nor infinity. */
function plain(_key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: Buffer.from(value).toString('hex') };
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

function special(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('hex' in value) return new Uint8Array(Buffer.from(String(value.hex), 'hex'));
  return 'number' in value ? Number(value.number) : value;
}
