/** What is left behind by a program that is stopped: nothing. */
import { afterEach, expect, test, vi } from 'vitest';
import { onExit } from '../src/exit-hook.ts';

const signal = 'SIGINT';

afterEach(() => void vi.restoreAllMocks());

test('a signal that comes again while things are released does not end the process halfway', () => {
  const hooks = () => process.listeners(signal);
  const others = hooks();
  const ours = () => hooks().filter((hook) => !others.includes(hook));
  const seen: string[] = [];
  vi.spyOn(process, 'kill').mockImplementation((_, name) => {
    seen.push(`${name}, hooks: ${ours().length}`);
    return true;
  });
  onExit(() => seen.push(`released, hooks: ${ours().length}`));
  for (const stop of ours()) stop(signal);
  expect(seen).toEqual(['released, hooks: 1', 'SIGINT, hooks: 0']);
});
