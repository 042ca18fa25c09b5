// The template's memory for QEMU < 8.2: a sealed memfd held by a small process (supervisor.pl, mode keeper).
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../machine/errors.ts';
import { until } from './ending.ts';
import { isAlive, machineFolder, readProcesses, signalProcess } from './folder.ts';
import { SUPERVISOR, touchLease } from './launch.ts';

/** Copying some hundred megabytes takes a quarter of a second; the limit is for a swamped host. */
const FILL_MS = 60_000;

/** A template's name, and the file that its memory is in. */
export type KeptTemplate = { readonly key: string; readonly ram: string };

export type Keepers = { readonly keepersDir: string; readonly leaseMs: number };

/** Keepers that are being looked for or started, by folder: clones that start together wait for the same one. */
const underWay = new Map<string, Promise<string>>();

/**
 * The path under which the supervisor of a clone opens the memory. Starts the keeper where none lives; touches its lease.
 * Clones that have it mapped keep the memory alive without the keeper.
 */
export function keptMemory(keepers: Keepers, template: KeptTemplate): Promise<string> {
  const { dir } = machineFolder(join(keepers.keepersDir, template.key));
  let path = underWay.get(dir);
  if (path === undefined) {
    path = findOrStart(keepers, template).finally(() => underWay.delete(dir));
    underWay.set(dir, path);
  }
  return path;
}

async function findOrStart(keepers: Keepers, template: KeptTemplate): Promise<string> {
  const folder = machineFolder(join(keepers.keepersDir, template.key));
  const memory = async (): Promise<string | undefined> => {
    const alive = (await readProcesses(folder)).some((known) => known.name === 'supervisor' && isAlive(known));
    if (!alive) return undefined;
    const path = (await readFile(join(folder.dir, 'memory'), 'utf8').catch(() => '')).trim();
    return /^\/proc\/\d+\/fd\/\d+$/.test(path) ? path : undefined;
  };
  await mkdir(folder.dir, { recursive: true, mode: 0o700 });
  await touchLease(folder);
  let path = await memory();
  if (path !== undefined) return path;

  await rm(folder.processes, { force: true });
  await rm(join(folder.dir, 'memory'), { force: true });
  const options = ['--dir', folder.dir, '--lease-ms', String(keepers.leaseMs), '--file', template.ram];
  const child = spawn('/usr/bin/perl', [SUPERVISOR, 'keeper', ...options], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  let failed = false;
  child.once('error', () => (failed = true));
  child.once('exit', () => (failed = true));
  child.unref();
  await until(async () => failed || (path = await memory()) !== undefined, FILL_MS);
  if (path === undefined) throw new SandboxError('boot-failed', "the template's memory could not be loaded");
  return path;
}

/** Touches the lease of a keeper that may be needed again. */
export async function renewKeeper(keepers: Keepers, key: string): Promise<void> {
  await touchLease(machineFolder(join(keepers.keepersDir, key))).catch(() => undefined);
}

export async function endKeeper(keepersDir: string, key: string): Promise<void> {
  const folder = machineFolder(join(keepersDir, key));
  const processes = await readProcesses(folder);
  for (const known of processes) signalProcess(known, 'SIGTERM');
  await until(() => !processes.some(isAlive), 5000);
  await rm(folder.dir, { recursive: true, force: true });
}
