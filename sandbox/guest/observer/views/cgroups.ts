// The view of cgroups (version 2). Reading a group in full takes fourteen files. Limits and events are read again only when the kernel says that somebody
// wrote them (inotify), what is used only where something ran: the kernel adds that up along the tree, so that a branch at rest costs one file.
import { readdirSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Cgroup, Cgroups } from '../../../protocol/xray/cgroups.ts';
import { cut, whole } from '../files.ts';
import type { Ground } from '../ground.ts';
import { containerOfCgroup, parseNumbers } from '../proc-text.ts';
import { OURS } from '../processes.ts';
import type { ProcessTable } from '../processes.ts';
import { NotSupported, bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const ROOT = '/sys/fs/cgroup';
const MAX_GROUPS = 96;
const MAX_DEPTH = 8;
/** Groups read per look of those in which something ran, the rest with the next one; and of the others, which still may give memory back. */
const MOST_AT_ONCE = 32;
const IN_TURN = 2;
/** Named of each group. */
const MEMBERS = 4;
/** The tree is walked again when the kernel counts other groups than before, and after so many looks. */
const WALK_LOOKS = 60;
/** Limits and events are read again after this long also where nobody has heard of a change. */
const SETTINGS_MS = 30_000;

type Settings = {
  readonly controllers: Cgroup['controllers'];
  readonly frozen: boolean;
  readonly cpu: Pick<NonNullable<Cgroup['cpu']>, 'quotaUs' | 'periodUs' | 'weight'> | undefined;
  readonly memory:
    | Pick<NonNullable<Cgroup['memory']>, 'maxBytes' | 'highBytes' | 'peakBytes' | 'high' | 'max' | 'oom' | 'oomKills'>
    | undefined;
  readonly pids: Pick<NonNullable<Cgroup['pids']>, 'max' | 'refused'> | undefined;
};
type Use = Pick<Cgroup, 'cpu' | 'memory' | 'pids'>;

type Group = {
  readonly path: string;
  readonly depth: number;
  settings: Settings | undefined;
  settingsAtMs: number;
  /** something was written since */
  dirty: boolean;
  use: Use | undefined;
  /** in the group itself */
  processes: number;
  members: Cgroup['members'];
  /** Unix ms */
  readAtMs: number;
  /** cpu.stat when it was read last */
  spent: string | undefined;
  /** tells of writes to its files, and of groups made in it */
  watcher: FSWatcher | undefined;
};

export function openCgroups(ground: Ground): View<'cgroups'> {
  const { files } = ground;
  const file = (path: string, name: string): string => `${ROOT}${path === '/' ? '' : path}/${name}`;
  let groups: Group[] = [];
  let total = 0;
  let counted = '';
  let look = 0;
  /** what the kernel told of writes to files, and groups that the last look left unread */
  let written = 0;
  let unread = 0;

  const listen = (group: Group): void => {
    try {
      group.watcher = watch(file(group.path, ''), { persistent: false }, () => {
        group.dirty = true;
        written++;
      });
      group.watcher.on('error', () => forget(group));
    } catch {
      // gone already, or no watches left: its settings are read again after a while
    }
  };

  const forget = (group: Group): void => {
    group.watcher?.close();
    group.watcher = undefined;
    group.dirty = true;
    files.forgetBelow(file(group.path, '').slice(0, -1));
  };

  const walk = (): void => {
    const known = new Map(groups.map((group) => [group.path, group]));
    const found: Group[] = [];
    total = 0;
    const visit = (path: string, depth: number): void => {
      total++;
      if (found.length < MAX_GROUPS) {
        found.push(known.get(path) ?? fresh(path, depth));
        known.delete(path);
      }
      if (depth >= MAX_DEPTH || total > 8 * MAX_GROUPS) return;
      for (const name of folders(file(path, ''))) visit(path === '/' ? `/${name}` : `${path}/${name}`, depth + 1);
    };
    visit('/', 0);
    for (const gone of known.values()) forget(gone);
    groups = found;
  };

  const readSettings = (group: Group, nowMs: number): Settings => {
    const text = (name: string): string | undefined => files.read(file(group.path, name));
    const limit = (name: string): number | null => parseLimit(text(name));
    const of = (numbers: ReadonlyMap<string, number>, name: string): number => numbers.get(name) ?? 0;
    // Listening first: what is written while this reads is heard of.
    if (group.watcher === undefined) listen(group);
    group.settingsAtMs = nowMs;
    group.dirty = false;
    const controllers = (text('cgroup.controllers') ?? '').trim().split(' ').filter(Boolean).slice(0, 12);
    const cpuMax = text('cpu.max')?.trim().split(' ');
    const memoryEvents = text('memory.events');
    const events = parseNumbers(memoryEvents ?? '');
    const pidsEvents = text('pids.events');
    const settings: Settings = {
      controllers: controllers.map((name) => cut(name, 16)),
      frozen: text('cgroup.freeze')?.trim() === '1',
      cpu:
        cpuMax === undefined
          ? undefined
          : {
              quotaUs: cpuMax[0] === 'max' ? null : whole(cpuMax[0]),
              periodUs: whole(cpuMax[1]),
              weight: whole(text('cpu.weight')?.trim()),
            },
      memory:
        memoryEvents === undefined
          ? undefined
          : {
              maxBytes: limit('memory.max'),
              highBytes: limit('memory.high'),
              peakBytes: limit('memory.peak'),
              high: of(events, 'high'),
              max: of(events, 'max'),
              oom: of(events, 'oom'),
              oomKills: of(events, 'oom_kill'),
            },
      pids:
        pidsEvents === undefined ? undefined : { max: limit('pids.max'), refused: of(parseNumbers(pidsEvents), 'max') },
    };
    group.settings = settings;
    return settings;
  };

  /** The course's own group never rests while it is looked at: it waits for its turn. The root is in no group, and its processes are the kernel's. */
  const rests = ({ path, spent }: Group): boolean =>
    path === OURS || (path !== '/' && spent !== undefined && files.read(file(path, 'cpu.stat')) === spent);

  /** Groups that were written to, or in which something ran since they were read. */
  const stirred = (): Group[] => {
    let resting = Infinity;
    return groups.filter((group) => {
      // each comes before those in it
      if (group.depth <= resting) resting = rests(group) ? group.depth : Infinity;
      return group.dirty || (resting === Infinity && group.path !== '/');
    });
  };

  const read = (group: Group, nowMs: number, swap: boolean, { byPid }: ProcessTable): void => {
    const text = (name: string): string | undefined => files.read(file(group.path, name));
    const old = group.dirty || nowMs - group.settingsAtMs > SETTINGS_MS;
    const { cpu, memory, pids } = old || !group.settings ? readSettings(group, nowMs) : group.settings;
    group.spent = text('cpu.stat');
    const cpuStat = cpu && parseNumbers(group.spent ?? '');
    const current = pids && whole(text('pids.current')?.trim());
    const procs = text('cgroup.procs');
    // Gone; should there be one of that name again, it is another one.
    if (procs === undefined) forget(group);
    const pidList = (procs ?? '')
      .split('\n', 1024)
      .map(Number)
      .filter((pid) => pid > 0);
    group.processes = pidList.length;
    // The root's are the kernel's own threads.
    group.members = (group.path === '/' ? [] : pidList).slice(0, MEMBERS).map((pid) => ({
      pid,
      comm: cut(byPid.get(pid)?.stat.comm ?? files.readOnce(`/proc/${pid}/comm`)?.trimEnd() ?? '', 64),
    }));
    const currentBytes = memory && whole(text('memory.current')?.trim());
    group.readAtMs = nowMs;
    group.use = {
      cpu: cpu
        ? {
            ...cpu,
            usageUs: cpuStat?.get('usage_usec') ?? 0,
            periods: cpuStat?.get('nr_periods') ?? 0,
            throttledPeriods: cpuStat?.get('nr_throttled') ?? 0,
            throttledUs: cpuStat?.get('throttled_usec') ?? 0,
          }
        : null,
      memory: memory
        ? {
            ...memory,
            currentBytes: currentBytes ?? 0,
            peakBytes: memory.peakBytes === null ? null : Math.max(memory.peakBytes, currentBytes ?? 0),
            swapBytes: swap ? parseLimit(text('memory.swap.current')) : 0,
          }
        : null,
      pids: pids ? { ...pids, current: current ?? 0 } : null,
    };
  };

  return {
    look(_request, room) {
      const descendants = files.read(file('/', 'cgroup.stat'));
      if (descendants === undefined) throw new NotSupported('no cgroup v2 at /sys/fs/cgroup');
      if (descendants !== counted || look++ % WALK_LOOKS === 0) walk();
      counted = descendants;
      const nowMs = Date.now();
      const memory = parseNumbers(files.read('/proc/meminfo') ?? '');
      const swap = (memory.get('SwapTotal') ?? 0) > 0;
      const due = stirred();
      const table = ground.processes.table(performance.now(), false);
      for (const group of oldest(due, MOST_AT_ONCE)) read(group, nowMs, swap, table);
      for (const group of oldest(groups, IN_TURN)) read(group, nowMs, swap, table);
      unread = Math.max(0, due.length - MOST_AT_ONCE);

      const notes: Cut[] = [];
      const below = processesBelow(groups);
      const state: Cgroups = {
        cpus: (files.read('/proc/stat')?.match(/^cpu\d/gm) ?? ['cpu0']).length,
        memoryBytes: (memory.get('MemTotal') ?? 0) * 1024,
        groups: bounded(notes, 'groups', groups, within(MAX_GROUPS, room), total).flatMap(
          ({ path, settings, use, members, readAtMs }) => {
            if (use === undefined || settings === undefined) return [];
            return {
              path: cut(path, 512),
              controllers: settings.controllers,
              frozen: settings.frozen,
              ...use,
              processes: below.get(path) ?? 0,
              members,
              container: containerOfCgroup(path),
              readAtMs,
              ours: path.startsWith('/underhood.slice'),
            };
          },
        ),
        containers: ground.podman.containers(performance.now()),
      };
      return { state, truncated: notes };
    },
    heard: () => String(written),
    passing: () => unread > 0,
    close() {
      for (const { watcher } of groups) watcher?.close();
    },
  };
}

const oldest = (groups: readonly Group[], count: number): Group[] =>
  groups.toSorted((a, b) => a.readAtMs - b.readAtMs).slice(0, count);

const fresh = (path: string, depth: number): Group => ({
  path,
  depth,
  settings: undefined,
  settingsAtMs: -Infinity,
  dirty: true,
  use: undefined,
  processes: 0,
  members: [],
  readAtMs: 0,
  spent: undefined,
  watcher: undefined,
});

/** Path → processes in the group and in all below it. */
function processesBelow(groups: readonly Group[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path, processes: own } of groups) {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) counts.set(at, (counts.get(at) ?? 0) + own);
    if (path !== '/') counts.set('/', (counts.get('/') ?? 0) + own);
  }
  return counts;
}

/** `max` or a number; null also where there is no such file. */
export function parseLimit(text: string | undefined): number | null {
  const value = text?.trim();
  return value === undefined || value === '' || value === 'max' ? null : whole(value);
}

function folders(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
