// How the tests run: four projects, from those that need nothing to those that boot machines.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Tests start processes with process.execPath that run .ts files: the machine's own Node may be too old for that.
if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(`run the tests with node_modules/.bin/node (Node 24), not with Node ${process.versions.node}`);
}

const MACHINE_TEST_MS = 120_000;

export default defineConfig({
  // The checkout may belong to somebody else and be read-only: nothing is written into it.
  cacheDir: join(
    process.env.UNDERHOOD_TEST_CACHE ?? join(tmpdir(), `underhood-vitest-${process.getuid?.() ?? 0}`),
    'vite',
  ),
  test: {
    watch: false,
    // A test that passes on the second try is a broken test.
    retry: 0,
    allowOnly: false,
    reporters: ['default'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        extends: true,
        test: {
          name: 'contracts',
          include: ['tests/contracts/**/*.test.ts'],
          testTimeout: MACHINE_TEST_MS,
          hookTimeout: MACHINE_TEST_MS,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'vm',
          include: ['tests/vm/**/*.test.ts'],
          testTimeout: MACHINE_TEST_MS,
          hookTimeout: MACHINE_TEST_MS,
          // Real machines share two cores: one file at a time, or every deadline would measure the neighbours.
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'labs',
          include: ['tests/labs/**/*.test.ts'],
          testTimeout: 2 * MACHINE_TEST_MS,
          hookTimeout: MACHINE_TEST_MS,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
