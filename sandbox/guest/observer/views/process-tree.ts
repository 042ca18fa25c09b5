// The view of the process tree.
import type { Space } from '../../../protocol/xray/parts.ts';
import type { ProcessTree } from '../../../protocol/xray/process-tree.ts';
import type { Birth } from '../births.ts';
import { cut } from '../files.ts';
import { uptimeMs } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { Places, spaceKey } from '../processes.ts';
import type { Process } from '../processes.ts';
import { bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const MAX_PROCESSES = 256;
const MAX_PASSED = 32;

export function openProcessTree(ground: Ground): View<'process-tree'> {
  const born = new Map<number, Birth>();
  let passed: ProcessTree['passed'] = [];
  let running = false;
  const unwatch = ground.births.watch((birth) => {
    if (born.size < 4 * MAX_PASSED || born.has(birth.pid)) born.set(birth.pid, birth);
  });
  return {
    look(_request, room) {
      const nowMs = performance.now();
      const table = ground.processes.table(nowMs, true);
      running = table.processes.some(({ stat, ours }) => stat.state === 'R' && !ours);
      const spaces = new Places<Space>(64, spaceKey);
      const cgroups = new Places<string>(within(96, room), String);
      const gone = [...born.values()].filter(({ pid }) => !table.byPid.has(pid));
      born.clear();
      passed = [
        ...passed,
        ...gone.map(({ pid, ppid, comm, atMs }) => ({ pid, ppid, comm: cut(comm, 64), seenMs: atMs })),
      ].slice(-MAX_PASSED);
      const notes: Cut[] = [];
      const shown = bounded(
        notes,
        'processes',
        byInterest(table.processes, within(MAX_PROCESSES, room)),
        within(MAX_PROCESSES, room),
        table.total,
      );
      const state: ProcessTree = {
        uptimeMs: uptimeMs(),
        processes: shown
          .sort((a, b) => a.pid - b.pid)
          .map((one) => ({
            pid: one.pid,
            ppid: one.stat.ppid,
            comm: cut(one.stat.comm, 64),
            command: cut(one.command, 160),
            state: one.stat.state,
            threads: one.stat.threads,
            uid: one.uid,
            startedMs: one.stat.startedMs,
            cpuMs: one.stat.cpuMs,
            residentKib: one.stat.residentKib,
            space: spaces.of(one.space),
            cgroup: cgroups.of(one.cgroup === undefined ? undefined : cut(one.cgroup, 512)),
            container: one.container,
            ours: one.ours,
          })),
        passed,
        spaces: spaces.items,
        cgroups: cgroups.items,
        terminals: ground.jobs(table),
        containers: ground.podman.containers(nowMs),
      };
      return { state, truncated: notes };
    },
    heard: () => String(born.size),
    passing: () => running,
    pids: () => [ground.births.pid],
    close: unwatch,
  };
}

/** Where not all can be shown: zombies and the learner's own first, of each the newest. */
export function byInterest(processes: readonly Process[], max: number): readonly Process[] {
  if (processes.length <= max) return processes;
  const rank = (one: Process): number => (one.pid === 1 ? 4 : one.stat.state === 'Z' ? 3 : one.learners ? 2 : 1);
  return [...processes].sort((a, b) => rank(b) - rank(a) || b.pid - a.pid);
}
