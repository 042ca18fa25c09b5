// cgroups: the tree with use and limit of CPU, memory and pids as gauges, and what hit a limit as events.
import type { VNode } from 'preact';
import type { Cgroup, Cgroups } from '../../../sandbox/protocol/xray/cgroups.ts';
import { fill } from '../text.ts';
import { before, now, type Look, type Telling } from './look.ts';
import { at, box, bytesText, cut, group, item, label, line, picture, round } from './shapes.ts';

const ROW = 46;
const HEAD = 24;
const STEP = 14;
const MOST_ROWS = 40;
/** How long an event stays marked. */
const EVENT_MS = 20_000;
/** Without a limit the bar ends at what the machine has; for pids at a number a small machine seldom reaches. */
const USUAL_PIDS = 200;

export type CgroupRow = { readonly group: Cgroup; readonly depth: number; readonly name: string };
export type Events = { readonly throttled: number; readonly killed: number; readonly refused: number };

/** Groups that hold a process, a limit or a container, and what is above them; as a tree in the order of paths. */
export function cgroupRows(state: Cgroups): readonly CgroupRow[] {
  const wanted = new Set<string>(['/']);
  for (const each of state.groups) {
    const speaks = each.members.length > 0 || limited(each) || each.container !== null || each.frozen;
    if (!speaks || each.ours) continue;
    for (let path = each.path; path.length > 1; path = path.slice(0, path.lastIndexOf('/'))) wanted.add(path);
  }
  const rows = state.groups.filter(({ path }) => wanted.has(path));
  const paths = new Set(rows.map(({ path }) => path));
  return [...rows]
    .sort((a, b) => (order(a.path) < order(b.path) ? -1 : 1))
    .map((each) => {
      const parts = each.path.split('/').filter((part) => part !== '');
      const depth = parts.filter((_, index) => paths.has(`/${parts.slice(0, index + 1).join('/')}`)).length;
      return { group: each, depth, name: parts.at(-1) ?? '/' };
    });
}

function order(path: string): string {
  return path.replaceAll('/', '\u0001');
}

function limited({ cpu, memory, pids, container }: Cgroup): boolean {
  const set = (value: number | null | undefined): boolean => typeof value === 'number';
  return set(cpu?.quotaUs) || set(memory?.maxBytes) || (set(pids?.max) && container !== null);
}

/** What hit its limit lately. */
export function eventsOf(look: Look<'cgroups'>, each: Cgroup): Events {
  const then = before(look, EVENT_MS)?.state.groups.find(({ path }) => path === each.path);
  const since = (read: (of: Cgroup) => number | undefined): number =>
    then === undefined ? 0 : Math.max(0, (read(each) ?? 0) - (read(then) ?? 0));
  return {
    throttled: since((of) => of.cpu?.throttledPeriods),
    killed: since((of) => of.memory?.oomKills),
    refused: since((of) => of.pids?.refused),
  };
}

/** CPUs' worth of time used over the last seconds; undefined before there are two samples. */
export function cpusUsed(look: Look<'cgroups'>, each: Cgroup): number | undefined {
  const then = before(look, 2_500)?.state.groups.find(({ path }) => path === each.path);
  if (each.cpu === null || !then?.cpu) return undefined;
  const wallUs = (each.readAtMs - then.readAtMs) * 1000;
  return wallUs <= 0 ? undefined : Math.max(0, (each.cpu.usageUs - then.cpu.usageUs) / wallUs);
}

type Gauge = {
  readonly kind: 'cpu' | 'memory' | 'pids';
  readonly subject: 'cpu' | 'memory' | 'process';
  readonly used: number;
  readonly limit: number | null;
  /** end of the bar */
  readonly end: number;
  readonly words: string;
  readonly event: string | undefined;
  readonly grave: boolean;
};

function gaugesOf(look: Look<'cgroups'>, state: Cgroups, each: Cgroup): readonly (Gauge | undefined)[] {
  const words = look.text.cgroups;
  const happened = eventsOf(look, each);
  const used = cpusUsed(look, each);
  const most = (limit: string | null): string => limit ?? words.noLimit;
  const cpuLimit = !each.cpu || each.cpu.quotaUs === null ? null : each.cpu.quotaUs / Math.max(1, each.cpu.periodUs);
  return [
    each.cpu === null
      ? undefined
      : {
          kind: 'cpu',
          subject: 'cpu',
          used: used ?? 0,
          limit: cpuLimit,
          end: cpuLimit ?? Math.max(1, state.cpus),
          words: `${used === undefined ? '–' : used.toFixed(2)} / ${most(cpuLimit === null ? null : String(round(cpuLimit * 10) / 10))}`,
          event: happened.throttled > 0 ? fill(words.throttled, { n: happened.throttled }) : undefined,
          grave: false,
        },
    each.memory === null
      ? undefined
      : {
          kind: 'memory',
          subject: 'memory',
          used: each.memory.currentBytes,
          limit: each.memory.maxBytes,
          end: each.memory.maxBytes ?? Math.max(1, state.memoryBytes),
          words: `${bytesText(each.memory.currentBytes)} / ${most(each.memory.maxBytes === null ? null : bytesText(each.memory.maxBytes))}`,
          event: happened.killed > 0 ? fill(words.killed, { n: happened.killed }) : undefined,
          grave: true,
        },
    each.pids === null
      ? undefined
      : {
          kind: 'pids',
          subject: 'process',
          used: each.pids.current,
          limit: each.pids.max,
          end: each.pids.max ?? USUAL_PIDS,
          words: `${each.pids.current} / ${most(each.pids.max === null ? null : String(each.pids.max))}`,
          event: happened.refused > 0 ? fill(words.refused, { n: happened.refused }) : undefined,
          grave: true,
        },
  ];
}

