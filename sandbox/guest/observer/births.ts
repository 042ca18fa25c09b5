// Processes that live for a moment: the last pid given away is looked at twenty times a second, which costs one small read,
// and only new numbers are asked for. A process that becomes another program is told of again.
import { Credit } from './costs.ts';
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
/** A new process is asked again for so long: it is a copy of its parent first, and becomes what it is to be then. */
const YOUNG_MS = 300;
/** New pids asked for at a time: a fork bomb makes more, and then missing some is all right. */
const MAX_AT_ONCE = 24;

export class Births {
  readonly #files: KernelFiles;
  readonly #watchers = new Set<(birth: Birth) => void>();
  readonly #upMs: () => number;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  /** pid → until when it is asked again, and what it was */
  readonly #young = new Map<number, { readonly untilMs: number; readonly command: string }>();
  readonly #credit = new Credit();
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
      this.#young.clear();
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
    const nowMs = performance.now();
    let asked = 0;
    for (const [pid, { untilMs }] of this.#young) {
      if (nowMs >= untilMs) this.#young.delete(pid);
      else if (asked++ < MAX_AT_ONCE) this.#ask(pid);
    }
    const last = this.#lastPid();
    // numbers begin again after pid_max: those are left to the ordinary looks
    if (last > this.#last) {
      for (let pid = Math.max(this.#last + 1, last - MAX_AT_ONCE + 1); pid <= last; pid++) this.#ask(pid);
    }
    this.#last = last;
    const { user, system } = process.threadCpuUsage(before);
    const costMs = (user + system) / 1000;
    this.#spentMs += costMs;
    this.#credit.spend(costMs, performance.now());
    if (this.#timer !== undefined) this.#schedule(Math.max(EVERY_MS, this.#credit.restMs()));
  }

  #ask(pid: number): void {
    const before = this.#young.get(pid);
    const command = (this.#files.readOnce(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    if (command === '') return void this.#young.delete(pid);
    if (command === before?.command) return;
    const status = this.#files.readOnce(`/proc/${pid}/status`);
    if (status === undefined) return;
    const field = (name: string): string => new RegExp(`^${name}:\\t(.*)$`, 'm').exec(status)?.[1] ?? '';
    // threads have numbers as well
    if (Number(field('Tgid')) !== pid) return;
    this.#young.set(pid, { untilMs: before?.untilMs ?? performance.now() + YOUNG_MS, command });
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
