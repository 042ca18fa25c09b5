// The table of processes, shared by all views: read at most once per look, kernel threads only now and then.
import { statSync } from 'node:fs';
import { NAMESPACE_KINDS } from '../../protocol/xray/parts.ts';
import type { Space } from '../../protocol/xray/parts.ts';
import { link, list } from './files.ts';
import type { KernelFiles } from './files.ts';
import { containerOfCgroup, parseCgroupLine, parseNamespaceLink, parseStat } from './proc-text.ts';
import type { Stat } from './proc-text.ts';

/** Read per look. A fork bomb makes more; they are counted, not read. */
const MAX_READ = 512;
/** Two views within this time share one reading. */
const FRESH_MS = 100;
/** What seldom changes (namespaces, cgroup) is read again every so many looks, the learner's own processes each time. */
const SLOW_LOOKS = 10;
/** A young process may yet become another program. */
const YOUNG_MS = 15_000;
const KERNEL_LOOKS = 5;

export class Process {
  readonly pid: number;
  stat: Stat;
  /** effective uid */
  uid = 0;
  command = '';
  cgroup: string | undefined;
  container: string | null = null;
  space: Space | undefined;
  ours = false;
  /** has a terminal or descends from a terminal's shell */
  learners = false;
  knownAtLook = -1;
  commandOf = '';

  constructor(pid: number, stat: Stat) {
    this.pid = pid;
    this.stat = stat;
  }
}

export type ProcessTable = {
  /** ordered by pid; no kernel threads */
  readonly processes: readonly Process[];
  readonly byPid: ReadonlyMap<number, Process>;
  /** kernel threads that were in D when they were looked at last */
  readonly blockedKernelThreads: readonly Stat[];
  /** processes in all, kernel threads left out */
  readonly total: number;
};

export class Processes {
  readonly #files: KernelFiles;
  readonly #self: number;
  readonly #shells: () => readonly number[];
  readonly #known = new Map<number, Process>();
  readonly #kernel = new Set<number>();
  #blocked: Stat[] = [];
  #look = 0;
  #table: ProcessTable | undefined;
  #atMs = -Infinity;
  #settled = false;

  constructor(files: KernelFiles, self: number, shells: () => readonly number[]) {
    this.#files = files;
    this.#self = self;
    this.#shells = shells;
  }

