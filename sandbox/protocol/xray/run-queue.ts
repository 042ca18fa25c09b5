// Run queue: who runs, who waits for a CPU, who sleeps uninterruptibly, and what the load averages make of it.
import * as z from 'zod/mini';
import { Comm, Pid, amount, count, list } from './parts.ts';

/** The kernel takes a sample for the load averages every 5 s and one tick: LOAD_FREQ = 5*HZ+1 (include/linux/sched/loadavg.h). */
export const LOAD_SAMPLE_MS = 5004;
/** What one sample leaves of the old value, per average: exp(-5/60), exp(-5/300), exp(-5/900), kernel's own fixed-point values / 2048. */
export const LOAD_DECAY = [1884 / 2048, 2014 / 2048, 2037 / 2048] as const;

/** Since boot, from /proc/stat (there in ticks of 10 ms). `userMs` contains `niceMs` apart, as the kernel counts it. */
export const CpuTime = z.strictObject({
  userMs: count,
  niceMs: count,
  systemMs: count,
  idleMs: count,
  iowaitMs: count,
  irqMs: count,
  softirqMs: count,
  stealMs: count,
});
export type CpuTime = z.infer<typeof CpuTime>;

export const Task = z.strictObject({
  /** thread id; equals `process` for a process's first thread */
  id: Pid,
  process: Pid,
  comm: Comm,
  /** R: runs or waits for a CPU; D: uninterruptible sleep, counted in the load as well */
  state: z.enum(['R', 'D']),
  /** CPU whose queue it is in (R), or where it ran last (D) */
  cpu: count,
  nice: z.int().check(z.gte(-20), z.lte(19)),
  /** CPU time and time spent waiting for a CPU since the sample before, from /proc/PID/schedstat; null at first sight */
  ranMs: z.nullable(amount),
  waitedMs: z.nullable(amount),
  /** the course's own: agent, observer, checks. To be drawn apart or left out. */
  ours: z.boolean(),
});
export type Task = z.infer<typeof Task>;

/** One line pair of /proc/pressure/*. Averages in percent of time, total in µs since boot. */
const Stall = z.strictObject({ avg10: amount, avg60: amount, avg300: amount, totalUs: count });
export const Pressure = z.strictObject({ some: Stall, full: z.nullable(Stall) });
export type Pressure = z.infer<typeof Pressure>;

export const RunQueue = z.strictObject({
  /** /proc/uptime */
  uptimeMs: count,
  cpus: list(
    z.strictObject({
      id: count,
      /** thread that had most of this CPU since the sample before: the kernel does not tell who runs at this instant
       * without being asked on that very CPU. null: mostly idle */
      running: z.nullable(Pid),
      time: CpuTime,
    }),
    16,
  ),
  /** only R and D */
  tasks: list(Task, 256),
  /** all tasks in R and in D that the kernel counts at this moment, the observer left out; also those not listed above */
  runnable: count,
  uninterruptible: count,
  /** /proc/loadavg: 1, 5, 15 minutes */
  loadAverages: z.tuple([amount, amount, amount]),
  /** how long ago the kernel took its last sample for them. Found by watching the averages change, so exact to the
   * period of the view; null until they have changed once */
  loadSampleAgeMs: z.nullable(amount),
  /** null where the kernel was built without pressure stall information */
  pressure: z.nullable(z.strictObject({ cpu: Pressure, io: Pressure, memory: Pressure })),
});
export type RunQueue = z.infer<typeof RunQueue>;
