// cgroups: the tree of /sys/fs/cgroup with limits, use and what hit a limit (cgroup v2 only).
import * as z from 'zod/mini';
import { ContainerId, Containers, Path, Pid, count, list, text } from './parts.ts';

/** null everywhere: the group has no such controller, or (for a limit) the file says `max`. */
export const Cgroup = z.strictObject({
  /** below /sys/fs/cgroup, '/' for the root; a parent comes before its children */
  path: Path,
  /** controllers enabled in it (cgroup.controllers) */
  controllers: list(text(16), 12),
  /** processes in the group itself, and in it with all below (pids.current counts threads, these count processes) */
  processes: count,
  /** some of them, for a label */
  members: list(z.strictObject({ pid: Pid, comm: text(64) }), 4),
  frozen: z.boolean(),
  cpu: z.nullable(
    z.strictObject({
      /** cpu.max: at most `quotaUs` of CPU time every `periodUs` */
      quotaUs: z.nullable(count),
      periodUs: count,
      weight: count,
      /** cpu.stat */
      usageUs: count,
      periods: count,
      throttledPeriods: count,
      throttledUs: count,
    }),
  ),
  memory: z.nullable(
    z.strictObject({
      maxBytes: z.nullable(count),
      highBytes: z.nullable(count),
      currentBytes: count,
      peakBytes: z.nullable(count),
      swapBytes: z.nullable(count),
      /** memory.events: times it went over high, met max, ran out of memory, had a process killed */
      high: count,
      max: count,
      oom: count,
      oomKills: count,
    }),
  ),
  pids: z.nullable(
    z.strictObject({
      max: z.nullable(count),
      current: count,
      /** pids.events: forks refused because of the limit */
      refused: count,
    }),
  ),
  container: z.nullable(ContainerId),
  /** when the numbers were read, by the clock of `atMs`: groups without a limit of their own are read less often */
  readAtMs: count,
  ours: z.boolean(),
});
export type Cgroup = z.infer<typeof Cgroup>;

export const Cgroups = z.strictObject({
  /** total of what there is, so that a gauge without limit has an end */
  cpus: count,
  memoryBytes: count,
  groups: list(Cgroup, 96),
  containers: Containers,
});
export type Cgroups = z.infer<typeof Cgroups>;
