// vmstat: the columns as `vmstat 1` prints them, each with its value, its last two minutes and its meaning.
import { h, type VNode } from 'preact';
import type { VmStat } from '../../../sandbox/protocol/xray/vmstat.ts';
import { now, type Look, type Telling } from './look.ts';
import { shape } from './shapes.ts';
import { Spark } from './spark.ts';

type Rates = NonNullable<VmStat['rates']>;
type Column = {
  /** the name vmstat prints */
  readonly name: string;
  readonly subject: 'cpu' | 'memory' | 'disk' | 'process';
  readonly unit: 'tasks' | 'MiB' | 'KiB/s' | '/s' | '%';
  readonly least: number;
  readonly value: (state: VmStat) => number | null;
};
type Group = {
  readonly name: 'procs' | 'memory' | 'swap' | 'io' | 'system' | 'cpu';
  readonly columns: readonly Column[];
};

const rate =
  (of: (rates: Rates) => number) =>
  ({ rates }: VmStat): number | null =>
    rates === null ? null : of(rates);

/** As `vmstat -S M` groups and names them. */
export const VMSTAT_GROUPS: readonly Group[] = [
  {
    name: 'procs',
    columns: [
      { name: 'r', subject: 'cpu', unit: 'tasks', least: 4, value: (state) => state.procs.runnable },
      { name: 'b', subject: 'disk', unit: 'tasks', least: 4, value: (state) => state.procs.blocked },
    ],
  },
  {
    name: 'memory',
    columns: [
      { name: 'swpd', subject: 'memory', unit: 'MiB', least: 16, value: ({ memory }) => memory.swapUsedKib / 1024 },
      { name: 'free', subject: 'memory', unit: 'MiB', least: 64, value: ({ memory }) => memory.freeKib / 1024 },
      { name: 'buff', subject: 'memory', unit: 'MiB', least: 16, value: ({ memory }) => memory.bufferKib / 1024 },
      { name: 'cache', subject: 'memory', unit: 'MiB', least: 64, value: ({ memory }) => memory.cacheKib / 1024 },
    ],
  },
  {
    name: 'swap',
    columns: [
      { name: 'si', subject: 'memory', unit: 'KiB/s', least: 64, value: rate((of) => of.swapInKib) },
      { name: 'so', subject: 'memory', unit: 'KiB/s', least: 64, value: rate((of) => of.swapOutKib) },
    ],
  },
  {
    name: 'io',
    columns: [
      { name: 'bi', subject: 'disk', unit: 'KiB/s', least: 1024, value: rate((of) => of.blocksInKib) },
      { name: 'bo', subject: 'disk', unit: 'KiB/s', least: 1024, value: rate((of) => of.blocksOutKib) },
    ],
  },
  {
    name: 'system',
    columns: [
      { name: 'in', subject: 'process', unit: '/s', least: 1000, value: rate((of) => of.interrupts) },
      { name: 'cs', subject: 'process', unit: '/s', least: 1000, value: rate((of) => of.contextSwitches) },
    ],
  },
  {
    name: 'cpu',
    columns: [
      { name: 'us', subject: 'cpu', unit: '%', least: 100, value: rate((of) => of.cpuPercent.user) },
      { name: 'sy', subject: 'cpu', unit: '%', least: 100, value: rate((of) => of.cpuPercent.system) },
      { name: 'id', subject: 'cpu', unit: '%', least: 100, value: rate((of) => of.cpuPercent.idle) },
      { name: 'wa', subject: 'disk', unit: '%', least: 100, value: rate((of) => of.cpuPercent.iowait) },
      { name: 'st', subject: 'cpu', unit: '%', least: 100, value: rate((of) => of.cpuPercent.steal) },
    ],
  },
];

export function drawVmstat(look: Look<'vmstat'>): VNode {
  const state = now(look);
  const { text, lit } = look;
  const times = look.past.map(({ at }) => at / 1000);
  const cell = (column: Column): VNode => {
    const shown = valueText(column.value(state));
    const unit = column.unit === 'tasks' ? text.vmstat.tasks : column.unit;
    return shape(
      'div',
      {
        class: `xr-cell xr-${column.subject}`,
        key: column.name,
        tabindex: -1,
        role: 'img',
        'data-item': column.name,
        'data-lit': lit.size === 0 ? undefined : String(lit.has(column.name)),
        'aria-label': `${column.name} ${shown} ${unit} · ${text.vmstat.meaning[column.name] ?? ''}`,
      },
      h('span', { class: 'xr-cell-name' }, column.name),
      h('span', { class: 'xr-cell-value' }, shown, h('small', {}, unit)),
      h(Spark, {
        times,
        values: look.past.map((moment) => column.value(moment.state)),
        least: column.least,
        subject: column.subject,
      }),
    );
  };
  return shape(
    'div',
    { class: 'xr-columns', role: 'group', 'aria-label': text.views.vmstat.title },
    VMSTAT_GROUPS.map((group) =>
      h(
        'div',
        { class: 'xr-column-group', key: group.name, style: `--columns:${group.columns.length}` },
        h('p', { class: 'xr-column-head' }, h('b', {}, group.name), ' ', text.vmstat.group[group.name]),
        h('div', { class: 'xr-cells' }, group.columns.map(cell)),
      ),
    ),
  );
}

function valueText(value: number | null): string {
  if (value === null) return '–';
  return value >= 10_000 ? `${(value / 1000).toFixed(0)}k` : String(Math.round(value));
}

export function tellVmstat(look: Look<'vmstat'>): Telling {
  const state = now(look);
  const words = look.text.vmstat;
  const { runnable, blocked } = state.procs;
  return {
    summary: `r ${runnable}, b ${blocked}, us ${valueText(state.rates?.cpuPercent.user ?? null)} %, wa ${valueText(state.rates?.cpuPercent.iowait ?? null)} %.`,
    columns: [words.column, words.value, words.meaningHead],
    rows: VMSTAT_GROUPS.flatMap(({ columns }) =>
      columns.map((column) => [
        column.name,
        `${valueText(column.value(state))} ${column.unit === 'tasks' ? words.tasks : column.unit}`,
        words.meaning[column.name] ?? '',
      ]),
    ),
  };
}
