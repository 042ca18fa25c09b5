// Process tree: every process under its parent, its state as a sign of its own, zombies as tombstones, the last command marked.
import type { VNode } from 'preact';
import { NAMESPACE_KINDS } from '../../../sandbox/protocol/xray/parts.ts';
import type { ProcessTree, TreeProcess } from '../../../sandbox/protocol/xray/process-tree.ts';
import { fill } from '../text.ts';
import { now, type Look, type Telling } from './look.ts';
import { at, box, bytesText, cut, group, item, label, line, monoWidth, picture, shape } from './shapes.ts';

const ROW = 21;
const STEP = 16;
const COLUMN = 300;
const NEW_MS = 3_000;
/** So many leaves of one name below one parent are drawn one by one; the rest is a number. */
const ALIKE = 6;
const MOST_ROWS = 150;

export type TreeRow = {
  readonly process: TreeProcess;
  readonly depth: number;
  readonly parent: number | undefined;
  /** further processes like this one that have no row of their own */
  readonly more: number;
};

/** The tree as rows, parents before children; branches with a terminal of the learner come first. */
export function treeRows(state: ProcessTree): readonly TreeRow[] {
  const known = new Set(state.processes.map(({ pid }) => pid));
  const children = new Map<number, TreeProcess[]>();
  for (const process of state.processes) {
    const parent = known.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0;
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const interesting = new Set<number>();
  const parents = new Map(state.processes.map(({ pid, ppid }) => [pid, ppid]));
  const marked = [
    ...state.terminals.map(({ shell }) => shell),
    ...state.processes.filter((process) => process.state === 'Z' || process.container !== null).map(({ pid }) => pid),
  ];
  for (const start of marked)
    for (let pid: number | undefined = start; pid !== undefined && !interesting.has(pid); pid = parents.get(pid))
      interesting.add(pid);
  const rows: TreeRow[] = [];
  const visited = new Set<number>();
  const walk = (parent: number, depth: number): void => {
    const here = [...(children.get(parent) ?? [])].sort(
      (a, b) => Number(interesting.has(b.pid)) - Number(interesting.has(a.pid)) || a.pid - b.pid,
    );
    const alike = new Map<string, { count: number; row: number }>();
    for (const process of here) {
      // A guest that lies about parents must not send us in circles.
      if (visited.has(process.pid)) continue;
      visited.add(process.pid);
      const kind = children.has(process.pid) ? '' : `${process.comm}\0${process.state}`;
      const same = alike.get(kind);
      if (kind !== '' && same !== undefined && same.count >= ALIKE) {
        const last = rows[same.row];
        if (last !== undefined) rows[same.row] = { ...last, more: last.more + 1 };
        continue;
      }
      alike.set(kind, { count: (same?.count ?? 0) + 1, row: rows.length });
      rows.push({ process, depth, parent: depth === 0 ? undefined : parent, more: 0 });
      walk(process.pid, depth + 1);
    }
  };
  walk(0, 0);
  return rows;
}

type Placed = TreeRow & { readonly x: number; readonly y: number; readonly column: number };

/** In columns side by side; a column begins with a child of the first process where it can. */
export function placeRows(rows: readonly TreeRow[], width: number): readonly Placed[] {
  const columns = Math.max(1, Math.min(3, Math.floor(width / COLUMN)));
  const each = Math.ceil(rows.length / columns);
  const wide = width / columns;
  let column = 0;
  let used = 0;
  return rows.map((row, index) => {
    const rest = branchLength(rows, index);
    const breaks = row.depth <= 1 && used > 0 && used + rest > each + 2 && used >= each / 2;
    if ((breaks || used >= each + 6) && column < columns - 1) {
      column += 1;
      used = 0;
    }
    used += 1;
    return { ...row, column, x: column * wide, y: (used - 1) * ROW };
  });
}

function branchLength(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  const end = rows.findIndex((row, at) => at > index && row.depth <= depth);
  return (end < 0 ? rows.length : end) - index;
}

export function drawProcessTree(look: Look<'process-tree'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const all = treeRows(state);
  const rows = placeRows(all.slice(0, MOST_ROWS), width);
  const columns = Math.max(1, ...rows.map(({ column }) => column + 1));
  const height = Math.max(ROW, ...rows.map(({ y }) => y + ROW));
  const places = new Map(rows.map((row) => [row.process.pid, row]));
  const foot = [
    ...(all.length > MOST_ROWS ? [fill(text.more, { n: all.length - MOST_ROWS })] : []),
    ...(state.passed.length > 0
      ? [
          fill(text.processTree.passed, {
            names: state.passed
              .slice(-5)
              .map(({ comm, pid }) => `${cut(comm, 15)} ${pid}`)
              .join(', '),
          }),
        ]
      : []),
  ];
  return picture(
    width,
    height + 34 + foot.length * 18,
    text.views['process-tree'].title,
    legend(look),
    group(
      { transform: 'translate(0 28)' },
      ...rows.map((row) => elbow(row, places.get(row.parent ?? -1))),
      ...rows.map((row) => drawRow(look, state, row, width / columns)),
      ...foot.map((words, index) => label(4, height + 16 + index * 18, 'xr-soft', words, { key: `foot-${index}` })),
    ),
  );
}

const LEGEND = ['R', 'S', 'D', 'T', 'Z'] as const;

function legend(look: Look<'process-tree'>): VNode {
  let x = 4;
  return group(
    { class: 'xr-legend' },
    ...LEGEND.map((state) => {
      const words = `${state} ${look.text.processTree.state[state] ?? ''}`;
      const drawn = group({ ...at(x, 2) }, sign(state), label(20, 12, 'xr-soft', words));
      x += 34 + [...words].reduce((sum, each) => sum + ((each.codePointAt(0) ?? 0) > 0x1100 ? 11.5 : 6.4), 0);
      return drawn;
    }),
  );
}

function elbow(row: Placed, parent: Placed | undefined): VNode {
  const x = row.x + row.depth * STEP - STEP / 2 + 2;
  const y = row.y + ROW / 2;
  // From another column the trunk comes down from above.
  const from = parent !== undefined && parent.column === row.column ? parent.y + ROW - 3 : row.y - ROW / 2 + 3;
  if (row.depth === 0) return group({ key: `elbow-${row.process.pid}` });
  return line(`M${x} ${Math.max(-6, from)}V${y}h7`, 'xr-branch', { key: `elbow-${row.process.pid}` });
}

function drawRow(look: Look<'process-tree'>, state: ProcessTree, row: Placed, wide: number): VNode {
  const { process } = row;
  const words = look.text.processTree;
  const x = row.depth * STEP;
  const young = state.uptimeMs - process.startedMs < NEW_MS && state.uptimeMs > 60_000;
  const foreground = state.terminals.some((job) => job.foreground === process.pid && job.foreground !== job.shell);
  const name = cut(process.comm, 15);
  const pid = String(process.pid);
  const nameWide = monoWidth(name);
  const rest = process.command.startsWith('[') || process.command === process.comm ? '' : process.command;
  const room = Math.floor((wide - x - 30 - nameWide - monoWidth(pid) - 26) / 7.3);
  const zombie = process.state === 'Z';
  const tail = zombie
    ? words.defunct
    : `${process.threads > 1 ? `${fill(words.threads, { n: process.threads })} ` : ''}${room > 8 ? cut(argumentsOf(rest), room - (process.threads > 1 ? 10 : 0)) : ''}`;
  return item(
    `pid-${process.pid}`,
    about(look, state, process),
    {
      class: `xr-row xr-state-${process.state} ${process.ours ? 'xr-ours' : ''}`,
      'data-state': process.state,
      'data-mark': foreground ? 'foreground' : young ? 'new' : undefined,
      ...at(row.x, row.y),
    },
    box(x - 2, 1, wide - x - 6, ROW - 2, 'xr-row-back', { rx: 4 }),
    group({ transform: `translate(${x} 3)` }, sign(process.state)),
    label(x + 20, 15, 'xr-mono xr-comm', name),
    label(x + 24 + nameWide, 15, 'xr-mono xr-soft', pid),
    label(x + 34 + nameWide + monoWidth(pid), 15, zombie ? 'xr-strong' : 'xr-mono xr-soft xr-small', tail),
    ...(row.more > 0
      ? [label(wide - 12, 15, 'xr-strong', `+${row.more}`, { 'text-anchor': 'end', 'data-more': row.more })]
      : []),
  );
}

function argumentsOf(command: string): string {
  const space = command.indexOf(' ');
  return space < 0 ? '' : command.slice(space + 1);
}

/** A shape for each state, so that colour is never alone. In a square of 15 px. */
function sign(state: TreeProcess['state']): VNode {
  switch (state) {
    case 'R':
      return group({ class: 'xr-cpu' }, shape('circle', { cx: 8, cy: 8, r: 5.5, class: 'xr-solid' }));
    case 'D':
      return group({ class: 'xr-disk' }, line('M8 1.500l6.500 6.500-6.500 6.500L1.500 8z', 'xr-solid'));
    case 'T':
    case 't':
      return group({ class: 'xr-process' }, line('M3.500 2.500h3v11h-3zM9.500 2.500h3v11h-3z', 'xr-solid'));
    case 'Z':
    case 'X':
      return group(
        { class: 'xr-zombie' },
        line('M2.500 15V7a5.500 5.500 0 0 1 11 0v8z', 'xr-tomb'),
        label(8, 12.5, 'xr-tomb-mark', 'Z', { 'text-anchor': 'middle' }),
      );
    case 'S':
    case 'I':
      return group({ class: 'xr-process' }, shape('circle', { cx: 8, cy: 8, r: 4.5, class: 'xr-ring xr-faint' }));
  }
}

function about(look: Look<'process-tree'>, state: ProcessTree, process: TreeProcess): string {
  const words = look.text.processTree;
  const parts = [
    `${process.command === '' ? process.comm : process.command} (PID ${process.pid}, PPID ${process.ppid})`,
    `${process.state} ${words.state[process.state] ?? ''}`,
  ];
  if (process.state === 'Z') parts.push(fill(words.zombieAbout, { ppid: process.ppid }));
  else {
    parts.push(
      fill(words.numbers, {
        uid: process.uid,
        threads: process.threads,
        cpu: (process.cpuMs / 1000).toFixed(1),
        memory: bytesText(process.residentKib * 1024),
      }),
    );
  }
  const container = state.containers.find(({ id }) => id === process.container);
  if (container !== undefined) parts.push(fill(words.container, { name: container.name }));
  const first = state.processes.find(({ pid }) => pid === 1);
  const [own, root] = [state.spaces[process.space ?? -1], state.spaces[first?.space ?? -1]];
  if (own !== undefined && root !== undefined) {
    const apart = NAMESPACE_KINDS.filter((kind) => own[kind] !== root[kind]);
    parts.push(apart.length === 0 ? words.sameSpaces : fill(words.ownSpaces, { kinds: apart.join(', ') }));
  }
  const cgroup = state.cgroups[process.cgroup ?? -1];
  if (cgroup !== undefined) parts.push(`cgroup ${cgroup}`);
  if (process.ours) parts.push(look.text.ours);
  return parts.join(' · ');
}

export function tellProcessTree(look: Look<'process-tree'>): Telling {
  const state = now(look);
  const words = look.text.processTree;
  const zombies = state.processes.filter((process) => process.state === 'Z').length;
  return {
    summary: fill(words.summary, { n: state.processes.length, z: zombies }),
    columns: [words.level, words.name, 'PID', 'PPID', words.stateHead, words.threadsHead],
    rows: treeRows(state)
      .slice(0, MOST_ROWS)
      .map(({ process, depth }) => [
        String(depth + 1),
        process.comm,
        String(process.pid),
        String(process.ppid),
        `${process.state} ${words.state[process.state] ?? ''}`,
        String(process.threads),
      ]),
  };
}
