// Run queue: CPUs as lanes, tasks as beads, the load averages being pulled towards the count, pressure beneath.
import type { VNode } from 'preact';
import { LOAD_DECAY, LOAD_SAMPLE_MS, type Pressure, type RunQueue } from '../../../sandbox/protocol/xray/run-queue.ts';
import { fill } from '../text.ts';
import { now, type Look, type Telling } from './look.ts';
import { at, box, cut, group, item, label, line, monoWidth, picture, round, shape } from './shapes.ts';

const LANE = 30;
const LEFT = 74;
const RUNNING = 150;
/** The chart has what the lanes and the pressure leave of the room. */
const CHART = { least: 64, most: 220, minutes: 5 };
const COUNT = 40;
const AXIS = 34;
const PRESSURE = 32;
const NAMES = ['one', 'five', 'fifteen'] as const;

type Task = RunQueue['tasks'][number];
type State = RunQueue;

export function drawRunQueue(look: Look<'run-queue'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const lanes = state.cpus.length + 1;
  const chartTop = lanes * LANE + COUNT;
  const pressureHigh = state.pressure === null ? 0 : PRESSURE;
  const left = look.height - chartTop - AXIS - pressureHigh;
  const high = Math.max(CHART.least, Math.min(CHART.most, left));
  const pressureTop = chartTop + high + AXIS;
  const total = state.runnable + state.uninterruptible;
  const counted = fill(text.runQueue.counted, { r: state.runnable, d: state.uninterruptible, n: total });
  return picture(
    width,
    pressureTop + pressureHigh,
    text.views['run-queue'].title,
    ...state.cpus.map((cpu, index) => cpuLane(look, state, cpu, index)),
    sleepLane(look, state),
    ...beads(look, state),
    group({ class: lit(look, 'count') }, label(4, lanes * LANE + 22, 'xr-strong', counted)),
    ...chart(look, state, chartTop, high, total),
    ...(state.pressure === null ? [] : pressure(look, state.pressure, pressureTop)),
  );
}

function lit(look: Look<'run-queue'>, name: string): string {
  return look.lit.size > 0 && look.lit.has(name) ? 'xr-lit' : '';
}

function cpuLane(look: Look<'run-queue'>, state: State, cpu: State['cpus'][number], index: number): VNode {
  const y = index * LANE;
  const { text } = look;
  const idle = !learners(state).some((task) => task.id === cpu.running);
  return group(
    { key: `lane-${cpu.id}`, class: 'xr-cpu' },
    box(LEFT, y + 3, RUNNING, LANE - 6, 'xr-tint'),
    line(`M${LEFT + RUNNING + 8} ${y + LANE / 2}H${look.width - 4}`, 'xr-rail'),
    label(4, y + LANE / 2 + 4, 'xr-name', `CPU ${cpu.id}`),
    ...(idle ? [label(LEFT + 12, y + LANE / 2 + 4, 'xr-soft', text.runQueue.idle)] : []),
  );
}

function sleepLane(look: Look<'run-queue'>, state: State): VNode {
  const y = state.cpus.length * LANE;
  const none = state.uninterruptible === 0;
  return group(
    { class: `xr-disk ${lit(look, 'd')}` },
    line(`M${LEFT} ${y + 4}H${look.width - 4}M${LEFT} ${y + LANE - 4}H${look.width - 4}`, 'xr-rail'),
    label(4, y + LANE / 2 + 4, 'xr-name', look.text.runQueue.sleepLane),
    ...(none ? [label(LEFT + 12, y + LANE / 2 + 4, 'xr-soft', look.text.runQueue.noSleepers)] : []),
  );
}

function learners(state: State): readonly Task[] {
  return state.tasks.filter((task) => !task.ours);
}

/** Every bead with its own key, so that it glides from the queue onto the CPU and back. */
function beads(look: Look<'run-queue'>, state: State): VNode[] {
  const drawn: VNode[] = [];
  const rows = [...state.cpus.map(({ id }) => id), 'D' as const];
  rows.forEach((row, index) => {
    const cpu = state.cpus[index];
    const here = learners(state).filter((task) =>
      row === 'D' ? task.state === 'D' : task.state === 'R' && laneOf(state, task) === row,
    );
    const running = here.find((task) => task.id === cpu?.running);
    const waiting = here.filter((task) => task !== running);
    const y = index * LANE + 3;
    if (running !== undefined) drawn.push(bead(look, running, LEFT + 4, y, true));
    let x = row === 'D' ? LEFT + 4 : LEFT + RUNNING + 16;
    let left = waiting.length;
    for (const task of waiting) {
      const wide = beadWidth(task);
      if (x + wide > look.width - (left > 1 ? 44 : 0)) break;
      drawn.push(bead(look, task, x, y, false));
      x += wide + 6;
      left -= 1;
    }
    if (left > 0) drawn.push(label(x + 2, y + 16, 'xr-strong', `+${left}`, { key: `more-${row}` }));
  });
  return drawn;
}

