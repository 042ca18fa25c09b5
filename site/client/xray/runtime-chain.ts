// Runtime chain: podman → conmon → crun → the container's process, a row for each container, and below when each of them lived.
import type { VNode } from 'preact';
import type { ChainProcess, RuntimeChain } from '../../../sandbox/protocol/xray/runtime-chain.ts';
import { fill } from '../text.ts';
import { now, type Look, type Telling } from './look.ts';
import { at, box, cut, group, item, label, line, monoWidth, picture, round } from './shapes.ts';

const ROW = 92;
const BOX = 50;
const LINKS = ['engine', 'monitor', 'runtime', 'container'] as const;
const MOST_FAMILIES = 6;
const MOST_BARS = 18;
const BAR = 18;
const WINDOW_MS = 60_000;

type Link = (typeof LINKS)[number];
export type Family = {
  readonly key: string;
  readonly container: RuntimeChain['containers'][number] | undefined;
  /** the youngest of each role; undefined: not seen (or gone before anybody looked) */
  readonly links: { readonly [L in Link]: ChainProcess | undefined };
};

/** One family for each container that has a process, and one for each engine that has no container yet. */
export function families(state: RuntimeChain): readonly Family[] {
  const byPid = new Map(state.processes.map((process) => [process.pid, process]));
  const ids = [...new Set(state.processes.flatMap(({ container }) => (container === null ? [] : [container])))];
  const used = new Set<number>();
  const found = ids.map((id): Family => {
    const of = (role: ChainProcess['role']): ChainProcess | undefined =>
      state.processes.findLast((process) => process.role === role && process.container === id);
    const monitor = of('monitor');
    const runtime =
      of('runtime') ?? state.processes.findLast((each) => each.role === 'runtime' && each.bornOf === monitor?.pid);
    const engine = of('engine') ?? ancestor(byPid, monitor, 'engine');
    for (const each of [monitor, runtime, engine]) if (each !== undefined) used.add(each.pid);
    return {
      key: id,
      container: state.containers.find((container) => container.id === id),
      links: { engine, monitor, runtime, container: of('container') },
    };
  });
  const lone = state.processes.filter((process) => process.role === 'engine' && !used.has(process.pid));
  return [
    ...found,
    ...lone.map((engine): Family => ({
      key: `engine-${engine.pid}`,
      container: undefined,
      links: { engine, monitor: undefined, runtime: undefined, container: undefined },
    })),
  ]
    .sort((a, b) => latest(b) - latest(a))
    .slice(0, MOST_FAMILIES);
}

function latest({ links }: Family): number {
  return Math.max(...LINKS.map((link) => links[link]?.startedMs ?? 0));
}

function ancestor(
  byPid: ReadonlyMap<number, ChainProcess>,
  of: ChainProcess | undefined,
  role: ChainProcess['role'],
): ChainProcess | undefined {
  let here = of === undefined ? undefined : byPid.get(of.bornOf);
  for (let steps = 0; here !== undefined && steps < 8; steps += 1) {
    if (here.role === role) return here;
    here = byPid.get(here.bornOf);
  }
  return undefined;
}

export function drawRuntimeChain(look: Look<'runtime-chain'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const rows = families(state);
  const top = Math.max(1, rows.length) * ROW;
  const bars = barsOf(state);
  return picture(
    width,
    top + (bars.length === 0 ? 0 : 40 + bars.length * BAR),
    text.views['runtime-chain'].title,
    ...(rows.length === 0 ? [label(4, 40, 'xr-soft', text.runtimeChain.empty)] : []),
    ...rows.map((family, index) => drawFamily(look, family, index * ROW)),
    ...(bars.length === 0 ? [] : [lifetimes(look, state, bars, top + 8)]),
  );
}

function drawFamily(look: Look<'runtime-chain'>, family: Family, y: number): VNode {
  const { width, text } = look;
  const gap = 34;
  const wide = (width - 8 - gap * 3) / 4;
  const words = text.runtimeChain;
  const name =
    family.container === undefined ? words.noContainer : `${family.container.name} · ${family.container.image}`;
  const { monitor, engine, container } = family.links;
  const orphaned =
    monitor !== undefined && monitor.endedMs === null && engine !== undefined && monitor.ppid !== monitor.bornOf;
  return group(
    { key: family.key, 'data-family': family.key, ...at(0, y) },
    label(4, 14, 'xr-soft', cut(name, Math.floor((width - 10) / 7))),
    ...LINKS.map((link, index) => {
      const x = 4 + index * (wide + gap);
      const process = family.links[link];
      const next = LINKS[index + 1];
      const after = next === undefined ? undefined : family.links[next];
      return group(
        { key: link },
        part(look, link, process, x, wide),
        ...(next === undefined ? [] : [arrow(x + wide + 3, gap - 6, process, after)]),
      );
    }),
    ...(orphaned ? [label(4 + wide + gap, 86, 'xr-small xr-soft', fill(words.adopted, { pid: monitor.ppid }))] : []),
    ...(container !== undefined && container.endedMs === null
      ? [label(4 + 3 * (wide + gap), 86, 'xr-small xr-soft', fill(words.parentOf, { pid: container.ppid }))]
      : []),
  );
}

