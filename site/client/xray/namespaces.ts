// Namespaces: groups of processes as rows, the eight kinds as columns. Who shares a namespace stands in one band; who has its own
// stands apart.
import type { VNode } from 'preact';
import { NAMESPACE_KINDS, type NamespaceKind } from '../../../sandbox/protocol/xray/parts.ts';
import type { Namespaces } from '../../../sandbox/protocol/xray/namespaces.ts';
import { fill } from '../text.ts';
import { now, type Look, type Telling } from './look.ts';
import { at, box, cut, group, item, label, monoWidth, picture } from './shapes.ts';

const ROW = 46;
const HEAD = 26;
const GAP = 4;
const MOST_ROWS = 14;
/** In which order a lesson speaks of them: from what one notices first. */
const KINDS: readonly NamespaceKind[] = ['pid', 'net', 'mnt', 'uts', 'ipc', 'user', 'cgroup', 'time'];

type Process = Namespaces['processes'][number];
type Space = Namespaces['spaces'][number];
export type SpaceGroup = { readonly space: Space; readonly place: number; readonly processes: readonly Process[] };

/** Processes that live in exactly the same eight, the machine's own first, then each next to the one it shares most with. */
export function spaceGroups(state: Namespaces): readonly SpaceGroup[] {
  const rest = state.spaces
    .map((space, place) => ({
      space,
      place,
      processes: state.processes.filter((process) => process.space === place && !process.ours),
    }))
    .filter(({ processes }) => processes.length > 0);
  const ordered: SpaceGroup[] = [];
  let last: Space = state.initial;
  while (rest.length > 0) {
    const best = rest.reduce((found, each) => (shared(each.space, last) > shared(found.space, last) ? each : found));
    rest.splice(rest.indexOf(best), 1);
    ordered.push(best);
    last = best.space;
  }
  return ordered;
}

function shared(a: Space, b: Space): number {
  return NAMESPACE_KINDS.filter((kind) => a[kind] === b[kind]).length;
}

export function drawNamespaces(look: Look<'namespaces'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const all = spaceGroups(state);
  const groups = all.slice(0, MOST_ROWS);
  const left = Math.max(150, Math.min(300, width * 0.34));
  const each = (width - left - 4) / KINDS.length;
  const height = HEAD + groups.length * ROW;
  return picture(
    width,
    height + (all.length > MOST_ROWS ? 24 : 6),
    text.views.namespaces.title,
    ...KINDS.map((kind, index) =>
      item(
        `kind-${kind}`,
        `${kind} · ${text.namespaces.kind[kind]}`,
        { class: look.lit.has(kind) ? 'xr-lit' : '' },
        label(left + each * (index + 0.5), 15, 'xr-name xr-mono', kind, { 'text-anchor': 'middle' }),
      ),
    ),
    ...KINDS.flatMap((kind, index) => bands(look, state, groups, kind, left + each * index, each)),
    ...groups.map((each_, index) => rowHead(look, state, each_, HEAD + index * ROW, left)),
    ...(all.length > MOST_ROWS
      ? [label(4, height + 16, 'xr-soft', fill(text.more, { n: all.length - MOST_ROWS }))]
      : []),
  );
}

function rowHead(look: Look<'namespaces'>, state: Namespaces, of: SpaceGroup, y: number, left: number): VNode {
  const { title, container } = nameOf(look, state, of);
  const names = of.processes.map(
    ({ comm, pid, innerPid }) => `${comm} ${pid}${innerPid === pid ? '' : `→${innerPid}`}`,
  );
  const here = of.processes.some(({ pid }) =>
    state.terminals.some((job) => job.shell === pid || job.foreground === pid),
  );
  const room = Math.floor((left - 22) / 7.3);
  const own = NAMESPACE_KINDS.filter((kind) => of.space[kind] !== state.initial[kind]);
  const about = [
    title,
    own.length === 0 ? look.text.namespaces.allShared : fill(look.text.namespaces.own, { kinds: own.join(', ') }),
    ...of.processes
      .slice(0, 12)
      .map(({ comm, pid, innerPid }) =>
        innerPid === pid ? `${comm} ${pid}` : fill(look.text.namespaces.inner, { name: comm, pid, inner: innerPid }),
      ),
  ].join(' · ');
  return item(
    `space-${of.place}`,
    about,
    {
      class: `xr-space ${own.length > 0 ? 'xr-isolation' : 'xr-process'}`,
      'data-here': here || undefined,
      ...at(0, y),
    },
    box(2, GAP / 2, left - 12, ROW - GAP, own.length > 0 ? 'xr-tint' : 'xr-plain'),
    ...(here ? [box(2, GAP / 2 + 6, 4, ROW - GAP - 12, 'xr-you', { rx: 2 })] : []),
    label(14, 19, container ? 'xr-strong xr-mono' : 'xr-strong', cut(title, Math.floor((left - 30) / 7.8))),
    label(14, 36, 'xr-mono xr-soft xr-small', cut(names.join(', '), Math.floor(room * 1.08))),
  );
}

