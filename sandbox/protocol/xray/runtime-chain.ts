// Runtime chain: podman starts conmon, conmon starts crun, crun makes the container's process and goes.
import * as z from 'zod/mini';
import { Comm, ContainerId, Containers, Pid, amount, count, list, text } from './parts.ts';

/** engine: podman, buildah; monitor: conmon; runtime: crun, runc, youki; network: netavark, aardvark-dns, pasta, rootlessport;
 * pause: the process that keeps a rootless user namespace; container: a container's first process; inside: others in it;
 * caller: what started the engine (a shell, sudo, systemd). */
export const ChainRole = z.enum(['caller', 'engine', 'monitor', 'runtime', 'network', 'pause', 'container', 'inside']);
export type ChainRole = z.infer<typeof ChainRole>;

export const ChainProcess = z.strictObject({
  pid: Pid,
  /** its parent now (or when last seen) */
  ppid: Pid,
  /** its parent when first seen: conmon and containers are handed to another when who made them ends */
  bornOf: Pid,
  comm: Comm,
  command: text(200),
  role: ChainRole,
  container: z.nullable(ContainerId),
  uid: count,
  /** since boot */
  startedMs: count,
  /** since boot; null while it lives. Who ended stays listed for half a minute. Seen 20 times a second at most: what lived shorter may be missing */
  endedMs: z.nullable(amount),
});
export type ChainProcess = z.infer<typeof ChainProcess>;

export const RuntimeChain = z.strictObject({
  uptimeMs: count,
  /** ordered by `startedMs` */
  processes: list(ChainProcess, 128),
  containers: Containers,
});
export type RuntimeChain = z.infer<typeof RuntimeChain>;
