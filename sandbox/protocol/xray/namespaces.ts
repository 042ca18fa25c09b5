// Namespaces: which processes share which of the eight.
import * as z from 'zod/mini';
import {
  Comm,
  ContainerId,
  Containers,
  Inode,
  NamespaceKind,
  Pid,
  Space,
  TerminalJob,
  count,
  list,
  text,
} from './parts.ts';

export const Namespace = z.strictObject({
  kind: NamespaceKind,
  inode: Inode,
  /** processes in it (among those listed), and the one with the lowest pid, as lsns shows it */
  members: count,
  leader: Pid,
  /** for user namespaces: lines of /proc/PID/uid_map, "inside outside length"; else empty */
  uidMap: list(text(64), 8),
  /** for uts: its host name; for net: its name under /run/netns; else null */
  name: z.nullable(text(128)),
});
export type Namespace = z.infer<typeof Namespace>;

export const Namespaces = z.strictObject({
  /** the machine's own: those of pid 1 */
  initial: Space,
  spaces: list(Space, 64),
  /** every process that is no kernel thread, ordered by pid */
  processes: list(
    z.strictObject({
      pid: Pid,
      ppid: Pid,
      comm: Comm,
      /** place in `spaces` */
      space: count,
      /** its pid in its own pid namespace, innermost (NSpid of proc(5)) */
      innerPid: Pid,
      uid: count,
      container: z.nullable(ContainerId),
      ours: z.boolean(),
    }),
    256,
  ),
  /** each namespace that has a process above, initial ones first */
  namespaces: list(Namespace, 160),
  terminals: list(TerminalJob, 8),
  containers: Containers,
});
export type Namespaces = z.infer<typeof Namespaces>;
