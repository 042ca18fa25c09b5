// The table of processes, shared by all views: read at most once per look, of it only what may have changed, kernel threads only now and then.
import { statSync } from 'node:fs';
import { NAMESPACE_KINDS } from '../../protocol/xray/parts.ts';
import type { Space } from '../../protocol/xray/parts.ts';
import { Activity, topOf } from './activity.ts';
import { link, list } from './files.ts';
import type { KernelFiles } from './files.ts';
import { containerOfCgroup, parseCgroupLine, parseNamespaceLink, parseStat } from './proc-text.ts';
import type { Stat } from './proc-text.ts';

/** Read per look. A fork bomb makes more; they are counted, not read. */
const MAX_READ = 512;
/** Two views within this time share one reading. */
const FRESH_MS = 100;
/** A process can be put in another cgroup without running itself: where it is is read again once in so many looks, after something has run. */
const SLOW_LOOKS = 10;
/** Only itself can change its user, its namespaces and its command line: of so many that may have run they are read again per look, or of a tenth of them. */
const DETAILS_PER_LOOK = 3;
/** A young process may yet be put in another cgroup, so that its own is no sign of whether it ran. */
const YOUNG_MS = 15_000;
const KERNEL_LOOKS = 5;
/** The course's own programs are in it: the agent, and what it was asked to run. */
export const OURS = '/underhood.slice';

export class Process {
  readonly pid: number;
  stat: Stat;
  /** effective uid */
  uid = 0;
  command = '';
  cgroup: string | undefined;
  /** top of the cgroup that it was in last */
  top: string | undefined;
  /** where its running shows; undefined: not known for certain, or among the course's own */
  group: string | undefined;
  container: string | null = null;
  space: Space | undefined;
  ours = false;
  /** has a terminal or descends from a terminal's shell */
  learners = false;
  young = true;
  /** it has run since its details were read */
  due = true;
  /** time on a CPU, and how often it was given one */
  turns: string | undefined;
  detailedAtLook = -1;
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
  readonly #upMs: () => number;
  readonly #activity: Activity;
  readonly #known = new Map<number, Process>();
  readonly #kernel = new Set<number>();
  #blocked: Stat[] = [];
  #look = 0;
  #table: ProcessTable | undefined;
  #readAtMs = -Infinity;
  #pids: readonly number[] = [];
  /** session of the agent and of the programs that work for it */
  #session = 0;
  /** groups that the processes of the table are in; undefined: of some it cannot be known whether they run */
  #groups: ReadonlySet<string> | undefined;
  #askedAtMs = -Infinity;
  #runs = 0;
  /** since the table was read */
  #population = true;
  readonly #ran = new Set<string>();
  /** looks in which where processes are is still read again */
  #unsettled = 0;
  #detailsDue = false;

  /** `self`: the agent's pid; `shells`: pids of the terminals' processes; `upMs`: time since the machine started. */
  constructor(files: KernelFiles, self: number, shells: () => readonly number[], upMs: () => number) {
    this.#files = files;
    this.#self = self;
    this.#shells = shells;
    this.#upMs = upMs;
    this.#activity = new Activity(files);
  }

  /** Whether there is something to read though nothing has run since. */
  get unread(): boolean {
    return this.#detailsDue || this.#groups === undefined;
  }

