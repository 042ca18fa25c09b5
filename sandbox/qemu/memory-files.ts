// The two files of a machine that rests, or of a moment it can go back to: `<name>` the devices, `<name>.ram` the memory.
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateFiles } from './state-receiver.ts';

export function ramName(name: string): string {
  return `${name}.ram`;
}

export function memoryOf(box: string, name: string, bytes: number): StateFiles {
  return { state: join(box, name), memory: { file: join(box, ramName(name)), bytes } };
}

/** What both take on the disk; holes of the memory take nothing. */
export async function bytesOnDisk(box: string, name: string): Promise<number> {
  return (await allocated(join(box, name))) + (await allocated(join(box, ramName(name))));
}

export async function forgetMemory(box: string, name: string): Promise<void> {
  await rm(join(box, ramName(name)), { force: true });
  await rm(join(box, name), { force: true });
}

/** Sparse files count by what they take. */
export async function allocated(file: string): Promise<number> {
  return (await lstat(file)).blocks * 512;
}