function nameOf(look: Look<'namespaces'>, state: Namespaces, of: SpaceGroup): { title: string; container: boolean } {
  const words = look.text.namespaces;
  const id = of.processes.find(({ container }) => container !== null)?.container;
  const container = state.containers.find((each) => each.id === id);
  if (container !== undefined) return { title: fill(words.container, { name: container.name }), container: true };
  if (shared(of.space, state.initial) === NAMESPACE_KINDS.length)
    return { title: fill(words.machine, { n: of.processes.length }), container: false };
  const job = state.terminals.find(({ shell, foreground }) =>
    of.processes.some(({ pid }) => pid === shell || pid === foreground),
  );
  if (job !== undefined) return { title: fill(words.terminal, { n: job.terminal }), container: false };
  return { title: of.processes[0]?.comm ?? '', container: true };
}

/** One band for each stretch of rows that are in the same namespace of this kind. */
function bands(
  look: Look<'namespaces'>,
  state: Namespaces,
  groups: readonly SpaceGroup[],
  kind: NamespaceKind,
  x: number,
  wide: number,
): VNode[] {
  const drawn: VNode[] = [];
  for (let from = 0; from < groups.length;) {
    const inode = groups[from]?.space[kind] ?? 0;
    let to = from + 1;
    while (to < groups.length && groups[to]?.space[kind] === inode) to += 1;
    const initial = inode === state.initial[kind];
    const known = state.namespaces.find((each) => each.kind === kind && each.inode === inode);
    const about = [
      `${kind}:[${inode}]`,
      initial ? look.text.namespaces.initial : look.text.namespaces.apart,
      ...(known === undefined ? [] : [fill(look.text.namespaces.members, { n: known.members })]),
      ...(!known?.name ? [] : [cut(known.name, 60)]),
      ...(known?.uidMap ?? []).map((mapping) => `uid_map ${cut(mapping, 40)}`),
    ].join(' · ');
    const high = (to - from) * ROW - GAP;
    const digits = `…${String(inode).slice(-4)}`;
    drawn.push(
      item(
        `${kind}-${inode}-${groups[from]?.place ?? 0}`,
        about,
        {
          class: `xr-band ${initial ? 'xr-process' : 'xr-isolation'} ${look.lit.has(kind) ? 'xr-lit' : ''}`,
          'data-kind': kind,
          'data-initial': String(initial),
          ...at(x, HEAD + from * ROW + GAP / 2),
        },
        box(3, 0, wide - 6, high, initial ? 'xr-plain' : 'xr-tint'),
        ...(wide > monoWidth(digits, 11) + 8
          ? [label(wide / 2, high / 2 + 4, 'xr-mono xr-small', digits, { 'text-anchor': 'middle' })]
          : []),
        ...(initial ? [] : [group({}, box(wide / 2 - 4, high / 2 - 18, 8, 8, 'xr-solid', { rx: 0 }))]),
      ),
    );
    from = to;
  }
  return drawn;
}

export function tellNamespaces(look: Look<'namespaces'>): Telling {
  const state = now(look);
  const groups = spaceGroups(state);
  return {
    summary: fill(look.text.namespaces.summary, { n: groups.length }),
    columns: [look.text.namespaces.group, ...KINDS],
    rows: groups.slice(0, MOST_ROWS).map((each) => [
      `${nameOf(look, state, each).title}: ${each.processes
        .slice(0, 8)
        .map(({ comm, pid }) => `${comm} ${pid}`)
        .join(', ')}`,
      ...KINDS.map((kind) =>
        each.space[kind] === state.initial[kind] ? look.text.namespaces.initialShort : String(each.space[kind]),
      ),
    ]),
  };
}
