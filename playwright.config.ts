// End-to-end tests: the distribution's Chromium against a real server with real machines.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';

const inContainer = ['/.dockerenv', '/run/.containerenv', '/run/systemd/container'].some((file) => existsSync(file));
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  // The checkout may be read-only.
  outputDir: process.env.UNDERHOOD_TEST_OUTPUT ?? join(tmpdir(), `underhood-e2e-${process.getuid?.() ?? 0}`),
  forbidOnly: true,
  // A test that passes on the second try is a broken test.
  retries: 0,
  // Every worker has a server and machines of its own; emulated, one machine keeps a core busy while it works.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
      args: [
        // /dev/shm has 64 MB in most containers.
        '--disable-dev-shm-usage',
        // Nothing that is tested needs the browser to call home.
        '--disable-background-networking',
        '--disable-component-update',
        '--no-first-run',
        // Chromium's own sandbox refuses root, and needs what most containers deny. The pages are our own.
        ...(isRoot || inContainer ? ['--no-sandbox'] : []),
      ],
    },
  },
});
