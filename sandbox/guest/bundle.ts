// Makes the agent's folder for the guest's second disk: one script and node-pty's native part. Runs on the host.
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Writes `agent.mjs` and `pty.node` into `outDir`; the same sources give the same bytes. */
export async function bundleAgent(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
    outfile: join(outDir, 'agent.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    // paths in the output would differ from checkout to checkout
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    logLevel: 'error',
  });
  const require = createRequire(import.meta.url);
  await copyFile(require.resolve('node-pty/build/Release/pty.node'), join(outDir, 'pty.node'));
}
