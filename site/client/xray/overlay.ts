// Overlay: for each mount the merged view on top, its own upper layer, then the lower layers as slabs; a layer that several mounts
// use lies beneath all of them.
import type { VNode } from 'preact';
import type { Overlay, UpperEntry } from '../../../sandbox/protocol/xray/overlay.ts';
import { fill } from '../text.ts';
import { now, type Look, type Telling } from './look.ts';
import { at, box, bytesText, cut, cutFront, group, item, label, line, picture, round } from './shapes.ts';

const MERGED = 42;
const ENTRY = 18;
const LEAST_ENTRIES = 3;
const MOST_ENTRIES = 6;
const SLAB = 36;
const GAP = 6;
const LEAST_COLUMN = 190;
const FRESH_MS = 15_000;
const MOST_SLABS = 14;

type Mount = Overlay['mounts'][number];

/** Height of each lower layer above the ground, so that a layer lies below everything that stands on it in any mount. */
export function layerLevels(mounts: readonly Mount[]): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  // Each round lifts what is too low; a guest that claims a circle is given up on after as many rounds as there are layers.
  const rounds = new Set(mounts.flatMap(({ lower }) => lower)).size + 1;
  for (let step = 0; step < rounds; step += 1) {
    let moved = false;
    for (const { lower } of mounts) {
      let below = -1;
      for (const layer of [...lower].reverse()) {
        const level = Math.max(levels.get(layer) ?? 0, below + 1);
        if (levels.get(layer) !== level) {
          levels.set(layer, level);
          moved = true;
        }
        below = level;
      }
    }
    if (!moved) break;
  }
  return levels;
}

export function drawOverlay(look: Look<'overlay'>): VNode {
  const state = now(look);
  const { width, text } = look;
  const fit = Math.max(1, Math.floor(width / LEAST_COLUMN));
  const mounts = state.mounts.slice(0, fit);
  if (mounts.length === 0) return empty(look);
  const wide = (width - 4) / mounts.length;
  const levels = layerLevels(mounts);
  const highest = Math.min(MOST_SLABS - 1, Math.max(0, ...levels.values()));
  const upperTop = 24 + MERGED + GAP;
  const lookups = state.lookups.filter(({ mount }) => mounts.some(({ id }) => id === mount));
  // as many entries as there are, within what the layers leave of the room
  const spare = Math.floor(
    (look.height - upperTop - 34 - 26 - (highest + 1) * (SLAB + GAP) - 22 - lookups.length * 22) / ENTRY,
  );
  const most = Math.max(0, ...mounts.map((mount) => entriesOf(state, mount).length));
  const shown = Math.max(LEAST_ENTRIES, Math.min(MOST_ENTRIES, most, spare));
  const upperHigh = 30 + shown * ENTRY;
  const slabs = upperTop + upperHigh + 26;
  const slabY = (level: number): number => slabs + (highest - level) * (SLAB + GAP);
  const ground = slabs + (highest + 1) * (SLAB + GAP);
  return picture(
    width,
    ground + 22 + lookups.length * 22,
    text.views.overlay.title,
    label(4, 14, 'xr-tick', text.overlay.legend),
    ...(state.mounts.length > fit
      ? [label(width - 4, 14, 'xr-tick', fill(text.more, { n: state.mounts.length - fit }), { 'text-anchor': 'end' })]
      : []),
    ...mounts.flatMap((mount, index) => [
      merged(look, state, mount, 2 + index * wide, wide),
      upper(look, state, mount, { x: 2 + index * wide, wide, top: upperTop, high: upperHigh, entries: shown }),
    ]),
    label(4, slabs - 8, 'xr-tick', text.overlay.lowerHead),
    ...[...levels]
      .filter(([, level]) => level <= highest)
      .flatMap(([layer, level]) => slab(look, state, mounts, layer, wide, slabY(level))),
    ...mounts.flatMap((mount, index) =>
      copies(look, state, mount, 2 + index * wide + wide - 26, upperTop + upperHigh, slabs + SLAB / 2),
    ),
    ...lookups.map((lookup, index) => probe(look, state, lookup, ground + 14 + index * 22)),
    ...lookups.slice(0, 1).flatMap((lookup) => trail(mounts, lookup, levels, wide, upperTop + upperHigh / 2, slabY)),
  );
}

function empty(look: Look<'overlay'>): VNode {
  const { storage } = now(look);
  return picture(
    look.width,
    50 + storage.length * 24,
    look.text.views.overlay.title,
    label(4, 28, 'xr-soft', look.text.overlay.empty),
    ...storage.map((each, index) =>
      label(
        4,
        58 + index * 24,
        'xr-mono xr-soft',
        `${each.path}: ${each.folders.map(({ name, entries }) => `${cut(name, 20)} ${entries}`).join(' · ')}`,
      ),
    ),
  );
}