  /** A number that is another one when a process came or went, or anything but the agent and its helpers may have run. */
  runs(nowMs: number): number {
    if (nowMs - this.#askedAtMs <= FRESH_MS) return this.#runs;
    this.#askedAtMs = nowMs;
    const came = this.#activity.population();
    const ran = [...(this.#groups ?? [])].filter((group) => this.#activity.ran(group));
    if (came) this.#population = true;
    for (const group of ran) this.#ran.add(group);
    const moved = came || ran.length > 0 ? undefined : this.#settle();
    if (moved === undefined) this.#unsettled = SLOW_LOOKS;
    if (moved !== false || this.unread) this.#runs++;
    return this.#runs;
  }

  /** Nothing has run since the call before: whether what ran earlier put a process in another cgroup. */
  #settle(): boolean {
    if (this.#unsettled === 0 || this.#table === undefined) return false;
    this.#unsettled--;
    let moved = false;
    for (const [index, one] of this.#table.processes.entries()) {
      if (index % SLOW_LOOKS !== this.#unsettled) continue;
      const { cgroup } = one;
      this.#locate(one);
      if (one.cgroup !== cgroup) moved = true;
    }
    return moved;
  }

  /** `details`: also command line, user and namespaces. */
  table(nowMs: number, details: boolean): ProcessTable {
    this.runs(nowMs);
    if (this.#table === undefined || nowMs - this.#readAtMs > FRESH_MS) {
      this.#table = this.#read();
      this.#readAtMs = nowMs;
    }
    if (details) this.#detail(this.#table.processes);
    return this.#table;
  }

  forget(): void {
    for (const pid of this.#known.keys()) this.#forgetFiles(pid);
    this.#known.clear();
    this.#kernel.clear();
    this.#activity.forget();
    this.#groups = undefined;
    this.#table = undefined;
  }

  #forgetFiles(pid: number): void {
    for (const name of ['stat', 'schedstat']) this.#files.forget(`/proc/${pid}/${name}`);
  }

  #read(): ProcessTable {
    this.#look++;
    const upMs = this.#upMs();
    if (this.#population || this.#table === undefined) {
      this.#pids = list('/proc')
        .filter((name) => name.charCodeAt(0) <= 57 && name.charCodeAt(0) >= 49)
        .map(Number);
    }
    this.#session =
      this.#known.get(this.#self)?.stat.session ??
      parseStat(this.#files.read(`/proc/${this.#self}/stat`) ?? '')?.session ??
      0;
    // Pids are used again: what was a kernel thread is asked anew every minute or so.
    if (this.#look % 64 === 0) this.#kernel.clear();
    const withKernel = this.#look % KERNEL_LOOKS === 1;
    if (withKernel) this.#blocked = [];
    const processes: Process[] = [];
    const groups = new Set<string>();
    let allKnown = true;
    let total = 0;
    for (const pid of this.#pids) {
      if (this.#kernel.has(pid)) {
        if (withKernel) this.#kernelThread(pid);
        continue;
      }
      total++;
      if (processes.length >= MAX_READ) continue;
      const one = this.#process(pid, upMs);
      if (one === undefined) {
        total--;
        continue;
      }
      processes.push(one);
      if (one.top !== undefined && one.top !== OURS) groups.add(one.top);
      else if (one.stat.session !== this.#session) allKnown = false;
    }
    this.#groups = allKnown ? groups : undefined;
    this.#detailsDue = false;
    this.#population = false;
    this.#ran.clear();
    const byPid = new Map(processes.map((one) => [one.pid, one]));
    for (const pid of this.#known.keys()) if (!byPid.has(pid)) this.#forgetFiles(pid);
    this.#known.clear();
    for (const one of processes) this.#known.set(one.pid, one);
    this.#mark(processes, byPid);
    return { processes, byPid, blockedKernelThreads: this.#blocked, total };
  }

  /** As it is now; undefined for a kernel thread, or when it is gone. */
  #process(pid: number, upMs: number): Process | undefined {
    const known = this.#known.get(pid);
    if (known !== undefined && !this.#mayHaveRun(known)) return known;
    const stat = parseStat(this.#files.read(`/proc/${pid}/stat`) ?? '');
    if (stat?.kernel === true) this.#kernel.add(pid);
    if (stat === undefined || stat.kernel) return undefined;
    const one = known?.stat.startedMs === stat.startedMs ? known : new Process(pid, stat);
    one.stat = stat;
    const turns = this.#files.read(`/proc/${pid}/schedstat`);
    if (turns === undefined || turns !== one.turns) one.due = true;
    one.turns = turns;
    one.young = upMs - stat.startedMs <= YOUNG_MS;
    if (one.group === undefined || (this.#look + pid) % SLOW_LOOKS === 0) this.#locate(one);
    return one;
  }

  #mayHaveRun({ group, stat }: Process): boolean {
    // the agent's own working is of interest beside other things only
    if (stat.session === this.#session) return this.#population || this.#ran.size > 0;
    return group === undefined || this.#ran.has(group);
  }

  #locate(one: Process): void {
    one.cgroup = parseCgroupLine(this.#files.readOnce(`/proc/${one.pid}/cgroup`));
    one.container = containerOfCgroup(one.cgroup);
    one.top = one.cgroup === undefined ? undefined : topOf(one.cgroup);
    one.group = one.young || one.top === OURS ? undefined : one.top;
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

  #detail(processes: readonly Process[]): void {
    const due = processes.filter((one) => one.due);
    // what has become another program, or is in the foreground, is looked at at once
    const urgent = ({ commandOf, stat, learners }: Process): boolean =>
      commandOf !== stat.comm || (learners && stat.pgrp === stat.tpgid);
    const rest = due.filter((one) => !urgent(one)).sort((a, b) => a.detailedAtLook - b.detailedAtLook);
    const turn = rest.slice(0, Math.max(DETAILS_PER_LOOK, Math.ceil(rest.length / SLOW_LOOKS)));
    for (const one of due) if (urgent(one)) this.#describe(one);
    for (const one of turn) this.#describe(one);
    this.#detailsDue = rest.length > turn.length;
  }

  #describe(one: Process): void {
    one.due = false;
    one.detailedAtLook = this.#look;
    const folder = `/proc/${one.pid}`;
    if (one.commandOf !== one.stat.comm) {
      one.commandOf = one.stat.comm;
      one.command = (this.#files.readOnce(`${folder}/cmdline`) ?? '').replaceAll('\0', ' ').trim();
    }
    try {
      one.uid = statSync(folder).uid;
    } catch {
      // it is gone; the next look knows
    }
    this.#locate(one);
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