/** A task is drawn where it runs, whatever its queue; one of an unknown CPU waits at the first. */
function laneOf(state: State, task: Task): number | undefined {
  const runs = state.cpus.find(({ running }) => running === task.id);
  return runs?.id ?? state.cpus.find(({ id }) => id === task.cpu)?.id ?? state.cpus[0]?.id;
}

function beadText(task: Task): string {
  return `${cut(task.comm, 10)} ${task.id}`;
}

function beadWidth(task: Task): number {
  return monoWidth(beadText(task)) + 30;
}

/** Filled: has the CPU. Hollow: waits for it. A diamond in disk colour: uninterruptible. */
function bead(look: Look<'run-queue'>, task: Task, x: number, y: number, running: boolean): VNode {
  const words = look.text.runQueue;
  const kind = task.state === 'D' ? 'sleeping' : running ? 'running' : 'waiting';
  const about = fill(words[kind], { name: cut(task.comm, 40), pid: task.id, nice: task.nice, cpu: task.cpu });
  const shares =
    task.ranMs === null || task.waitedMs === null
      ? ''
      : ` · ${fill(words.share, { ran: Math.round(task.ranMs), waited: Math.round(task.waitedMs) })}`;
  const sign =
    kind === 'sleeping'
      ? line('M13 5l7 7-7 7-7-7z', 'xr-solid')
      : shape('circle', { cx: 13, cy: 12, r: 5.5, class: running ? 'xr-solid' : 'xr-ring' });
  return item(
    `task-${task.id}`,
    about + shares,
    { class: `xr-bead ${kind === 'sleeping' ? 'xr-disk' : 'xr-cpu'}`, 'data-kind': kind, ...at(x, y) },
    box(0, 0, beadWidth(task), 24, running ? 'xr-pill xr-pill-on' : 'xr-pill', { rx: 12 }),
    sign,
    label(25, 16, 'xr-mono', beadText(task)),
  );
}

function chart(look: Look<'run-queue'>, state: State, top: number, high: number, total: number): VNode[] {
  const { past, width, text } = look;
  const end = past.at(-1)?.at ?? 0;
  const right = width - 116;
  const left = 30;
  const seen = past.flatMap((moment) => [
    moment.state.runnable + moment.state.uninterruptible,
    ...moment.state.loadAverages,
  ]);
  const most = Math.max(1, state.cpus.length, ...seen) * 1.12;
  const x = (time: number): number => left + (1 - (end - time) / (CHART.minutes * 60_000)) * (right - left);
  const y = (value: number): number => top + high - (value / most) * high;
  const path = (value: (of: State) => number, step = false): string => {
    let d = '';
    for (const moment of past) {
      const [px, py] = [round(x(moment.at)), round(y(value(moment.state)))];
      d += d === '' ? `M${px} ${py}` : step ? `H${px}V${py}` : `L${px} ${py}`;
    }
    return d;
  };
  const loads = NAMES.map((name, index) => ({
    name,
    value: state.loadAverages[index] ?? 0,
    decay: LOAD_DECAY[index] ?? 1,
  }));
  const places = apart([total, ...loads.map(({ value }) => value)].map(y), 15, top + high);
  const unit = Math.max(1, Math.ceil(most / 4));
  return [
    ...Array.from({ length: Math.floor(most / unit) + 1 }, (_, index) => index * unit).flatMap((value) => [
      line(`M${left} ${round(y(value))}H${right}`, 'xr-grid', { key: `grid-${value}` }),
      label(left - 8, y(value) + 4, 'xr-tick', String(value), { 'text-anchor': 'end', key: `tick-${value}` }),
    ]),
    group(
      {},
      line(`M${left} ${round(y(state.cpus.length))}H${right}`, 'xr-cpus'),
      label(left + 4, y(state.cpus.length) - 4, 'xr-tick', fill(text.runQueue.cpus, { n: state.cpus.length })),
    ),
    ...[5, 4, 3, 2, 1].map((minute) =>
      label(x(end - minute * 60_000), top + high + 16, 'xr-tick', `−${minute}`, {
        'text-anchor': 'middle',
        key: `minute-${minute}`,
      }),
    ),
    label(right, top + high + 16, 'xr-tick', text.now, { 'text-anchor': 'middle' }),
    ...kernelSamples(past).map((time) =>
      line(`M${round(x(time))} ${top + high}v4`, 'xr-sampled', { key: `sample-${time}` }),
    ),
    item(
      'sample',
      fill(text.runQueue.sampleAbout, { n: total }),
      { class: lit(look, 'sample') },
      line(
        path((of) => of.runnable + of.uninterruptible, true),
        'xr-sample',
      ),
      label(right + 12, (places[0] ?? 0) + 4, 'xr-strong', fill(text.runQueue.sample, { n: total })),
    ),
    ...loads.map(({ name, value, decay }, index) => {
      const pull = (1 - decay) * (total - value);
      return item(
        `load-${name}`,
        fill(text.runQueue.loadAbout, {
          name: text.runQueue[name],
          value: value.toFixed(2),
          percent: ((1 - decay) * 100).toFixed(1),
          next: (value + pull).toFixed(2),
        }),
        { class: `xr-cpu ${lit(look, `load-${name}`)}` },
        line(
          path((of) => of.loadAverages[index] ?? 0),
          `xr-load xr-load-${name}`,
        ),
        ...pullMark(right, y(value), y(value + pull), y(total)),
        label(right + 12, (places[index + 1] ?? 0) + 4, 'xr-name', `${text.runQueue[name]} ${value.toFixed(2)}`),
      );
    }),
    ...nextSample(look, state, top),
  ];
}