function merged(look: Look<'overlay'>, state: Overlay, mount: Mount, x: number, wide: number): VNode {
  const container = state.containers.find(({ id }) => id === mount.container);
  const room = Math.floor((wide - 30) / 7.4);
  return item(
    `merged-${mount.id}`,
    [look.text.overlay.merged, container?.name ?? '', mount.mountPoint].filter((part) => part !== '').join(' · '),
    { class: `xr-disk ${look.lit.has('merged') ? 'xr-lit' : ''}`, 'data-layer': 'merged', ...at(x, 24) },
    box(3, 0, wide - 10, MERGED, 'xr-plain xr-view'),
    label(
      13,
      18,
      'xr-strong',
      container === undefined ? look.text.overlay.mergedShort : `${cut(container.name, room - 8)}`,
    ),
    label(13, 34, 'xr-mono xr-small xr-soft', cutFront(mount.mountPoint, room)),
  );
}

function entriesOf(state: Overlay, mount: Mount): readonly UpperEntry[] {
  return state.entries.filter((entry) => entry.mount === mount.id);
}

/** The writable layer: what was made, what was copied up from below, and what is hidden. */
function upper(
  look: Look<'overlay'>,
  state: Overlay,
  mount: Mount,
  {
    x,
    wide,
    top,
    high,
    entries,
  }: {
    readonly x: number;
    readonly wide: number;
    readonly top: number;
    readonly high: number;
    readonly entries: number;
  },
): VNode {
  const words = look.text.overlay;
  const all = entriesOf(state, mount);
  const shown = [...all].slice(-entries).reverse();
  const layer = mount.upper === null ? undefined : state.layers[mount.upper];
  const room = Math.floor((wide - 64) / 6.7);
  const time = look.past.at(-1)?.at ?? 0;
  return group(
    { key: `upper-${mount.id}`, class: `xr-disk ${look.lit.has('upper') ? 'xr-lit' : ''}`, ...at(x, top) },
    item(
      `upper-${mount.id}`,
      mount.upper === null
        ? words.readOnly
        : [words.upper, layer?.path ?? '', fill(words.entries, { n: all.length })].join(' · '),
      { 'data-layer': 'upper' },
      box(3, 0, wide - 10, high, mount.upper === null ? 'xr-ghost' : 'xr-tint'),
      label(13, 18, 'xr-strong', mount.upper === null ? words.readOnly : words.upperShort),
    ),
    ...(all.length > entries
      ? [
          label(wide - 16, 18, 'xr-tick', fill(look.text.more, { n: all.length - entries }), {
            'text-anchor': 'end',
          }),
        ]
      : []),
    ...(mount.upper !== null && all.length === 0 ? [label(13, 40, 'xr-soft', words.untouched)] : []),
    ...shown.map((entry, index) =>
      item(
        `entry-${mount.id}-${entry.path}`,
        [entry.path, words.kind[entry.kind], bytesText(entry.sizeBytes)].join(' · '),
        {
          class: 'xr-entry',
          'data-kind': entry.kind,
          'data-fresh': entry.seenHappen && time - entry.changedAtMs < FRESH_MS ? true : undefined,
          ...at(10, 24 + index * ENTRY),
        },
        box(0, 1, wide - 24, ENTRY - 2, 'xr-row-back', { rx: 3 }),
        entrySign(entry.kind),
        label(
          22,
          13,
          `xr-mono xr-small ${entry.kind === 'whiteout' ? 'xr-struck' : ''}`,
          cutFront(`${entry.path}${entry.directory && entry.kind !== 'whiteout' ? '/' : ''}`, room),
        ),
      ),
    ),
  );
}

/** +: new; an arrow up: copied up; a cross: whiteout; a barred ring: opaque folder. In a square of 16 px. */
function entrySign(kind: UpperEntry['kind']): VNode {
  const d = {
    new: 'M8 3.500v9M3.500 8h9',
    'copy-up': 'M8 13V4M4.500 7.500 8 4l3.500 3.500',
    whiteout: 'M4 4l8 8M12 4l-8 8',
    opaque: 'M8 3a5 5 0 1 0 .01 0M4.500 8h7',
  }[kind];
  return line(d, `xr-sign xr-sign-${kind}`);
}

