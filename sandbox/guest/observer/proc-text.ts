// Parsers of proc(5): text in, numbers out. Pure, so that they are tested with text captured from a machine.
import type { TaskState } from '../../protocol/xray/parts.ts';
import type { CpuTime, Pressure } from '../../protocol/xray/run-queue.ts';
import { whole } from './files.ts';

/** USER_HZ is 100 on every architecture that matters here (sysconf(_SC_CLK_TCK)). */
export const MS_PER_TICK = 10;
const PF_KTHREAD = 0x0020_0000; // include/linux/sched.h
const STATES = 'RSDTtZXI';

export type Stat = {
  readonly pid: number;
  readonly comm: string;
  readonly state: TaskState;
  readonly ppid: number;
  readonly pgrp: number;
  readonly session: number;
  readonly tty: number;
  /** process group in the foreground of its terminal, -1 for none */
  readonly tpgid: number;
  readonly kernel: boolean;
  readonly cpuMs: number;
  /** with the children it has waited for */
  readonly familyCpuMs: number;
  readonly nice: number;
  readonly threads: number;
  readonly startedMs: number;
  readonly residentKib: number;
  readonly cpu: number;
};

/** /proc/PID/stat. A comm may contain spaces and brackets: it ends at the last ')'. */
export function parseStat(text: string): Stat | undefined {
  const open = text.indexOf('(');
  const end = text.lastIndexOf(')');
  if (open < 0 || end < open) return undefined;
  const field = text.slice(end + 2).split(' ');
  const at = (number: number): number => Number(field[number - 3] ?? 0) || 0;
  const state = field[0] ?? '';
  if (state.length !== 1 || !STATES.includes(state)) return undefined;
  const cpuMs = (at(14) + at(15)) * MS_PER_TICK;
  return {
    pid: Number(text.slice(0, open - 1)),
    comm: text.slice(open + 1, end),
    state: state as TaskState,
    ppid: at(4),
    pgrp: at(5),
    session: at(6),
    tty: at(7),
    tpgid: at(8),
    kernel: (at(9) & PF_KTHREAD) !== 0,
    cpuMs,
    familyCpuMs: cpuMs + (at(16) + at(17)) * MS_PER_TICK,
    nice: at(19),
    threads: at(20),
    startedMs: at(22) * MS_PER_TICK,
    residentKib: Math.max(0, at(24)) * 4,
    cpu: at(39),
  };
}

export type LoadAverage = {
  readonly averages: [number, number, number];
  readonly running: number;
};

/** /proc/loadavg: `0.20 0.18 0.12 1/80 11206`. */
export function parseLoadAverage(text: string): LoadAverage {
  const [one, five, fifteen, tasks = ''] = text.trim().split(' ');
  return {
    averages: [Number(one) || 0, Number(five) || 0, Number(fifteen) || 0],
    running: whole(tasks.split('/')[0]),
  };
}

export type KernelStat = {
  readonly all: CpuTime;
  readonly cpus: readonly { readonly id: number; readonly time: CpuTime }[];
  readonly interrupts: number;
  readonly contextSwitches: number;
  readonly forks: number;
  readonly running: number;
  readonly blocked: number;
};

/** /proc/stat. The line of interrupts is long: only its first number is looked at. */
export function parseKernelStat(text: string): KernelStat {
  const numbers = new Map<string, string>();
  const cpus: { id: number; time: CpuTime }[] = [];
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ');
    const name = line.slice(0, space);
    if (name === 'intr') numbers.set(name, line.slice(space + 1, line.indexOf(' ', space + 1)));
    else if (/^cpu\d+$/.test(name)) cpus.push({ id: Number(name.slice(3)), time: cpuTime(line) });
    else if (name !== 'softirq') numbers.set(name, line.slice(space + 1));
  }
  const at = (name: string): number => whole(numbers.get(name));
  return {
    all: cpuTime(`cpu ${numbers.get('cpu') ?? ''}`),
    cpus,
    interrupts: at('intr'),
    contextSwitches: at('ctxt'),
    forks: at('processes'),
    running: at('procs_running'),
    blocked: at('procs_blocked'),
  };
}

function cpuTime(line: string): CpuTime {
  const ticks = line.trim().split(/ +/).slice(1);
  const at = (index: number): number => whole(ticks[index]) * MS_PER_TICK;
  return {
    userMs: at(0),
    niceMs: at(1),
    systemMs: at(2),
    idleMs: at(3),
    iowaitMs: at(4),
    irqMs: at(5),
    softirqMs: at(6),
    stealMs: at(7),
  };
}

/** `Name: 12 kB` and `name 12` lines, as of /proc/meminfo, /proc/vmstat, memory.events and cpu.stat. */
export function parseNumbers(text: string): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const line of text.split('\n')) {
    const found = /^([^\s:]+):?\s+(\d+)/.exec(line);
    if (found?.[1] !== undefined) numbers.set(found[1], Number(found[2]));
  }
  return numbers;
}

/** /proc/pressure/cpu and others: lines `some avg10=… avg60=… avg300=… total=…`, and `full …`. */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const line = (kind: string): Pressure['some'] | undefined => {
    const found = new RegExp(`^${kind} avg10=([\\d.]+) avg60=([\\d.]+) avg300=([\\d.]+) total=(\\d+)`, 'm').exec(
      text ?? '',
    );
    if (found === null) return undefined;
    const [, avg10, avg60, avg300, totalUs] = found.map(Number);
    return { avg10: avg10 ?? 0, avg60: avg60 ?? 0, avg300: avg300 ?? 0, totalUs: totalUs ?? 0 };
  };
  const some = line('some');
  return some === undefined ? undefined : { some, full: line('full') ?? null };
}

/** The inode in `net:[4026531840]`. */
export function parseNamespaceLink(text: string | undefined): number {
  return whole(/\[(\d+)\]$/.exec(text ?? '')?.[1]);
}

/** The path in /proc/PID/cgroup (version 2: one line, `0::/path`). */
export function parseCgroupLine(text: string | undefined): string | undefined {
  return /^0::(\/.*)$/m.exec(text ?? '')?.[1];
}

/** The container whose cgroup this is; conmon has one of its own, and is in no container. */
export function containerOfCgroup(path: string | undefined): string | null {
  return /libpod-([0-9a-f]{64})/.exec(path ?? '')?.[1] ?? null;
}