/** From where an average is to where the kernel's next sample pulls it; the thin thread leads on to what pulls. */
function pullMark(x: number, from: number, next: number, goal: number): VNode[] {
  const far = Math.abs(goal - from) > 4;
  return [
    ...(far ? [line(`M${x} ${round(from)}V${round(goal)}`, 'xr-thread')] : []),
    shape('circle', { cx: x, cy: round(from), r: 3.2, class: 'xr-solid' }),
    ...(Math.abs(next - from) > 1 ? [line(`M${x} ${round(from)}V${round(next)}`, 'xr-pull')] : []),
  ];
}

/** When the kernel took its samples, as far as seen: the age of the last one falls back each time. */
function kernelSamples(past: Look<'run-queue'>['past']): readonly number[] {
  const found: number[] = [];
  for (const { at: time, state } of past) {
    if (state.loadSampleAgeMs === null) continue;
    const taken = Math.round((time - state.loadSampleAgeMs) / 1000) * 1000;
    const last = found.at(-1);
    if (last === undefined || taken - last > 3000) found.push(taken);
  }
  return found;
}

function nextSample(look: Look<'run-queue'>, state: State, top: number): VNode[] {
  if (state.loadSampleAgeMs === null) return [];
  const part = Math.min(1, (state.loadSampleAgeMs % LOAD_SAMPLE_MS) / LOAD_SAMPLE_MS);
  const seconds = Math.max(0, Math.ceil(((1 - part) * LOAD_SAMPLE_MS) / 1000));
  const x = look.width - 112;
  return [
    group(
      {},
      label(x, top - 16, 'xr-tick', fill(look.text.runQueue.next, { s: seconds })),
      line(`M${x} ${top - 9}h100`, 'xr-track'),
      line(`M${x} ${top - 9}h${round(part * 100)}`, 'xr-progress'),
    ),
  ];
}

/** Labels of curves that lie close together are moved apart, keeping their order, none below `lowest`. */
function apart(places: readonly number[], gap: number, lowest: number): readonly number[] {
  const order = places.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  let highest = -Infinity;
  for (const here of order) {
    here.y = Math.max(here.y, highest);
    highest = here.y + gap;
  }
  let floor = lowest;
  for (const here of order.toReversed()) {
    here.y = Math.min(here.y, floor);
    floor = here.y - gap;
  }
  return [...order].sort((a, b) => a.index - b.index).map(({ y }) => y);
}

const RESOURCES = ['cpu', 'memory', 'io'] as const;

function pressure(
  look: Look<'run-queue'>,
  of: { readonly [R in (typeof RESOURCES)[number]]: Pressure },
  top: number,
): VNode[] {
  const each = (look.width - 8) / 3;
  return RESOURCES.map((name, index) => {
    const { some, full } = of[name];
    const x = 4 + index * each;
    const wide = each - 24;
    const words = look.text.runQueue;
    const about = fill(words.pressureAbout, {
      name: words.pressure[name],
      some: some.avg10.toFixed(1),
      full: (full?.avg10 ?? 0).toFixed(1),
    });
    return item(
      `pressure-${name}`,
      about,
      { class: `xr-${name === 'io' ? 'disk' : name} ${lit(look, 'pressure')}` },
      label(x, top + 10, 'xr-name', `${words.pressure[name]}`),
      label(x + wide, top + 10, 'xr-value', `${some.avg10.toFixed(0)} %`, { 'text-anchor': 'end' }),
      box(x, top + 18, wide, 9, 'xr-gauge', { rx: 4 }),
      box(x, top + 18, (wide * Math.min(100, some.avg10)) / 100, 9, 'xr-solid xr-some', { rx: 4 }),
      box(x, top + 18, (wide * Math.min(100, full?.avg10 ?? 0)) / 100, 9, 'xr-solid', { rx: 4 }),
    );
  });
}

export function tellRunQueue(look: Look<'run-queue'>): Telling {
  const state = now(look);
  const words = look.text.runQueue;
  const total = state.runnable + state.uninterruptible;
  const counted = fill(words.counted, { r: state.runnable, d: state.uninterruptible, n: total });
  const [one, five, fifteen] = state.loadAverages.map((value) => value.toFixed(2));
  return {
    summary: `${counted}. ${words.loads}: ${one}, ${five}, ${fifteen}.`,
    columns: [words.task, 'PID', words.state, 'CPU'],
    rows: learners(state).map((task) => [
      task.comm,
      String(task.id),
      task.state === 'D'
        ? words.isSleeping
        : state.cpus.some(({ running }) => running === task.id)
          ? words.isRunning
          : words.isWaiting,
      String(task.cpu),
    ]),
  };
}
