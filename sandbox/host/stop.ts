// `npm stop`: asks the server to close everything, waits for its end, then ends whatever machine is still there.
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startTimeOf } from '../qemu/folder.ts';
import { endAllBelow } from '../qemu/sweep.ts';
import { languageOf, sentence } from './enter/text.mjs';
import { hostPaths, type HostPaths } from './paths.ts';

/** Closing a machine takes a fraction of a second each; a server that needs longer hangs. */
const SERVER_END_MS = 30_000;
const KILLED_END_MS = 5_000;
/** Linux tells nobody but the parent that a process ended, so we look. */
const LOOK_EVERY_MS = 50;

export type Stopped = { readonly server: number | undefined; readonly machines: readonly string[] };

/** Hibernated machines stay: they are somebody's work, and no process. */
export async function stopAll(paths: HostPaths): Promise<Stopped> {
  const server = await stopServer(paths.pidFile);
  return { server, machines: await endAllBelow(paths.dataDir, 'keep') };
}

async function stopServer(pidFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1 || !(await isServer(pid))) return undefined;
  const startTime = startTimeOf(pid);
  const gone = (): boolean => startTimeOf(pid) !== startTime;
  process.kill(pid, 'SIGUSR2');
  if (!(await until(gone, SERVER_END_MS))) {
    process.kill(pid, 'SIGKILL');
    await until(gone, KILLED_END_MS);
  }
  await rm(pidFile, { force: true });
  return pid;
}

/** A pid file may be older than the last boot: the number may be anybody's by now. */
async function isServer(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').some((word) => word.endsWith('site/server/main.ts'));
}

async function until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() >= end) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

if (import.meta.main) {
  const { server, machines } = await stopAll(hostPaths());
  const language = languageOf(process.env);
  const values = { count: machines.length };
  if (server !== undefined) console.log(sentence(language, 'stopped-server'));
  if (machines.length > 0) console.log(sentence(language, 'stopped-machines', values));
  if (server === undefined && machines.length === 0) console.log(sentence(language, 'nothing-runs'));
}
