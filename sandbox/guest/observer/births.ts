// Processes that live for a moment: the last pid given away is looked at twenty times a second, which costs one small read,
// and only new numbers are asked for.
import type { KernelFiles } from './files.ts';
import { parseLoadAverage } from './proc-text.ts';

export type Birth = {
  readonly pid: number;
  readonly ppid: number;
  readonly comm: string;
  readonly command: string;
  readonly cgroup: string;
  readonly uid: number;
  readonly atMs: number;
};

const EVERY_MS = 50;
/** After a look that cost much the next one waits: at most this part of a CPU goes into looking. */
const SHARE = 0.02;
/** New pids asked for at a time: a fork bomb makes more, and then missing some is all right. */
const MAX_AT_ONCE = 24;

export class Births {
  readonly #files: KernelFiles;
  readonly #watchers = new Set<(birth: Birth) => void>();
  readonly #upMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  /** CPU time spent here since the last `spentMs()` */
  #spentMs = 0;

  constructor(files: KernelFiles, upMs: () => number) {
    this.#files = files;
    this.#upMs = upMs;
  }

  watch(watcher: (birth: Birth) => void): () => void {
    this.#watchers.add(watcher);
    if (this.#timer === undefined) {
      this.#last = this.#lastPid();
      this.#schedule(EVERY_MS);
    }
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  spentMs(): number {
    const spent = this.#spentMs;
    this.#spentMs = 0;
    return spent;
  }

  #schedule(inMs: number): void {
    this.#timer = setTimeout(() => this.#look(), inMs);
    this.#timer.unref();
  }

  #lastPid(): number {
    return parseLoadAverage(this.#files.read('/proc/loadavg') ?? '').lastPid;
  }

  #look(): void {
    const before = process.threadCpuUsage();
    const last = this.#lastPid();
    // numbers begin again after pid_max: those are left to the ordinary looks
    if (last > this.#last) {
      for (let pid = Math.max(this.#last + 1, last - MAX_AT_ONCE + 1); pid <= last; pid++) this.#ask(pid);
    }
    this.#last = last;
    const { user, system } = process.threadCpuUsage(before);
    const costMs = (user + system) / 1000;
    this.#spentMs += costMs;
    if (this.#timer !== undefined) this.#schedule(Math.max(EVERY_MS, costMs / SHARE));
  }

  #ask(pid: number): void {
    const status = this.#files.readOnce(`/proc/${pid}/status`);
    if (status === undefined) return;
    const field = (name: string): string => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? '';
    // threads have numbers as well
    if (Number(field('Tgid')) !== pid) return;
    const command = (this.#files.readOnce(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    if (command === '') return;
    const birth: Birth = {
      pid,
      ppid: Number(field('PPid')),
      comm: field('Name'),
      command,
      cgroup: this.#files.readOnce(`/proc/${pid}/cgroup`) ?? '',
      uid: Number(field('Uid').split('\t')[1] ?? 0),
      atMs: this.#upMs(),
    };
    for (const watcher of this.#watchers) watcher(birth);
  }
}
