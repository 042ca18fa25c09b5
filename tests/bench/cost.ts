// What processes cost, read from the host's /proc: CPU time and proportional memory of a machine's whole process tree.
import { readFile, readdir } from 'node:fs/promises';
import { pssKib } from '../../sandbox/qemu/memory.ts';

/** USER_HZ: the unit of utime and stime in /proc/<pid>/stat is 1/100 s on every Linux ABI that Node runs on (man proc_pid_stat). */
const TICKS_PER_SECOND = 100;

async function read(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}

/** pid → parent pid of every process of this host. */
async function parents(): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (Number.isInteger(parent)) found.set(Number(name), parent);
  }
  return found;
}

/** `root` and all its descendants. */
export async function tree(root: number): Promise<number[]> {
  const up = await parents();
  const members = [root];
  for (const member of members) for (const [pid, parent] of up) if (parent === member) members.push(pid);
  return members;
}

/** User and system time of these processes so far, in seconds. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const stat = await read(`/proc/${String(pid)}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

export type MemoryMib = {
  /** proportional set size: pages shared by n processes count 1/n each (man proc_pid_smaps) */
  readonly pss: number;
  /** of it what no other process has: what one more of its kind takes */
  readonly own: number;
};

/** Memory of these processes together, in MiB. */
export async function memoryMib(pids: readonly number[]): Promise<MemoryMib> {
  let pss = 0;
  let own = 0;
  for (const pid of pids) {
    const rollup = await read(`/proc/${String(pid)}/smaps_rollup`);
    pss += pssKib(rollup);
    for (const [, kib] of rollup.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)) own += Number(kib);
  }
  return { pss: pss / 1024, own: own / 1024 };
}

/** Of `machines` alike, one's. */
export function shareOf({ pss, own }: MemoryMib, machines: number): MemoryMib {
  return { pss: pss / machines, own: own / machines };
}
