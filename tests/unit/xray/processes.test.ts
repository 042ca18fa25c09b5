// The table of processes that all views share, on this host's own kernel.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Activity } from '../../../sandbox/guest/observer/activity.ts';
import { KernelFiles } from '../../../sandbox/guest/observer/files.ts';
import { uptimeMs } from '../../../sandbox/guest/observer/ground.ts';
import { Processes, type ProcessTable } from '../../../sandbox/guest/observer/processes.ts';
import { until } from '../../../sandbox/qemu/ending.ts';

const LONG_MS = 60_000;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell of a session of its own that becomes `sleep` once something is written to it. */
function shell(): { readonly pid: number; readonly child: ChildProcess } {
  const child = spawn('/bin/sh', ['-c', 'read x; exec sleep 1000'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  started.push(child);
  return { pid: child.pid ?? 0, child };
}

/** Looks at the table again and again, each time as if the look before were long ago. */
function looks(): () => ProcessTable {
  const processes = new Processes(new KernelFiles(), process.pid, () => [], uptimeMs);
  let turn = 0;
  return () => processes.table(performance.now() + LONG_MS * ++turn, true);
}

describe('the table of processes', () => {
  it('has who came, and no longer who went', async () => {
    const look = looks();
    expect(look().byPid.has(process.pid)).toBe(true);
    const { pid, child } = shell();
    expect(look().byPid.has(pid)).toBe(true);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(look().byPid.has(pid)).toBe(false);
  });

  it('knows what a process has become', async () => {
    const look = looks();
    const { pid, child } = shell();
    expect(look().byPid.get(pid)?.stat.comm).toBe('sh');
    child.stdin?.write('\n');
    expect(await until(() => look().byPid.get(pid)?.stat.comm === 'sleep', LONG_MS)).toBe(true);
  });

  it('is read once for views that look at the same time', () => {
    const processes = new Processes(new KernelFiles(), process.pid, () => [], uptimeMs);
    const now = performance.now();
    const table = processes.table(now, false);
    expect(processes.table(now + 50, true)).toBe(table);
    expect(processes.table(now + 150, true)).not.toBe(table);
  });
});

/** A machine of files: path → contents, and which were read since this was asked last. */
class Files {
  readonly contents = new Map<string, string>();
  readonly #read: string[] = [];

  read(path: string): string | undefined {
    this.#read.push(path);
    return this.contents.get(path);
  }

  readOnce(path: string): string | undefined {
    return this.read(path);
  }

  forget(): void {
    // nothing is kept open
  }

  seen(): readonly string[] {
    return this.#read.splice(0);
  }
}

describe('what has run', () => {
  const machine = (): Files => {
    const files = new Files();
    files.contents.set('/proc/loadavg', '0.00 0.00 0.00 1/93 778\n');
    files.contents.set('/sys/fs/cgroup/user.slice/cpu.stat', 'usage_usec 1000\nuser_usec 600\n');
    return files;
  };

  it('shows in the time its cgroup was given', () => {
    const files = machine();
    const activity = new Activity(files as unknown as KernelFiles);
    expect(activity.ran('/user.slice')).toBe(true);
    expect(activity.ran('/user.slice')).toBe(false);
    files.contents.set('/sys/fs/cgroup/user.slice/cpu.stat', 'usage_usec 1001\nuser_usec 600\n');
    expect(activity.ran('/user.slice')).toBe(true);
    expect(activity.ran('/user.slice')).toBe(false);
  });

  it('shows in a process that came and went between two looks', () => {
    const files = machine();
    const activity = new Activity(files as unknown as KernelFiles);
    expect(activity.population()).toBe(true);
    files.contents.set('/proc/loadavg', '0.42 0.10 0.00 2/93 778\n');
    expect(activity.population()).toBe(false);
    files.contents.set('/proc/loadavg', '0.42 0.10 0.00 1/93 779\n');
    expect(activity.population()).toBe(true);
    files.contents.set('/proc/loadavg', '0.42 0.10 0.00 1/92 779\n');
    expect(activity.population()).toBe(true);
  });

  it('is taken for everything where the kernel does not tell', () => {
    const activity = new Activity(new Files() as unknown as KernelFiles);
    for (const _look of [1, 2, 3]) {
      expect(activity.population()).toBe(true);
      expect(activity.ran('/user.slice')).toBe(true);
    }
  });

  const table = (
    files: Files,
    upMs: number,
    group: string,
  ): { readonly processes: Processes; readonly other: string; readonly total: number } => {
    const pids = readdirSync('/proc').filter((name) => /^[1-9]/.test(name));
    const put = (pid: string, session: number, group: string): void => {
      files.contents.set(
        `/proc/${pid}/stat`,
        `${pid} (one) S 1 ${pid} ${session} 0 -1 0 0 0 0 0 5 5 0 0 20 0 1 0 200 0 100`,
      );
      files.contents.set(`/proc/${pid}/cgroup`, `0::${group}\n`);
      files.contents.set(`/proc/${pid}/schedstat`, '1000 0 1\n');
    };
    for (const pid of pids) put(pid, Number(pid), group);
    const [other = ''] = pids;
    put(other, Number(other), '/system.slice/cron.service');
    files.contents.set('/sys/fs/cgroup/system.slice/cpu.stat', 'usage_usec 77\n');
    const processes = new Processes(
      files as unknown as KernelFiles,
      process.pid,
      () => [],
      () => upMs,
    );
    return { processes, other, total: pids.length };
  };
  const SHELLS = '/user.slice/session.scope';

  it('leaves alone the files of processes that have not', () => {
    const files = machine();
    const { processes, other, total } = table(files, 100_000, SHELLS);
    let turn = 0;
    const stats = (): readonly string[] => {
      files.seen();
      processes.table(LONG_MS * ++turn, false);
      return files.seen().filter((path) => path.endsWith('/stat'));
    };
    const runs = (): number => processes.runs(LONG_MS * turn);
    expect(stats().length).toBeGreaterThanOrEqual(total - 1);
    stats();
    const before = runs();
    expect(stats()).toEqual([]);
    expect(runs()).toBe(before);
    files.contents.set('/sys/fs/cgroup/system.slice/cpu.stat', 'usage_usec 78\n');
    expect(stats()).toContain(`/proc/${other}/stat`);
    expect(runs()).not.toBe(before);
    expect(stats()).toEqual([]);
  });

  it('can be known of the young as well, but not of who is among the course’s own', () => {
    const { processes: young } = table(machine(), 5000, SHELLS);
    young.table(LONG_MS, false);
    expect(young.unread).toBe(false);
    const { processes: hidden } = table(machine(), 5000, '/underhood.slice/agent.service');
    hidden.table(LONG_MS, false);
    expect(hidden.unread).toBe(true);
  });

  it('is told of one process by the turns it was given on a CPU: the details of the others stay', () => {
    const files = machine();
    const { processes, other } = table(files, 100_000, '/system.slice/cron.service');
    let turn = 0;
    const look = (): void => void processes.table(LONG_MS * ++turn, true);
    const runAll = (us: number): void =>
      void files.contents.set('/sys/fs/cgroup/system.slice/cpu.stat', `usage_usec ${us}\n`);
    for (look(); processes.unread;) look();
    runAll(78);
    look();
    // of so many only a few are described at a look: had they been due, some would be left
    expect(processes.unread).toBe(false);
    runAll(79);
    files.contents.set(`/proc/${other}/schedstat`, '2000 0 2\n');
    files.contents.set(
      `/proc/${other}/stat`,
      files.contents.get(`/proc/${other}/stat`)?.replace('(one)', '(two)') ?? '',
    );
    files.seen();
    look();
    expect(files.seen()).toContain(`/proc/${other}/cmdline`);
  });
});
