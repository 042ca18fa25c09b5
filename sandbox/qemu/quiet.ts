// Waits until a guest has nothing left to do, judged by the CPU time of its QEMU.
import { readFile } from 'node:fs/promises';
import type { KnownProcess } from './folder.ts';

/** sysconf(_SC_CLK_TCK), 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const WINDOW_MS = 500;

export type Quiet = {
  /** below this much of one core a window counts as quiet */
  readonly coreShare: number;
  /** so many quiet windows in a row */
  readonly windows: number;
  readonly deadlineMs: number;
};

/** An idle guest takes some tenths of a percent; one with a timer storm of systemd's start takes tens. */
export const QUIET: Quiet = { coreShare: 0.04, windows: 6, deadlineMs: 90_000 };

/** Pure: whether the shares seen so far end in enough quiet windows. */
export function isQuiet(shares: readonly number[], quiet: Quiet): boolean {
  return shares.length >= quiet.windows && shares.slice(-quiet.windows).every((share) => share < quiet.coreShare);
}

/** True once it was quiet, false when the deadline came first. Sampling is the work here: there is no event for idleness. */
export async function waitForQuiet(qemu: KnownProcess, quiet: Quiet = QUIET): Promise<boolean> {
  const deadline = performance.now() + quiet.deadlineMs;
  const shares: number[] = [];
  let before = await cpuSeconds(qemu.pid);
  let beforeMs = performance.now();
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
    const now = await cpuSeconds(qemu.pid);
    const nowMs = performance.now();
    shares.push(((now - before) * 1000) / (nowMs - beforeMs));
    if (isQuiet(shares, quiet)) return true;
    before = now;
    beforeMs = nowMs;
  }
  return false;
}

/** User and system time of a process, fields 14 and 15 of proc(5)'s stat. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}
