// Whether one more machine fits on this host, and how long who must wait will wait. Pure.

export type HostMemory = {
  /** MemAvailable of /proc/meminfo */
  readonly availableMib: number;
  /** kept free for the server, the page cache and everything else */
  readonly reserveMib: number;
};

export type Load = {
  /** machines that use memory: running, paused, warm */
  readonly machines: number;
  readonly maxMachines: number;
  /** memory promised to machines that start just now and do not show in `availableMib` yet */
  readonly promisedMib: number;
};

/** A clone's growth by experience (55 MiB private, more once it is used), until this host has measured its own. */
export const CLONE_MIB = 160;
/** QEMU itself, its translations under emulation included. */
const QEMU_MIB = 90;

/** How many more machines of `neededMib` each may start now. */
export function room(memory: HostMemory, load: Load, neededMib: number): number {
  const slots = Math.max(0, load.maxMachines - load.machines);
  const freeMib = memory.availableMib - memory.reserveMib - load.promisedMib;
  return Math.max(0, Math.min(slots, Math.floor(freeMib / neededMib)));
}

/** What a clone is expected to need: between the experience above and twice that, by what this host's machines took. */
export function expectedMib(measuredMib: readonly number[]): number {
  if (measuredMib.length === 0) return CLONE_MIB;
  const mean = measuredMib.reduce((sum, mib) => sum + mib, 0) / measuredMib.length;
  // A quarter on top: those measured may have been idle.
  return Math.min(2 * CLONE_MIB, Math.max(CLONE_MIB / 2, Math.ceil(mean * 1.25)));
}

/** What a machine needs that comes back with so much changed memory: that is its own, the rest is shared as on its first day. */
export function wokenMib(changedBytes: number): number {
  return Math.max(CLONE_MIB, Math.ceil(changedBytes / 1024 ** 2) + QEMU_MIB);
}

/** Longest wait that is ever promised; with nothing to go by, it is also the answer. */
export const ESTIMATE_CEILING_MS = 30 * 60_000;

/**
 * How long the one at `position` (1 = next) will wait, from the times at which machines went lately.
 * The mean gap between them, or since the last one where that is longer already.
 */
export function estimateMs(position: number, releasesMs: readonly number[], nowMs: number): number {
  const first = releasesMs[0];
  const last = releasesMs.at(-1);
  if (first === undefined || last === undefined || releasesMs.length < 2) return ESTIMATE_CEILING_MS;
  const meanGapMs = (last - first) / (releasesMs.length - 1);
  const gapMs = Math.max(meanGapMs, (nowMs - last) / 2);
  return Math.min(ESTIMATE_CEILING_MS, Math.round(gapMs * position));
}

/** A clone under emulation, until this host has measured its own. */
const START_MS = 1000;

/** How long until it is the turn of the one at `position`, where `together` machines start at the same time and starts took so long lately. */
export function turnMs(position: number, startsMs: readonly number[], together: number): number {
  const meanMs = startsMs.length === 0 ? START_MS : startsMs.reduce((sum, ms) => sum + ms, 0) / startsMs.length;
  return Math.round((position * meanMs) / together);
}

/** MemAvailable in MiB from the text of /proc/meminfo; 0 where it is not said, which admits nobody. */
export function availableMib(meminfo: string): number {
  return Math.floor(Number(/^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024);
}
