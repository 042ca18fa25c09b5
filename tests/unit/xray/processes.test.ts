// The table of processes that all views share, on this host's own kernel.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { KernelFiles } from '../../../sandbox/guest/observer/files.ts';
import { Processes } from '../../../sandbox/guest/observer/processes.ts';
import { until } from '../../../sandbox/qemu/ending.ts';

const LONG_MS = 60_000;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A shell that becomes `sleep` once something is written to it. */
function shell(): { readonly pid: number; readonly child: ChildProcess } {
  const child = spawn('/bin/sh', ['-c', 'read x; exec sleep 1000'], { stdio: ['pipe', 'ignore', 'inherit'] });
  started.push(child);
  return { pid: child.pid ?? 0, child };
}

describe('the table of settled processes', () => {
  it('has who came, and no longer who went', async () => {
    const processes = new Processes(new KernelFiles(), process.pid, () => []);
    const seen = (pid: number): boolean =>
      processes.table(performance.now() + LONG_MS * ++turn, true, true).byPid.has(pid);
    let turn = 0;
    expect(seen(process.pid)).toBe(true);
    const { pid, child } = shell();
    expect(seen(pid)).toBe(true);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(seen(pid)).toBe(false);
  });

  it('knows what a young process has become', async () => {
    const processes = new Processes(new KernelFiles(), process.pid, () => []);
    let turn = 0;
    const name = (pid: number): string | undefined =>
      processes.table(performance.now() + LONG_MS * ++turn, true, true).byPid.get(pid)?.stat.comm;
    const { pid, child } = shell();
    expect(name(pid)).toBe('sh');
    child.stdin?.write('\n');
    expect(await until(() => name(pid) === 'sleep', LONG_MS)).toBe(true);
  });

  it('is read in full for whoever asks for that', () => {
    const processes = new Processes(new KernelFiles(), process.pid, () => []);
    const now = performance.now();
    const settled = processes.table(now, false, true);
    expect(processes.table(now, false, true)).toBe(settled);
    const full = processes.table(now, false);
    expect(full).not.toBe(settled);
    // What was read in full does for those who would take less.
    expect(processes.table(now, false, true)).toBe(full);
  });
});
