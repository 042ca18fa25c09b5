// The view of cgroups (version 2). A group costs about a millisecond to read in full, so what has no limit is read in turn.
import { readdirSync } from 'node:fs';
import type { Cgroup, Cgroups } from '../../../protocol/xray/cgroups.ts';
import { cut, whole } from '../files.ts';
import type { Ground } from '../ground.ts';
import { containerOfCgroup, parseNumbers } from '../proc-text.ts';
import { NotSupported, bounded, within } from '../view.ts';
import type { Cut, View } from '../view.ts';

const ROOT = '/sys/fs/cgroup';
const MAX_GROUPS = 96;
const MAX_DEPTH = 8;
/** Groups read in full per look, and how much sooner one with a limit or a container comes to its turn. */
const PER_LOOK = 6;
const PREFERENCE = 8;
/** The tree is walked again when the kernel counts other groups than before, or after so many looks. */
const WALK_LOOKS = 10;

type Group = {
  readonly path: string;
  readonly depth: number;
  numbers: Numbers | undefined;
  readAtMs: number;
  special: boolean;
};
type Numbers = Pick<Cgroup, 'controllers' | 'frozen' | 'cpu' | 'memory' | 'pids'> & {
  readonly pidList: readonly number[];
};

export function openCgroups(ground: Ground): View<'cgroups'> {
  const { files } = ground;
  const file = (path: string, name: string): string => `${ROOT}${path === '/' ? '' : path}/${name}`;
  let groups: Group[] = [];
  let total = 0;
  let counted = '';
  let look = 0;

  const walk = (): void => {
    const known = new Map(groups.map((group) => [group.path, group]));
    const found: Group[] = [];
    total = 0;
    const visit = (path: string, depth: number): void => {
      total++;
      if (found.length < MAX_GROUPS) {
        found.push(known.get(path) ?? { path, depth, numbers: undefined, readAtMs: -Infinity, special: false });
      }
      if (depth >= MAX_DEPTH || total > 8 * MAX_GROUPS) return;
      for (const name of folders(file(path, ''))) visit(path === '/' ? `/${name}` : `${path}/${name}`, depth + 1);
    };
    visit('/', 0);
    groups = found;
  };

  const read = (group: Group, nowMs: number): void => {
    const text = (name: string): string | undefined => files.read(file(group.path, name));
    const limit = (name: string): number | null => parseLimit(text(name));
    const controllers = (text('cgroup.controllers') ?? '').trim().split(' ').filter(Boolean).slice(0, 12);
    const cpuMax = text('cpu.max')?.trim().split(' ');
    const cpuStat = parseNumbers(text('cpu.stat') ?? '');
    const current = text('memory.current');
    const events = parseNumbers(text('memory.events') ?? '');
    const pidsNow = text('pids.current');
    const of = (numbers: ReadonlyMap<string, number>, name: string): number => numbers.get(name) ?? 0;
    group.readAtMs = nowMs;
    group.numbers = {
      controllers: controllers.map((name) => cut(name, 16)),
      frozen: text('cgroup.freeze')?.trim() === '1',
      cpu:
        cpuMax === undefined
          ? null
          : {
              quotaUs: cpuMax[0] === 'max' ? null : whole(cpuMax[0]),
              periodUs: whole(cpuMax[1]),
              weight: whole(text('cpu.weight')?.trim()),
              usageUs: of(cpuStat, 'usage_usec'),
              periods: of(cpuStat, 'nr_periods'),
              throttledPeriods: of(cpuStat, 'nr_throttled'),
              throttledUs: of(cpuStat, 'throttled_usec'),
            },
      memory:
        current === undefined
          ? null
          : {
              maxBytes: limit('memory.max'),
              highBytes: limit('memory.high'),
              currentBytes: whole(current.trim()),
              peakBytes: limit('memory.peak'),
              swapBytes: limit('memory.swap.current'),
              high: of(events, 'high'),
              max: of(events, 'max'),
              oom: of(events, 'oom'),
              oomKills: of(events, 'oom_kill'),
            },
      pids:
        pidsNow === undefined
          ? null
          : {
              max: limit('pids.max'),
              current: whole(pidsNow.trim()),
              refused: of(parseNumbers(text('pids.events') ?? ''), 'max'),
            },
      pidList: (text('cgroup.procs') ?? '')
        .split('\n', 1024)
        .map(Number)
        .filter((pid) => pid > 0),
    };
    const { cpu, memory } = group.numbers;
    const limited = (cpu?.quotaUs ?? null) !== null || (memory?.maxBytes ?? memory?.highBytes ?? null) !== null;
    // systemd sets a limit of tasks for everything, so that one says nothing
    group.special =
      limited || containerOfCgroup(group.path) !== null || !/^\/(system|init|user|underhood)\b/.test(group.path);
  };

  return {
    look(_request, room) {
      const descendants = files.read(file('/', 'cgroup.stat'));
      if (descendants === undefined) throw new NotSupported('no cgroup v2 at /sys/fs/cgroup');
      if (descendants !== counted || look++ % WALK_LOOKS === 0) walk();
      counted = descendants;
      const nowMs = performance.now();
      const age = (group: Group): number => nowMs - group.readAtMs;
      const fresh = groups.filter((group) => group.numbers === undefined);
      const turn = [...groups].sort(
        (a, b) => age(b) * (b.special ? PREFERENCE : 1) - age(a) * (a.special ? PREFERENCE : 1),
      );
      for (const group of fresh.length > PER_LOOK ? fresh : turn.slice(0, PER_LOOK)) read(group, nowMs);

      const table = ground.processes.table(nowMs, false);
      const notes: Cut[] = [];
      const below = processesBelow(groups);
      const memory = parseNumbers(files.read('/proc/meminfo') ?? '');
      const state: Cgroups = {
        cpus: (files.read('/proc/stat')?.match(/^cpu\d/gm) ?? ['cpu0']).length,
        memoryBytes: (memory.get('MemTotal') ?? 0) * 1024,
        groups: bounded(notes, 'groups', groups, within(MAX_GROUPS, room), total).flatMap(
          ({ path, numbers, readAtMs }) => {
            if (numbers === undefined) return [];
            const { pidList, ...rest } = numbers;
            return {
              path: cut(path, 512),
              ...rest,
              processes: below.get(path) ?? 0,
              members: pidList
                .slice(0, 4)
                .map((pid) => ({ pid, comm: cut(table.byPid.get(pid)?.stat.comm ?? '', 64) })),
              container: containerOfCgroup(path),
              ageMs: Math.round(nowMs - readAtMs),
              ours: path.startsWith('/underhood.slice'),
            };
          },
        ),
        containers: ground.podman.containers(nowMs),
      };
      return { state, truncated: notes };
    },
  };
}

/** Path → processes in the group and in all below it. */
function processesBelow(groups: readonly Group[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path, numbers } of groups) {
    const own = numbers?.pidList.length ?? 0;
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
