// vmstat: the columns of `vmstat 1`, and a few numbers beneath them.
import * as z from 'zod/mini';
import { amount, count } from './parts.ts';

export const VmStat = z.strictObject({
  /** r, b: tasks that run or wait for a CPU (the observer left out); tasks blocked on I/O. From /proc/stat */
  procs: z.strictObject({ runnable: count, blocked: count }),
  /** /proc/meminfo. `cacheKib` as vmstat counts it: page cache and reclaimable slab */
  memory: z.strictObject({
    totalKib: count,
    swapUsedKib: count,
    freeKib: count,
    bufferKib: count,
    cacheKib: count,
    availableKib: count,
    activeKib: count,
    inactiveKib: count,
    dirtyKib: count,
  }),
  /** Everything below is a rate since the sample before; null in a subscription's first sample. */
  rates: z.nullable(
    z.strictObject({
      /** si, so: KiB per second from and to swap */
      swapInKib: amount,
      swapOutKib: amount,
      /** bi, bo: KiB per second from and to block devices */
      blocksInKib: amount,
      blocksOutKib: amount,
      /** in, cs per second */
      interrupts: amount,
      contextSwitches: amount,
      /** new processes and threads, page faults, and faults that had to read from disk, per second */
      forks: amount,
      pageFaults: amount,
      majorFaults: amount,
      /** us, sy, id, wa, st in percent of all CPUs together; `user` has nice in it, `system` has interrupts, as in vmstat */
      cpuPercent: z.strictObject({ user: amount, system: amount, idle: amount, iowait: amount, steal: amount }),
    }),
  ),
});
export type VmStat = z.infer<typeof VmStat>;
