// Process tree: every process that is no kernel thread, its parent, its state, where it lives.
import * as z from 'zod/mini';
import {
  Comm,
  ContainerId,
  Containers,
  Path,
  Pid,
  Space,
  TaskState,
  TerminalJob,
  amount,
  count,
  list,
  text,
} from './parts.ts';

export const TreeProcess = z.strictObject({
  pid: Pid,
  /** 0 for the first process */
  ppid: Pid,
  comm: Comm,
  /** command line, arguments joined by a space, cut off after 160 characters; '' for a zombie */
  command: text(160),
  /** Z is a zombie: ended, not yet waited for by its parent */
  state: TaskState,
  threads: count,
  uid: count,
  /** since boot, as /proc/PID/stat says it */
  startedMs: count,
  /** user and system time so far */
  cpuMs: count,
  residentKib: count,
  /** place in `spaces`; null where it could not be read (a zombie has none any more) */
  space: z.nullable(count),
  /** place in `cgroups` */
  cgroup: z.nullable(count),
  container: z.nullable(ContainerId),
  ours: z.boolean(),
});
export type TreeProcess = z.infer<typeof TreeProcess>;

export const ProcessTree = z.strictObject({
  uptimeMs: count,
  /** ordered by pid */
  processes: list(TreeProcess, 256),
  /** processes that came and went between two samples, newest last */
  passed: list(z.strictObject({ pid: Pid, ppid: Pid, comm: Comm, seenMs: amount }), 32),
  spaces: list(Space, 64),
  /** paths below /sys/fs/cgroup */
  cgroups: list(Path, 96),
  terminals: list(TerminalJob, 8),
  containers: Containers,
});
export type ProcessTree = z.infer<typeof ProcessTree>;
