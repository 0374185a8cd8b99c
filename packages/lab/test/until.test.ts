import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { until } from '../src/until.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('until', () => {
  it('asks again until there is an answer, and returns it', async () => {
    const answers = [undefined, false, 0];
    const answer = until('a number', 1000, () => answers.shift());
    await vi.runAllTimersAsync();
    expect(await answer).toBe(0);
  });

  it('gives up at the deadline and says what it waited for', async () => {
    let asked = 0;
    const answer = until('the moon is blue', 1000, async () => {
      asked += 1;
      return await Promise.resolve(false);
    });
    const outcome = expect(answer).rejects.toThrow('Not within 1000 ms: the moon is blue');
    await vi.runAllTimersAsync();
    await outcome;
    expect(asked).toBeGreaterThan(10);
  });

  it('asks once even without time', async () => {
    expect(await until('now', 0, () => 'yes')).toBe('yes');
  });

  it('does not hide an error', async () => {
    const failing = until('anything', 1000, () => {
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
  });
});
