import { describe, expect, it } from 'vitest';
import { Timeline, tickAfter } from '../../src/world/timeline.ts';

function play(timeline: Timeline): void {
  while (timeline.next < Number.POSITIVE_INFINITY) timeline.step();
}

describe('a timeline', () => {
  it('lets things happen in the order of their times, and those of one moment in the order of asking', () => {
    const timeline = new Timeline();
    const happened: string[] = [];
    for (const [at, name] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [3, 'b'],
      [5, 'e'],
    ] as const)
      timeline.at(at, () => happened.push(`${name}${timeline.now}`));
    play(timeline);
    expect(happened).toEqual(['a1', 'b3', 'c5', 'd5', 'e5']);
  });

  it('keeps its order with a thousand appointments, half of them called off', () => {
    const timeline = new Timeline();
    const happened: number[] = [];
    const expected: number[] = [];
    for (let number = 0; number < 1_000; number += 1) {
      const at = (number * 7_919) % 1_009;
      const appointment = timeline.at(at, () => happened.push(at));
      if (number % 2 === 0) timeline.callOff(appointment);
      else expected.push(at);
    }
    play(timeline);
    expect(happened).toEqual(expected.sort((a, b) => a - b));
  });

  it('does not go back for what is too late', () => {
    const timeline = new Timeline();
    timeline.passTo(10);
    timeline.at(3, () => undefined);
    expect(timeline.next).toBe(10);
  });

  it('does nothing any more that was called off, also not at its very moment', () => {
    const timeline = new Timeline();
    let happened = false;
    const appointment = timeline.at(1, () => {
      happened = true;
    });
    timeline.at(0, () => timeline.callOff(appointment));
    play(timeline);
    expect(happened).toBe(false);
  });

  it('has ticks that no sum or difference changes', () => {
    const start = tickAfter(46_937.123_456);
    const deadline = tickAfter(30_000.1 / 3);
    expect(start + deadline - start).toBe(deadline);
    expect(deadline).toBeGreaterThanOrEqual(30_000.1 / 3);
  });
});