function part(
  look: Look<'runtime-chain'>,
  link: Link,
  process: ChainProcess | undefined,
  x: number,
  wide: number,
): VNode {
  const words = look.text.runtimeChain;
  const lives = process !== undefined && process.endedMs === null;
  const status = process === undefined ? words.unseen : lives ? words.lives : words.ended;
  const room = Math.floor((wide - 16) / 7.4);
  const about = [
    `${process?.comm ?? words.role[link]}${process === undefined ? '' : ` (PID ${process.pid})`}`,
    words.about[link],
    status,
    ...(process === undefined
      ? []
      : [fill(words.born, { by: process.bornOf, now: process.ppid }), cut(process.command, 160)]),
  ].join(' · ');
  return item(
    `${link}-${process?.pid ?? `none-${x}`}`,
    about,
    {
      class: `xr-link ${link === 'container' ? 'xr-isolation' : 'xr-process'}`,
      'data-status': process === undefined ? 'unseen' : lives ? 'lives' : 'ended',
      ...at(x, 22),
    },
    box(0, 0, wide, BOX, lives ? 'xr-tint' : 'xr-ghost'),
    label(9, 20, lives ? 'xr-strong xr-mono' : 'xr-mono xr-soft', cut(process?.comm ?? words.role[link], room)),
    label(9, 39, 'xr-small xr-soft', cut(process === undefined ? status : `${process.pid} · ${status}`, room)),
  );
}

function arrow(x: number, wide: number, from: ChainProcess | undefined, to: ChainProcess | undefined): VNode {
  const strong = from !== undefined && to !== undefined && from.endedMs === null && to.endedMs === null;
  return line(`M${x} 47h${wide}m-6 -5l6 5-6 5`, strong ? 'xr-arrow' : 'xr-arrow xr-past');
}

function barsOf(state: RuntimeChain): readonly ChainProcess[] {
  const young = state.processes.filter(({ endedMs }) => endedMs === null || endedMs > state.uptimeMs - WINDOW_MS);
  const ranked = young.filter(({ role }) => role !== 'inside' && role !== 'caller');
  return ranked.slice(-MOST_BARS);
}

/** When each lived, over the last minute: who starts whom, and who stays. */
function lifetimes(
  look: Look<'runtime-chain'>,
  state: RuntimeChain,
  bars: readonly ChainProcess[],
  top: number,
): VNode {
  const left = 150;
  const right = look.width - 8;
  const words = look.text.runtimeChain;
  const x = (time: number): number => left + Math.max(0, 1 - (state.uptimeMs - time) / WINDOW_MS) * (right - left);
  return group(
    { key: 'lifetimes' },
    label(4, top + 12, 'xr-name', words.lifetimes),
    ...[60, 45, 30, 15, 0].map((second) =>
      group(
        { key: second },
        line(`M${round(x(state.uptimeMs - second * 1000))} ${top + 20}v${bars.length * BAR + 4}`, 'xr-grid'),
        label(x(state.uptimeMs - second * 1000), top + 14, 'xr-tick', second === 0 ? look.text.now : `−${second} s`, {
          'text-anchor': second === 0 ? 'end' : 'middle',
        }),
      ),
    ),
    ...bars.map((process, index) => {
      const y = top + 22 + index * BAR;
      const [from, to] = [x(process.startedMs), x(process.endedMs ?? state.uptimeMs)];
      const lived = ((process.endedMs ?? state.uptimeMs) - process.startedMs) / 1000;
      const name = `${cut(process.comm, 12)} ${process.pid}`;
      return item(
        `bar-${process.pid}-${process.startedMs}`,
        fill(words.bar, {
          name: process.comm,
          pid: process.pid,
          s: lived.toFixed(1),
          state: process.endedMs === null ? words.lives : words.ended,
        }),
        { class: process.role === 'container' ? 'xr-isolation' : 'xr-process', 'data-role': process.role },
        label(left - 10, y + 12, 'xr-mono xr-small', name, { 'text-anchor': 'end' }),
        box(from, y + 3, Math.max(3, to - from), BAR - 7, process.endedMs === null ? 'xr-solid' : 'xr-solid xr-pale', {
          rx: 3,
        }),
        ...(lived < 60 && to + monoWidth('00.0 s') < right
          ? [label(to + 6, y + 12, 'xr-tick', `${lived.toFixed(1)} s`)]
          : []),
      );
    }),
  );
}

export function tellRuntimeChain(look: Look<'runtime-chain'>): Telling {
  const state = now(look);
  const words = look.text.runtimeChain;
  return {
    summary: fill(words.summary, { n: families(state).length }),
    columns: [words.roleHead, words.name, 'PID', 'PPID', words.stateHead],
    rows: state.processes
      .slice(-60)
      .map((process) => [
        words.role[process.role],
        process.comm,
        String(process.pid),
        String(process.ppid),
        process.endedMs === null ? words.lives : words.ended,
      ]),
  };
}
