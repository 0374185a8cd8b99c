/** Random connected networks: who shares a segment with whom. Before and after this file: `generator.ts`. */
import type { Random } from '../world/random.ts';

/** Numbers of the routers on one segment. */
export type SharedBy = readonly number[];

const shapes: readonly ((count: number, random: Random) => SharedBy[])[] = [
  chain,
  ring,
  tree,
  grid,
  mesh,
  diamonds,
  shared,
];

/** Segments that connect all routers from 0 to `count` - 1; `count` is at least 2. */
export function randomShape(count: number, random: Random): SharedBy[] {
  const segments = random.pick(shapes)(count, random);
  // Some have a way more than their shape says.
  const extra = random.chance(0.3) ? random.whole(1, 3) : 0;
  for (let more = 0; more < extra; more += 1) {
    const [a = 0, b = 1] = random.shuffled(Array.from({ length: count }, (_, at) => at));
    segments.push([a, b]);
  }
  return segments;
}

function chain(count: number): SharedBy[] {
  return Array.from({ length: count - 1 }, (_, at) => [at, at + 1]);
}

function ring(count: number): SharedBy[] {
  return count < 3 ? chain(count) : [...chain(count), [count - 1, 0]];
}

function tree(count: number, random: Random): SharedBy[] {
  return Array.from({ length: count - 1 }, (_, at) => [random.whole(0, at), at + 1]);
}

function grid(count: number, random: Random): SharedBy[] {
  const width = random.whole(2, Math.max(2, Math.ceil(Math.sqrt(count))));
  const segments: SharedBy[] = [];
  for (let at = 1; at < count; at += 1) {
    if (at % width !== 0) segments.push([at - 1, at]);
    if (at >= width) segments.push([at - width, at]);
  }
  return segments;
}

/** A tree with half as many ways again. */
function mesh(count: number, random: Random): SharedBy[] {
  const segments = tree(count, random);
  for (let more = 0; more < count / 2; more += 1) {
    const a = random.whole(0, count - 1);
    const b = random.whole(0, count - 1);
    if (a !== b) segments.push([a, b]);
  }
  return segments;
}

/** Two or three equal ways from one corner to the next. */
function diamonds(count: number, random: Random): SharedBy[] {
  const segments: SharedBy[] = [];
  let corner = 0;
  let next = 1;
  while (next < count) {
    const ways = Math.min(random.whole(2, 3), count - next - 1);
    if (ways < 2) {
      segments.push([corner, next]);
      next += 1;
      continue;
    }
    const far = next + ways;
    for (let middle = next; middle < far; middle += 1) segments.push([corner, middle], [middle, far]);
    corner = far;
    next = far + 1;
  }
  return segments;
}

/** Switches with up to six routers each, every one with a router of the one before. */
function shared(count: number, random: Random): SharedBy[] {
  const segments: SharedBy[] = [];
  for (let next = 1; next < count; ) {
    const size = Math.min(random.whole(1, 5), count - next);
    const members = Array.from({ length: size }, (_, at) => next + at);
    segments.push([random.whole(0, next - 1), ...members]);
    next += size;
  }
  return segments;
}
