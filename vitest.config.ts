import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'test/**/*.test.ts',
      'demo/**/*.test.ts',
      'web/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    globalSetup: ['test/support/cluster.ts'],
    testTimeout: 60_000,
    hookTimeout: 240_000,
    // One more than the cores of a small machine: tests wait for databases, browsers and processes.
    maxWorkers: 3,
  },
});