  /**
   * `details`: also command line, user, cgroup and namespaces. `settled`: who is there is read now, but of processes that are
   * neither young nor the learner's a state of up to ten looks ago will do; reading each of them is most of what a look costs.
   */
  table(nowMs: number, details: boolean, settled = false): ProcessTable {
    if (this.#table === undefined || nowMs - this.#atMs > FRESH_MS || (this.#settled && !settled)) {
      this.#table = this.#read(settled);
      this.#settled = settled;
      this.#atMs = nowMs;
    }
    if (details) for (const [index, one] of this.#table.processes.entries()) this.#detail(one, index);
    return this.#table;
  }

  forget(): void {
    for (const pid of this.#known.keys()) this.#files.forget(`/proc/${pid}/stat`);
    this.#known.clear();
    this.#kernel.clear();
    this.#table = undefined;
  }

  #read(settled: boolean): ProcessTable {
    this.#look++;
    const upMs = Number((this.#files.read('/proc/uptime') ?? '0').split(' ')[0]) * 1000;
    const pids = list('/proc')
      .filter((name) => name.charCodeAt(0) <= 57 && name.charCodeAt(0) >= 49)
      .map(Number);
    // Pids are used again: what was a kernel thread is asked anew every minute or so.
    if (this.#look % 64 === 0) this.#kernel.clear();
    const withKernel = this.#look % KERNEL_LOOKS === 1;
    if (withKernel) this.#blocked = [];
    const processes: Process[] = [];
    let total = 0;
    for (const pid of pids) {
      if (this.#kernel.has(pid)) {
        if (withKernel) this.#kernelThread(pid);
        continue;
      }
      total++;
      if (processes.length >= MAX_READ) continue;
      const known = this.#known.get(pid);
      const old = known !== undefined && !known.learners && upMs - known.stat.startedMs > YOUNG_MS;
      if (settled && old && (this.#look + pid) % SLOW_LOOKS !== 0) {
        processes.push(known);
        continue;
      }
      const stat = parseStat(this.#files.read(`/proc/${pid}/stat`) ?? '');
      if (stat === undefined) {
        total--;
        continue;
      }
      if (stat.kernel) {
        this.#kernel.add(pid);
        total--;
        continue;
      }
      const one = known?.stat.startedMs === stat.startedMs ? known : new Process(pid, stat);
      one.stat = stat;
      processes.push(one);
    }
    const byPid = new Map(processes.map((one) => [one.pid, one]));
    for (const pid of this.#known.keys()) if (!byPid.has(pid)) this.#files.forget(`/proc/${pid}/stat`);
    this.#known.clear();
    for (const one of processes) this.#known.set(one.pid, one);
    this.#mark(processes, byPid);
    return { processes, byPid, blockedKernelThreads: this.#blocked, total };
  }

  #kernelThread(pid: number): void {
    const stat = parseStat(this.#files.read(`/proc/${pid}/stat`) ?? '');
    if (stat?.kernel === true && stat.state === 'D') this.#blocked.push(stat);
  }

  /** What the agent started is ours, apart from the learner's shells and all that comes of them. */
  #mark(processes: readonly Process[], byPid: ReadonlyMap<number, Process>): void {
    const shells = new Set(this.#shells());
    const decided = new Map<number, 'ours' | 'learners' | 'neither'>();
    const decide = (pid: number, depth: number): 'ours' | 'learners' | 'neither' => {
      const before = decided.get(pid);
      if (before !== undefined) return before;
      const one = byPid.get(pid);
      let verdict: 'ours' | 'learners' | 'neither' = 'neither';
      if (shells.has(pid)) verdict = 'learners';
      else if (pid === this.#self) verdict = 'ours';
      else if (one !== undefined && pid > 1 && depth < 64) verdict = decide(one.stat.ppid, depth + 1);
      decided.set(pid, verdict);
      return verdict;
    };
    for (const one of processes) {
      const verdict = decide(one.pid, 0);
      one.ours = verdict === 'ours';
      one.learners = verdict === 'learners';
    }
  }

  #detail(one: Process, index: number): void {
    if (one.knownAtLook === this.#look) return;
    const named = one.commandOf === one.stat.comm;
    const turn = (this.#look + index) % SLOW_LOOKS === 0;
    const quick = one.learners && one.stat.pgrp === one.stat.tpgid;
    if (named && one.knownAtLook >= 0 && !turn && !quick) return;
    one.knownAtLook = this.#look;
    const folder = `/proc/${one.pid}`;
    if (!named) {
      one.commandOf = one.stat.comm;
      one.command = (this.#files.readOnce(`${folder}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    }
    try {
      one.uid = statSync(folder).uid;
    } catch {
      // it is gone; the next look knows
    }
    one.cgroup = parseCgroupLine(this.#files.readOnce(`${folder}/cgroup`));
    one.container = containerOfCgroup(one.cgroup);
    one.space = one.stat.state === 'Z' ? undefined : this.#space(folder, one.space);
  }

  #space(folder: string, before: Space | undefined): Space | undefined {
    const inodes = NAMESPACE_KINDS.map((kind) => parseNamespaceLink(link(`${folder}/ns/${kind}`)));
    if (inodes.includes(0)) return undefined;
    const space = Object.fromEntries(NAMESPACE_KINDS.map((kind, index) => [kind, inodes[index]])) as Space;
    return before !== undefined && NAMESPACE_KINDS.every((kind) => before[kind] === space[kind]) ? before : space;
  }
}

/** Gives every distinct value a place in a list, at most `max` of them. */
export class Places<T> {
  readonly items: T[] = [];
  readonly #max: number;
  readonly #key: (item: T) => string;
  readonly #places = new Map<string, number>();

  constructor(max: number, key: (item: T) => string) {
    this.#max = max;
    this.#key = key;
  }

  of(item: T | undefined): number | null {
    if (item === undefined) return null;
    const key = this.#key(item);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    if (this.items.length >= this.#max) return null;
    this.#places.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}

export const spaceKey = (space: Space): string => NAMESPACE_KINDS.map((kind) => space[kind]).join(' ');
