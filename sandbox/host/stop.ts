// `npm stop`: asks the server to close everything, waits for its end, then ends whatever machine is still there.
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive, machineFolder, machineIds, readProcesses, signalProcess, startTimeOf } from '../qemu/folder.ts';
import { languageOf, sentence } from './enter/text.mjs';
import { hostPaths, type HostPaths } from './paths.ts';

/** Closing a machine takes a fraction of a second each; a server that needs longer hangs. */
const SERVER_END_MS = 30_000;
const MACHINE_END_MS = 5_000;
/** Linux tells nobody but the parent that a process ended, so we look. */
const LOOK_EVERY_MS = 50;

export type Stopped = { readonly server: number | undefined; readonly machines: readonly string[] };

/** Hibernated machines stay: they are somebody's work, and no process. */
export async function stopAll(paths: HostPaths): Promise<Stopped> {
  const server = await stopServer(paths.pidFile);
  const machines: string[] = [];
  for (const dir of [join(paths.runDir, 'machines'), join(paths.dataDir, 'machines')]) {
    machines.push(...(await sweep(dir)));
  }
  return { server, machines };
}

async function stopServer(pidFile: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 1 || !(await isServer(pid))) return undefined;
  const startTime = startTimeOf(pid);
  const gone = (): boolean => startTimeOf(pid) !== startTime;
  process.kill(pid, 'SIGUSR2');
  if (!(await until(gone, SERVER_END_MS))) {
    process.kill(pid, 'SIGKILL');
    await until(gone, MACHINE_END_MS);
  }
  await rm(pidFile, { force: true });
  return pid;
}

/** A pid file may be older than the last boot: the number may be anybody's by now. */
async function isServer(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.split('\0').some((word) => word.endsWith('site/server/main.ts'));
}

async function sweep(machinesDir: string): Promise<string[]> {
  const swept: string[] = [];
  for (const id of await machineIds(machinesDir)) {
    const folder = machineFolder(join(machinesDir, id));
    const alive = (await readProcesses(folder)).filter(isAlive);
    if (alive.length === 0 && (await exists(folder.hibernated))) continue;
    // The supervisor ends its QEMU and removes the folder; where it is gone itself, we do both.
    const supervisor = alive.find(({ name }) => name === 'supervisor');
    if (supervisor !== undefined) signalProcess(supervisor, 'SIGTERM');
    if (supervisor === undefined || !(await until(() => !alive.some(isAlive), MACHINE_END_MS))) {
      for (const each of alive) signalProcess(each, 'SIGKILL');
      await until(() => !alive.some(isAlive), MACHINE_END_MS);
    }
    await rm(folder.dir, { recursive: true, force: true });
    swept.push(id);
  }
  return swept;
}

async function until(condition: () => boolean, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() >= end) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const { server, machines } = await stopAll(hostPaths());
  const language = languageOf(process.env);
  const values = { count: machines.length };
  if (server !== undefined) console.log(sentence(language, 'stopped-server'));
  if (machines.length > 0) console.log(sentence(language, 'stopped-machines', values));
  if (server === undefined && machines.length === 0) console.log(sentence(language, 'nothing-runs'));
}
