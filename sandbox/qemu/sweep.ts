// Ends whatever runs below a data folder, whether a server still knows of it or not.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { endMachine } from './ending.ts';
import { isAlive, machineFolder, machineIds, readProcesses, type MachineFolder } from './folder.ts';
import { endKeeper } from './keeper.ts';

/** The machines below `dataDir`, with `asleep: 'keep'` without those that hibernate, and the keepers of templates' memory. Returns the ended machines' ids. */
export async function endAllBelow(dataDir: string, asleep: 'keep' | 'end'): Promise<string[]> {
  const machinesDir = join(dataDir, 'machines');
  const keepersDir = join(dataDir, 'keepers');
  const ended: string[] = [];
  for (const id of await machineIds(machinesDir)) {
    const folder = machineFolder(join(machinesDir, id));
    if (asleep === 'keep' && (await isAsleep(folder))) continue;
    await endMachine(folder);
    ended.push(id);
  }
  for (const key of await readdir(keepersDir).catch(() => [])) await endKeeper(keepersDir, key);
  return ended;
}

async function isAsleep(folder: MachineFolder): Promise<boolean> {
  const marked = await stat(folder.hibernated).then(
    () => true,
    () => false,
  );
  return marked && !(await readProcesses(folder)).some(isAlive);
}
