import { defineConfig } from 'vitest/config';

// Packages import each other by name. This condition leads to their sources, so that tests need no build.
const conditions = ['ripstop:source', 'module', 'node', 'development|production'];
const source = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };

// Tests that enter network namespaces or run other daemons, in processes of their own. Three files at a time: each has a
// lab of its own, and waits most of the time for timers. Whatever is waited for comes sooner or later: the deadlines are for
// busy machines.
const system = {
  pool: 'forks',
  maxWorkers: 3,
  testTimeout: 90_000,
  hookTimeout: 90_000,
  expect: { poll: { timeout: 30_000 } },
  setupFiles: 'test/setup/swept.ts',
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        ...source,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.netns.test.ts', 'test/interop/**', '**/node_modules/**', '**/dist/**'],
          setupFiles: ['test/setup/silent.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...source,
        test: {
          ...system,
          name: 'namespaces',
          include: ['**/*.netns.test.ts'],
          exclude: ['test/interop/**', '**/node_modules/**', '**/dist/**'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        ...source,
        test: {
          ...system,
          name: 'interop',
          include: ['test/interop/**/*.test.ts'],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
