// Pieces that several views of the X-ray share. Everything here comes out of a hostile guest, so everything is bounded.
import * as z from 'zod/mini';

export const text = (max: number) => z.string().check(z.maxLength(max));
export const count = z.int().check(z.nonnegative());
export const amount = z.number().check(z.nonnegative());
export const list = <T extends z.core.SomeType>(of: T, max: number) => z.array(of).check(z.maxLength(max));

export const Pid = z.int().check(z.gte(0), z.lte(4_194_304)); // proc(5): PID_MAX_LIMIT on 64 bits
/** `comm` of proc(5) has 15 bytes; escaped and widened to UTF-16 it is never longer than this. */
export const Comm = text(64);
export const Path = text(512);
/** Inode number of a namespace: what `readlink /proc/PID/ns/NAME` shows in brackets. */
export const Inode = count;
/** Container ids are 64 hex digits (podman). */
export const ContainerId = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** State letters of proc(5): Running or runnable, Sleeping, Disk sleep, sTopped, traced (t), Zombie, dead (X), Idle kernel thread. */
export const TaskState = z.enum(['R', 'S', 'D', 'T', 't', 'Z', 'X', 'I']);
export type TaskState = z.infer<typeof TaskState>;

/** The eight kinds of namespaces(7), in the order `lsns` and /proc/PID/ns are usually read. */
export const NAMESPACE_KINDS = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const;
export const NamespaceKind = z.enum(NAMESPACE_KINDS);
export type NamespaceKind = z.infer<typeof NamespaceKind>;

/** One inode per kind. Processes that live in exactly the same eight share one `Space`, named by its place in a list. */
export const Space = z.strictObject({
  cgroup: Inode,
  ipc: Inode,
  mnt: Inode,
  net: Inode,
  pid: Inode,
  time: Inode,
  user: Inode,
  uts: Inode,
});
export type Space = z.infer<typeof Space>;

/** What runs in one of the learner's terminals. */
export const TerminalJob = z.strictObject({
  /** number of the terminal, as in the terminal messages */
  terminal: z.int().check(z.gte(1), z.lte(0xffff)),
  shell: Pid,
  /** leader of the process group in the foreground; the shell itself while it waits at its prompt */
  foreground: z.nullable(Pid),
});
export type TerminalJob = z.infer<typeof TerminalJob>;

/** A container as its engine knows it. */
export const Container = z.strictObject({
  id: ContainerId,
  name: text(128),
  image: text(256),
  /** as podman says it: created, running, paused, exited … */
  state: text(32),
  /** its first process, in the machine's own pid namespace; null while it does not run */
  pid: z.nullable(Pid),
  /** false: root's podman; true: the learner's own */
  rootless: z.boolean(),
});
export type Container = z.infer<typeof Container>;
export const Containers = list(Container, 32);
