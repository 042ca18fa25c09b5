// Disk overlays: what a machine writes goes into its own file, everything else is read from below.
import { execFile } from 'node:child_process';
import { chmod, copyFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { QemuInstall } from './install.ts';

const run = promisify(execFile);

export type Backing = { readonly file: string; readonly format: 'raw' | 'qcow2'; readonly bytes: number };

/** Makes an empty overlay. `backing` need not exist yet at its path, so that a folder can be renamed when it is complete. */
export async function createOverlay(install: QemuInstall, file: string, backing: Backing): Promise<void> {
  await run(
    install.image,
    ['create', '-q', '-u', '-f', 'qcow2', '-F', backing.format, '-b', backing.file, file, String(backing.bytes)],
    { env: install.env, timeout: 30_000 },
  );
}

/** The raw disk of an image as a backing file. */
export async function rawBacking(file: string): Promise<Backing> {
  return { file, format: 'raw', bytes: (await stat(file)).size };
}

/** An empty overlay is 192 KiB of the same bytes for every clone: copying one takes a tenth of starting qemu-img. */
export async function copyOverlay(seed: string, file: string): Promise<void> {
  await copyFile(seed, file);
  await chmod(file, 0o600); // the seed is read-only, and copying keeps that
}
