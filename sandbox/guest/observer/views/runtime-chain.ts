// The view of the runtime chain: podman and what it starts, also for a moment only.
import type { ChainProcess, ChainRole, RuntimeChain } from '../../../protocol/xray/runtime-chain.ts';
import type { Birth } from '../births.ts';
import { cut } from '../files.ts';
import { uptimeMs } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { containerOfCgroup } from '../proc-text.ts';
import { bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const MAX_PROCESSES = 128;
/** How long who ended stays listed. */
const MEMORY_MS = 30_000;

const BY_NAME: Readonly<Record<string, ChainRole>> = {
  podman: 'engine',
  buildah: 'engine',
  conmon: 'monitor',
  crun: 'runtime',
  runc: 'runtime',
  youki: 'runtime',
  netavark: 'network',
  'aardvark-dns': 'network',
  pasta: 'network',
  'pasta.avx2': 'network',
  slirp4netns: 'network',
  rootlessport: 'network',
  catatonit: 'pause',
};

/** The role that name, arguments and cgroup give away; undefined: no part of the chain by itself. */
export function roleOf(comm: string, command: string, container: string | null, first: boolean): ChainRole | undefined {
  // crun re-executes itself from memory, under a comm of its own
  if (/^(\S*\/)?crun\b/.test(command) && !first) return 'runtime';
  const named = BY_NAME[comm] ?? BY_NAME[(command.split(' ')[0] ?? '').split('/').at(-1) ?? ''];
  if (named !== undefined && !(named === 'pause' && container !== null)) return named;
  if (container !== null) return first ? 'container' : 'inside';
  return undefined;
}

/** The container a command line of conmon or crun is about. */
export function containerIn(command: string): string | null {
  return /(?:^|[ /])([0-9a-f]{64})(?:[ /]|$)/.exec(command)?.[1] ?? null;
}

export function openRuntimeChain(ground: Ground): View<'runtime-chain'> {
  const seen = new Map<number, ChainProcess>();
  let callers = new Map<number, ChainProcess>();
  let births = 0;

  const note = (birth: Birth): void => {
    const container = containerOfCgroup(birth.cgroup) ?? containerIn(birth.command);
    const role = roleOf(birth.comm, birth.command, containerOfCgroup(birth.cgroup), false);
    births++;
    if (role === undefined || seen.size >= 4 * MAX_PROCESSES) return;
    // a copy of its parent first, and then what it was made for
    const known = seen.get(birth.pid);
    const young = known !== undefined && known.endedMs === null && birth.atMs - known.startedMs < 2000;
    seen.set(birth.pid, {
      pid: birth.pid,
      ppid: birth.ppid,
      bornOf: young ? known.bornOf : birth.ppid,
      comm: cut(birth.comm, 64),
      command: cut(birth.command, 200),
      role,
      container,
      uid: birth.uid,
      startedMs: young ? known.startedMs : birth.atMs,
      endedMs: null,
    });
  };
  const unwatch = ground.births.watch(note);

  return {
    look(_request, room) {
      const nowMs = performance.now();
      const upMs = uptimeMs();
      const table = ground.processes.table(nowMs, true);
      const containers = ground.podman.containers(nowMs);
      const firsts = new Set(containers.map(({ pid }) => pid));
      callers = new Map();
      for (const one of table.processes) {
        if (one.ours || one.stat.state === 'Z') continue;
        const first = firsts.has(one.pid);
        const role = roleOf(one.stat.comm, one.command, one.container, first);
        if (role === undefined) continue;
        const known = seen.get(one.pid);
        const bornOf =
          known !== undefined && Math.abs(known.startedMs - one.stat.startedMs) < 2000 ? known.bornOf : one.stat.ppid;
        seen.set(one.pid, {
          pid: one.pid,
          ppid: one.stat.ppid,
          bornOf,
          comm: cut(one.stat.comm, 64),
          command: cut(one.command, 200),
          role,
          container: one.container ?? containerIn(one.command),
          uid: one.uid,
          startedMs: one.stat.startedMs,
          endedMs: null,
        });
      }
      for (const [pid, one] of seen) {
        if (table.byPid.has(pid)) continue;
        if (one.endedMs === null) seen.set(pid, { ...one, endedMs: upMs });
        else if (upMs - one.endedMs > MEMORY_MS) seen.delete(pid);
      }
      for (const one of seen.values()) {
        const parent = table.byPid.get(one.bornOf);
        if (one.role !== 'engine' || parent === undefined || seen.has(parent.pid) || parent.ours) continue;
        callers.set(parent.pid, {
          pid: parent.pid,
          ppid: parent.stat.ppid,
          bornOf: parent.stat.ppid,
          comm: cut(parent.stat.comm, 64),
          command: cut(parent.command, 200),
          role: 'caller',
          container: null,
          uid: parent.uid,
          startedMs: parent.stat.startedMs,
          endedMs: null,
        });
      }
      const notes: Cut[] = [];
      const all = [...callers.values(), ...seen.values()].sort((a, b) => a.startedMs - b.startedMs);
      const state: RuntimeChain = {
        uptimeMs: upMs,
        processes: bounded(notes, 'processes', all, within(MAX_PROCESSES, room)),
        containers,
      };
      return { state, truncated: notes };
    },
    heard: () => String(births),
    pids: () => [ground.births.pid],
    close: unwatch,
  };
}
