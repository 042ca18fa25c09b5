// The view of vmstat: the kernel's own counters, as procps reads them.
import type { VmStat } from '../../../protocol/xray/vmstat.ts';
import type { Ground } from '../ground.ts';
import { parseKernelStat, parseNumbers } from '../proc-text.ts';
import type { KernelStat } from '../proc-text.ts';
import { NotSupported } from '../view.ts';
import type { View } from '../view.ts';

const PAGE_KIB = 4;
/** Six of some two hundred lines of /proc/vmstat. */
const EVENTS = /^(pswpin|pswpout|pgpgin|pgpgout|pgfault|pgmajfault) (\d+)$/gm;

type Counters = { readonly atMs: number; readonly kernel: KernelStat; readonly vm: ReadonlyMap<string, number> };

export function openVmStat({ files }: Ground): View<'vmstat'> {
  let before: Counters | undefined;
  return {
    look() {
      const stat = files.read('/proc/stat');
      const meminfo = files.read('/proc/meminfo');
      if (stat === undefined || meminfo === undefined) throw new NotSupported('no /proc/stat');
      const memory = parseNumbers(meminfo);
      const kib = (name: string): number => memory.get(name) ?? 0;
      const now: Counters = {
        atMs: performance.now(),
        kernel: parseKernelStat(stat),
        vm: new Map(
          Array.from((files.read('/proc/vmstat') ?? '').matchAll(EVENTS), ([, name = '', n]) => [name, Number(n)]),
        ),
      };
      const state: VmStat = {
        procs: { runnable: Math.max(0, now.kernel.running - 1), blocked: now.kernel.blocked },
        memory: {
          totalKib: kib('MemTotal'),
          swapUsedKib: Math.max(0, kib('SwapTotal') - kib('SwapFree')),
          freeKib: kib('MemFree'),
          bufferKib: kib('Buffers'),
          cacheKib: kib('Cached') + kib('SReclaimable'),
          availableKib: kib('MemAvailable'),
          activeKib: kib('Active'),
          inactiveKib: kib('Inactive'),
          dirtyKib: kib('Dirty'),
        },
        rates: before === undefined ? null : rates(before, now),
      };
      before = now;
      return { state, truncated: [] };
    },
  };
}

/** What happened between two readings, per second; CPU time in percent. */
export function rates(before: Counters, now: Counters): NonNullable<VmStat['rates']> {
  const seconds = Math.max(0.001, (now.atMs - before.atMs) / 1000);
  const rate = (from: number, to: number): number => Math.max(0, Math.round((to - from) / seconds));
  const vm = (name: string): number => rate(before.vm.get(name) ?? 0, now.vm.get(name) ?? 0);
  const a = before.kernel.all;
  const b = now.kernel.all;
  const spent = {
    user: b.userMs - a.userMs + b.niceMs - a.niceMs,
    system: b.systemMs - a.systemMs + b.irqMs - a.irqMs + b.softirqMs - a.softirqMs,
    idle: b.idleMs - a.idleMs,
    iowait: b.iowaitMs - a.iowaitMs,
    steal: b.stealMs - a.stealMs,
  };
  const all = Object.values(spent).reduce((sum, ms) => sum + Math.max(0, ms), 0) || 1;
  const percent = (ms: number): number => Math.round((Math.max(0, ms) / all) * 1000) / 10;
  return {
    swapInKib: vm('pswpin') * PAGE_KIB,
    swapOutKib: vm('pswpout') * PAGE_KIB,
    // in KiB already (vm_event_counters)
    blocksInKib: vm('pgpgin'),
    blocksOutKib: vm('pgpgout'),
    interrupts: rate(before.kernel.interrupts, now.kernel.interrupts),
    contextSwitches: rate(before.kernel.contextSwitches, now.kernel.contextSwitches),
    forks: rate(before.kernel.forks, now.kernel.forks),
    pageFaults: vm('pgfault'),
    majorFaults: vm('pgmajfault'),
    cpuPercent: {
      user: percent(spent.user),
      system: percent(spent.system),
      idle: percent(spent.idle),
      iowait: percent(spent.iowait),
      steal: percent(spent.steal),
    },
  };
}