function slab(
  look: Look<'overlay'>,
  state: Overlay,
  mounts: readonly Mount[],
  index: number,
  wide: number,
  y: number,
): VNode[] {
  const layer = state.layers[index];
  const using = mounts.flatMap(({ lower }, place) => (lower.includes(index) ? [place] : []));
  if (layer === undefined || using.length === 0) return [];
  const words = look.text.overlay;
  const images = layer.images.join(', ');
  const name = layer.id === null ? cutFront(layer.path, 60) : layer.id.slice(0, 12);
  const about = [
    using.length > 1 ? fill(words.shared, { n: using.length }) : words.lower,
    layer.path,
    ...(images === '' ? [] : [fill(words.images, { names: images })]),
  ].join(' · ');
  // Columns in between that do not use the layer are bridged by a thin line.
  const runs: { from: number; to: number }[] = [];
  for (const place of using) {
    const last = runs.at(-1);
    if (last !== undefined && last.to === place) last.to = place + 1;
    else runs.push({ from: place, to: place + 1 });
  }
  const [first, last] = [runs[0], runs.at(-1)];
  return [
    item(
      `layer-${index}`,
      about,
      {
        class: `xr-disk ${look.lit.has('lower') ? 'xr-lit' : ''}`,
        'data-layer': 'lower',
        'data-shared': String(using.length > 1),
        ...at(0, y),
      },
      ...(first !== undefined && last !== undefined && runs.length > 1
        ? [line(`M${round(2 + first.to * wide)} ${SLAB / 2}H${round(2 + last.from * wide)}`, 'xr-open-track')]
        : []),
      ...runs.flatMap(({ from, to }) => {
        const room = Math.floor(((to - from) * wide - 34) / 7.2);
        const middle = images === '' ? '' : `  ${images}`;
        return [
          box(5 + from * wide, 0, (to - from) * wide - 10, SLAB, using.length > 1 ? 'xr-slab xr-shared' : 'xr-slab'),
          label(15 + from * wide, 15, 'xr-mono xr-small', cutFront(name, room)),
          label(
            15 + from * wide,
            29,
            'xr-small xr-soft',
            cut(`${using.length > 1 ? fill(words.shared, { n: using.length }) : words.lowerShort}${middle}`, room),
          ),
        ];
      }),
    ),
  ];
}

/** An arrow from the layers below into the upper one, for a file that was copied up just now. */
function copies(look: Look<'overlay'>, state: Overlay, mount: Mount, x: number, top: number, bottom: number): VNode[] {
  const time = look.past.at(-1)?.at ?? 0;
  const fresh = entriesOf(state, mount).some(
    (entry) => entry.kind === 'copy-up' && entry.seenHappen && time - entry.changedAtMs < FRESH_MS,
  );
  return fresh
    ? [
        line(`M${round(x)} ${bottom}V${top - 6}m-6 7l6 -7 6 7`, 'xr-copied xr-disk', {
          'data-copied': mount.id,
          key: `copied-${mount.id}`,
        }),
      ]
    : [];
}

type Lookup = Overlay['lookups'][number];

/** Where a path that was asked for comes from, in words, and where each layer has it. */
function probe(look: Look<'overlay'>, state: Overlay, lookup: Lookup, y: number): VNode {
  const words = look.text.overlay;
  const from = lookup.from === null ? undefined : state.layers[lookup.from];
  const mount = state.mounts.find(({ id }) => id === lookup.mount);
  const where =
    from === undefined
      ? words.nowhere
      : lookup.from === mount?.upper
        ? words.fromUpper
        : fill(words.fromLower, { name: from.id?.slice(0, 12) ?? from.path });
  return label(4, y, 'xr-strong', `${cutFront(lookup.path, 40)} ← ${where}`, {
    key: `probe-${lookup.path}`,
    'data-from': lookup.from ?? 'none',
  });
}

function trail(
  mounts: readonly Mount[],
  lookup: Lookup,
  levels: ReadonlyMap<number, number>,
  wide: number,
  upperY: number,
  slabY: (level: number) => number,
): VNode[] {
  const column = mounts.findIndex(({ id }) => id === lookup.mount);
  const mount = mounts[column];
  if (mount === undefined) return [];
  const x = round(2 + (column + 1) * wide - 22);
  const stops = lookup.found.map(({ layer, what }) => ({
    layer,
    what,
    y: layer === mount.upper ? upperY : slabY(levels.get(layer) ?? 0) + SLAB / 2,
  }));
  const end = stops.find(({ layer }) => layer === lookup.from)?.y ?? stops.at(-1)?.y ?? upperY;
  return [
    group(
      { class: 'xr-trail', key: 'trail' },
      line(`M${x} 58V${round(end)}`, 'xr-probe'),
      ...stops.map(({ layer, what, y }) =>
        line(
          what === 'nothing' ? `M${x - 3} ${round(y)}h6` : `M${x} ${round(y - 5)}a5 5 0 1 0 .01 0z`,
          layer === lookup.from ? 'xr-probe-hit' : 'xr-probe-stop',
          { key: layer, 'data-what': what },
        ),
      ),
    ),
  ];
}

export function tellOverlay(look: Look<'overlay'>): Telling {
  const state = now(look);
  const words = look.text.overlay;
  return {
    summary: [
      fill(words.summary, { mounts: state.mounts.length, layers: state.layers.length }),
      ...state.lookups.map(
        ({ path, from }) => `${path}: ${from === null ? words.nowhere : (state.layers[from]?.path ?? '')}`,
      ),
    ].join(' '),
    columns: [words.mount, words.what, words.path],
    rows: state.mounts.flatMap((mount) => [
      [
        mount.mountPoint,
        words.upperShort,
        mount.upper === null ? words.readOnly : (state.layers[mount.upper]?.path ?? ''),
      ],
      ...entriesOf(state, mount)
        .slice(-20)
        .map((entry) => [mount.mountPoint, words.kind[entry.kind], entry.path]),
      ...mount.lower.map((layer) => [mount.mountPoint, words.lowerShort, state.layers[layer]?.path ?? '']),
    ]),
  };
}
