// Whether anything but the course itself has run: where nothing has, nothing that processes make has changed, and need not be read again. A process changes
// by running, and the kernel counts the time on a CPU for its cgroup, to the microsecond; who is there changes by a fork or an end, and those it counts too.
import type { KernelFiles } from './files.ts';

const ROOT = '/sys/fs/cgroup';

/** The top of a cgroup's path: `/user.slice` of `/user.slice/user-1000.slice`. */
export const topOf = (cgroup: string): string => /^\/[^/]*/.exec(cgroup)?.[0] ?? cgroup;

export class Activity {
  readonly #files: KernelFiles;
  /** threads there are, and the pid that was given out last */
  #threads = '';
  /** by group: CPU time spent in it and in all below */
  readonly #spent = new Map<string, string>();

  constructor(files: KernelFiles) {
    this.#files = files;
  }

  /** Since the last call: whether a process or thread came or went. True where that cannot be known. */
  population(): boolean {
    // loadavg: `0.20 0.18 0.12 1/80 11206`
    const threads = /\/(\d+ \d+)\s*$/.exec(this.#files.read('/proc/loadavg') ?? '')?.[1] ?? '';
    const changed = threads === '' || threads !== this.#threads;
    this.#threads = threads;
    return changed;
  }

  /** Since the last call for it: whether anything ran in the group at the top of the hierarchy. True where that cannot be known. */
  ran(group: string): boolean {
    const path = `${ROOT}${group === '/' ? '' : group}/cpu.stat`;
    const spent = /^usage_usec (\d+)$/m.exec(this.#files.read(path) ?? '')?.[1] ?? '';
    const changed = spent === '' || spent !== this.#spent.get(group);
    this.#spent.set(group, spent);
    return changed;
  }

  forget(): void {
    this.#threads = '';
    this.#spent.clear();
  }
}