const FILES = ['cpu.max', 'memory.max', 'pids.max'] as const;

export function drawCgroups(look: Look<'cgroups'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const all = cgroupRows(state);
  const rows = all.slice(0, MOST_ROWS);
  const left = Math.max(170, width * 0.34);
  const each = (width - left - 4) / 3;
  return picture(
    width,
    HEAD + rows.length * ROW + (all.length > MOST_ROWS ? 22 : 2),
    text.views.cgroups.title,
    ...FILES.map((file, index) =>
      item(
        `file-${file}`,
        `${file} · ${text.cgroups.file[file]}`,
        { class: `xr-${['cpu', 'memory', 'process'][index] ?? ''} ${look.lit.has(file) ? 'xr-lit' : ''}` },
        label(left + index * each + 6, 14, 'xr-name xr-mono', file),
      ),
    ),
    ...rows.map((row, index) => drawRow(look, state, row, HEAD + index * ROW, left, each)),
    ...(all.length > MOST_ROWS
      ? [label(4, HEAD + rows.length * ROW + 14, 'xr-soft', fill(text.more, { n: all.length - MOST_ROWS }))]
      : []),
  );
}

function drawRow(look: Look<'cgroups'>, state: Cgroups, row: CgroupRow, y: number, left: number, wide: number): VNode {
  const { group: of } = row;
  const x = 4 + row.depth * STEP;
  const container = state.containers.find(({ id }) => id === of.container);
  // a container's own group has its name; groups the runtime made below it keep theirs
  const name = container === undefined || !row.name.includes(container.id) ? row.name : container.name;
  const members = of.members
    .filter(({ comm }) => comm !== '')
    .map(({ comm, pid }) => `${comm} ${pid}`)
    .join(', ');
  const gauges = gaugesOf(look, state, of);
  const about = [
    `/sys/fs/cgroup${of.path}`,
    fill(look.text.cgroups.processes, { n: of.processes }),
    ...(members === '' ? [] : [members]),
    ...gauges.flatMap((gauge, index) =>
      gauge === undefined
        ? []
        : [`${FILES[index] ?? ''} ${gauge.words}${gauge.event === undefined ? '' : ` (${gauge.event})`}`],
    ),
    ...(of.frozen ? [look.text.cgroups.frozen] : []),
  ].join(' · ');
  return item(
    `cgroup-${of.path}`,
    about,
    { class: `xr-cgroup ${of.container === null ? '' : 'xr-isolation'}`, 'data-path': of.path, ...at(0, y) },
    line(`M2 0H${look.width - 2}`, 'xr-grid'),
    ...(row.depth > 0 ? [line(`M${x - 8} 5v14h5`, 'xr-branch')] : []),
    ...(of.container === null ? [] : [box(x - 2, 4, left - x - 8, ROW - 8, 'xr-tint')]),
    label(x + 4, 20, 'xr-mono xr-strong', cut(of.frozen ? `❄ ${name}` : name, Math.floor((left - x - 20) / 7.6))),
    label(x + 4, 36, 'xr-mono xr-soft xr-small', cut(members, Math.floor((left - x - 18) / 6.9))),
    ...gauges.map((gauge, index) =>
      gauge === undefined ? group({}) : drawGauge(gauge, left + index * wide + 6, wide - 18),
    ),
  );
}

/** A closed track ends at the limit; an open, dashed one has no limit. */
function drawGauge(gauge: Gauge, x: number, wide: number): VNode {
  const part = Math.min(1, gauge.used / gauge.end);
  const full = gauge.limit !== null && part > 0.9;
  return group(
    {
      class: `xr-${gauge.subject}`,
      'data-gauge': gauge.kind,
      'data-event': gauge.event === undefined ? undefined : gauge.grave ? 'grave' : 'light',
    },
    gauge.limit === null
      ? line(`M${round(x)} 23h${round(wide)}`, 'xr-open-track')
      : box(x, 19, wide, 8, 'xr-gauge', { rx: 3 }),
    box(x, gauge.limit === null ? 21 : 19, wide * part, gauge.limit === null ? 4 : 8, 'xr-solid', { rx: 2 }),
    ...(gauge.limit === null ? [] : [line(`M${round(x + wide)} 16v14`, full ? 'xr-limit xr-limit-hit' : 'xr-limit')]),
    label(x, 14, 'xr-value xr-small', gauge.words),
    ...(gauge.event === undefined
      ? []
      : [
          label(
            x,
            39,
            gauge.grave ? 'xr-broken xr-small' : 'xr-happened xr-small',
            `${gauge.grave ? '✕' : '▲'} ${gauge.event}`,
          ),
        ]),
  );
}

export function tellCgroups(look: Look<'cgroups'>): Telling {
  const state = now(look);
  const words = look.text.cgroups;
  const rows = cgroupRows(state);
  const limits = rows.filter(({ group: each }) => limited(each)).length;
  return {
    summary: fill(words.summary, { n: rows.length, limited: limits }),
    columns: [words.group, words.processesHead, ...FILES],
    rows: rows
      .slice(0, MOST_ROWS)
      .map(({ group: each }) => [
        each.path,
        String(each.processes),
        ...gaugesOf(look, state, each).map((gauge) =>
          gauge === undefined ? '' : `${gauge.words}${gauge.event === undefined ? '' : `, ${gauge.event}`}`,
        ),
      ]),
  };
}
