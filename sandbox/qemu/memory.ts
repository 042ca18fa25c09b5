// What a machine costs in memory: the proportional share of all its processes.
import { readFile } from 'node:fs/promises';
import { readProcesses, type MachineFolder } from './folder.ts';

/** Pss in kB from the text of /proc/<pid>/smaps_rollup; 0 where it is not said. */
export function pssKib(smapsRollup: string): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(smapsRollup)?.[1] ?? 0);
}

/** MiB of supervisor, box and QEMU together. Pages shared with other machines count by their share (proc(5)). */
export async function machinePss(folder: MachineFolder): Promise<number> {
  let sum = 0;
  for (const { pid } of await readProcesses(folder)) {
    sum += pssKib(await readFile(`/proc/${pid}/smaps_rollup`, 'latin1').catch(() => ''));
  }
  return sum / 1024;
}
