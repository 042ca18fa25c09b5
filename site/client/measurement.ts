// A prediction beside what was measured, drawn on one scale: the learner's mark, what counts as close, and the kernel's value.
import { el, svg } from './dom.ts';
import { fill, words } from './text.ts';

export type Measured = {
  readonly value: number;
  readonly predicted: number;
  readonly tolerance: number;
  readonly unit: string;
};

export type Scale = { readonly from: number; readonly to: number; readonly step: number };

/** A round scale that holds all three, with room at both ends. Starts at nought where that is near. */
export function scaleFor({ value, predicted, tolerance }: Measured): Scale {
  const low = Math.min(value - tolerance, predicted);
  const high = Math.max(value + tolerance, predicted);
  const spread = Math.max(high - low, Math.abs(high) * 0.1, 1e-9);
  const from = low >= 0 && low - spread * 0.2 <= high * 0.35 ? 0 : low - spread * 0.2;
  const span = high + spread * 0.15 - from;
  const raw = span / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw) ?? raw;
  const start = Math.floor(from / step) * step;
  return { from: start, to: Math.ceil((high + spread * 0.05) / step) * step, step };
}

const WIDTH = 480;
const MARGIN = 26;
const LINE = 62;

export function drawMeasurement(measured: Measured): HTMLElement {
  const text = words().task;
  const scale = scaleFor(measured);
  const x = (value: number): number => MARGIN + ((value - scale.from) / (scale.to - scale.from)) * (WIDTH - 2 * MARGIN);
  const unit = measured.unit === '' ? '' : ` ${measured.unit}`;
  const say = (value: number): string => `${short(value)}${unit}`;
  const drawing = svg('svg', { viewBox: `0 20 ${WIDTH} 90`, class: 'measurement-drawing', 'aria-hidden': 'true' });
  const band = [
    Math.max(scale.from, measured.value - measured.tolerance),
    Math.min(scale.to, measured.value + measured.tolerance),
  ] as const;
  drawing.append(
    svg('rect', { class: 'band', x: x(band[0]), y: LINE - 9, width: x(band[1]) - x(band[0]), height: 18, rx: 4 }),
    svg('line', { class: 'axis', x1: MARGIN, x2: WIDTH - MARGIN, y1: LINE, y2: LINE }),
  );
  for (let tick = scale.from; tick <= scale.to + scale.step / 2; tick += scale.step) {
    drawing.append(
      svg('line', { class: 'axis', x1: x(tick), x2: x(tick), y1: LINE, y2: LINE + 6 }),
      svg('text', { class: 'tick', x: x(tick), y: LINE + 21, 'text-anchor': 'middle' }, short(tick)),
    );
  }
  const place = (value: number): string => (x(value) < 90 ? 'start' : x(value) > WIDTH - 90 ? 'end' : 'middle');
  // Two heights, so that the words do not meet where the values do.
  drawing.append(
    svg('path', { class: 'predicted', d: `M${x(measured.predicted)} ${LINE - 2} l-7 -13 h14 z` }),
    svg(
      'text',
      { class: 'predicted-word', x: x(measured.predicted), y: LINE - 24, 'text-anchor': place(measured.predicted) },
      `${text.predicted} ${say(measured.predicted)}`,
    ),
    svg('circle', { class: 'measured', cx: x(measured.value), cy: LINE, r: 7 }),
    svg(
      'text',
      { class: 'measured-word', x: x(measured.value), y: LINE + 43, 'text-anchor': place(measured.value) },
      `${text.measured} ${say(measured.value)}`,
    ),
  );
  const sentence = fill(text.within, {
    predicted: say(measured.predicted),
    measured: say(measured.value),
    tolerance: say(measured.tolerance),
  });
  return el('figure', { class: 'measurement' }, drawing, el('figcaption', {}, sentence));
}

/** Three significant digits, without the noise of binary fractions. */
export function short(value: number): string {
  return String(Number(value.toPrecision(Math.abs(value) >= 1000 ? 6 : 3)));
}
