// Ends a machine's processes and waits until nothing of it is left.
import { rm } from 'node:fs/promises';
import { isAlive, readProcesses, signalProcess, type MachineFolder } from './folder.ts';

/** Looks at `done` at growing intervals (2 to 50 ms) until it holds; false when the time is over. */
export async function until(done: () => boolean | Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let waitMs = 2; !(await done()); waitMs = Math.min(waitMs * 1.5, 50)) {
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return true;
}

/** How long the supervisor may take before it is done without it. Killing a QEMU of 1 GiB takes some 20 ms. */
const SUPERVISOR_MS = 5000;

/**
 * The supervisor ends QEMU and removes the folder; where there is none any more, both are done here.
 * Idempotent; after it no process, socket or file of the machine is left.
 */
export async function endMachine(folder: MachineFolder): Promise<void> {
  await rm(folder.hibernated, { force: true });
  await endProcesses(folder);
  await rm(folder.dir, { recursive: true, force: true });
}

/** Ends the processes alone; a folder marked `hibernated` stays. */
export async function endProcesses(folder: MachineFolder): Promise<void> {
  const processes = await readProcesses(folder);
  const supervisor = processes.find((known) => known.name === 'supervisor');
  if (supervisor !== undefined && isAlive(supervisor)) {
    signalProcess(supervisor, 'SIGTERM');
    await until(() => !isAlive(supervisor), SUPERVISOR_MS);
  }
  for (const known of processes) signalProcess(known, 'SIGKILL');
  await until(() => !processes.some(isAlive), SUPERVISOR_MS);
}

/** Waits for QEMU's end without asking for it. */
export async function processesEnded(folder: MachineFolder, timeoutMs: number): Promise<boolean> {
  const processes = await readProcesses(folder);
  return until(() => !processes.some(isAlive), timeoutMs);
}
