// The view of the run queue.
import { LOAD_SAMPLE_MS } from '../../../protocol/xray/run-queue.ts';
import type { RunQueue, Task } from '../../../protocol/xray/run-queue.ts';
import { cut, list } from '../files.ts';
import { uptimeMs } from '../ground.ts';
import type { Ground } from '../ground.ts';
import { parseKernelStat, parseLoadAverage, parsePressure, parseStat } from '../proc-text.ts';
import type { LoadAverage, Stat } from '../proc-text.ts';
import { NotSupported, bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const MAX_TASKS = 256;
/** Threads looked at per process, and processes whose threads are looked at. */
const MAX_THREADS = 64;
/** Who had less of a CPU than this since the last look was not its main user. */
const MOSTLY = 0.2;
/** Looks come at least so often while something runs: what happened since the look before happened within this time. */
const LONGEST_MS = 2000;

type Before = { ranMs: number; waitedMs: number };

export function openRunQueue(ground: Ground): View<'run-queue'> {
  const { files } = ground;
  const sampleAge = loadSampleAge();
  let before = new Map<number, Before>();
  let lastCpuMs = new Map<number, number>();
  let lastUpMs = 0;
  let runnable = 0;

  /** Threads in R or D of a process that did something since the last look, or is in R or D itself. */
  const threadsOf = (stat: Stat): readonly Stat[] => {
    const active = stat.state === 'R' || stat.state === 'D' || lastCpuMs.get(stat.pid) !== stat.cpuMs;
    if (stat.threads <= 1 || !active || stat.pid === process.pid) return [stat];
    const ids = list(`/proc/${stat.pid}/task`).slice(0, MAX_THREADS);
    return ids.flatMap((id) =>
      Number(id) === stat.pid ? [stat] : (parseStat(files.readOnce(`/proc/${stat.pid}/task/${id}/stat`) ?? '') ?? []),
    );
  };

  return {
    look(_request, room) {
      const kernel = files.read('/proc/stat');
      const load = files.read('/proc/loadavg');
      if (kernel === undefined || load === undefined) throw new NotSupported('no /proc/stat');
      const upMs = uptimeMs();
      const table = ground.processes.table(performance.now(), false);
      const now = new Map<number, Before>();
      const tasks: Task[] = [];
      const add = (stat: Stat, owner: number, ours: boolean): void => {
        if (stat.state !== 'R' && stat.state !== 'D') return;
        const [ran, waited] = (files.readOnce(`/proc/${owner}/task/${stat.pid}/schedstat`) ?? '')
          .split(' ')
          .map(Number);
        const times = { ranMs: (ran ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6 };
        now.set(stat.pid, times);
        const known = before.get(stat.pid);
        tasks.push({
          id: stat.pid,
          process: owner,
          comm: cut(stat.comm, 64),
          state: stat.state,
          cpu: stat.cpu,
          nice: Math.max(-20, Math.min(19, stat.nice)),
          ranMs: known === undefined ? null : round(times.ranMs - known.ranMs),
          waitedMs: known === undefined ? null : round(times.waitedMs - known.waitedMs),
          ours,
        });
      };
      const cpuMs = new Map<number, number>();
      for (const one of table.processes) {
        for (const stat of threadsOf(one.stat)) add(stat, one.pid, one.ours);
        cpuMs.set(one.pid, one.stat.cpuMs);
      }
      for (const stat of table.blockedKernelThreads) add(stat, stat.pid, false);
      before = now;
      lastCpuMs = cpuMs;

      const { cpus } = parseKernelStat(kernel);
      const { averages, running } = parseLoadAverage(load);
      // the observer itself runs at this moment
      runnable = Math.max(0, running - 1);
      const periodMs = Math.max(1, Math.min(upMs - lastUpMs, LONGEST_MS));
      lastUpMs = upMs;
      const notes: Cut[] = [];
      const state: RunQueue = {
        uptimeMs: upMs,
        cpus: cpus.slice(0, 16).map(({ id, time }) => ({ id, running: mainUser(tasks, id, periodMs), time })),
        tasks: bounded(notes, 'tasks', tasks, within(MAX_TASKS, room)),
        runnable,
        uninterruptible: tasks.filter((task) => task.state === 'D').length,
        loadAverages: averages,
        loadSampleAgeMs: sampleAge(averages, upMs),
        pressure: pressures(ground),
      };
      return { state, truncated: notes };
    },
    // the averages fall by themselves
    heard: () => parseLoadAverage(files.read('/proc/loadavg') ?? '').averages.join(' '),
    passing: () => runnable > 0,
  };
}

function mainUser(tasks: readonly Task[], cpu: number, periodMs: number): number | null {
  let best: Task | undefined;
  for (const task of tasks) {
    if (task.cpu === cpu && task.state === 'R' && (task.ranMs ?? 0) > (best?.ranMs ?? periodMs * MOSTLY)) best = task;
  }
  return best?.id ?? null;
}

/** When the kernel took its last sample: seen by the averages changing, carried on by the known distance of samples. */
export function loadSampleAge(): (averages: LoadAverage['averages'], uptimeMs: number) => number | null {
  let shown = '';
  let lookedMs = 0;
  let sampledMs: number | undefined;
  return (averages, uptimeMs) => {
    const now = averages.join(' ');
    // between the look before and this one; the middle is off by half a period at most
    if (shown !== '' && now !== shown) sampledMs = (Math.max(lookedMs, uptimeMs - LONGEST_MS) + uptimeMs) / 2;
    shown = now;
    lookedMs = uptimeMs;
    return sampledMs === undefined ? null : Math.round((uptimeMs - sampledMs) % LOAD_SAMPLE_MS);
  };
}

function pressures({ files }: Ground): RunQueue['pressure'] {
  const cpu = parsePressure(files.read('/proc/pressure/cpu'));
  const io = parsePressure(files.read('/proc/pressure/io'));
  const memory = parsePressure(files.read('/proc/pressure/memory'));
  return cpu && io && memory ? { cpu, io, memory } : null;
}

const round = (ms: number): number => Math.max(0, Math.round(ms * 10) / 10);
