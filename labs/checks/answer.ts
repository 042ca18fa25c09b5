// Reads what a sensible person types as an answer: numbers with units, ranges, spaces, commas, full-width digits, percent.
import type { AnswerSpec, PredictionSpec, Tolerance } from '../schema/task.ts';

type NumberSpec = Extract<AnswerSpec, { type: 'number' }>;
type TextSpec = Extract<AnswerSpec, { type: 'text' }>;
type ChoiceSpec = Extract<PredictionSpec, { type: 'choice' | 'order' }>;

export type NumberAnswer =
  | { readonly ok: true; readonly value: number; /** half the width of a typed range */ readonly spread: number }
  | { readonly ok: false; readonly problem: 'not-a-number' | 'unknown-unit' | 'out-of-range' };

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const SINGLE = new RegExp(String.raw`^(${NUMBER})\s*(.*)$`);
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*([^\d\s]*?)\s*(?:-|~|to|에서)\s*(${NUMBER})\s*(.*)$`, 'i');

/** Words around a number that say nothing: "약 2.5 정도", "about 2.5", "= 2.5". */
const FILLERS =
  /^(?:약|대략|거의|about|around|roughly|approximately|approx\.?|ca\.?|circa|~|≈|=|:)\s*|\s*(?:정도|쯤|가량|입니다|이다|\.)$/giu;

export function parseNumber(spec: NumberSpec, typed: string): NumberAnswer {
  const text = tidy(typed);
  const range = RANGE.exec(text);
  if (range) {
    const unit = range[4] || range[2] || '';
    const low = scaled(spec, range[1] ?? '', range[2] || unit);
    const high = scaled(spec, range[3] ?? '', unit);
    if (!low.ok) return low;
    if (!high.ok) return high;
    return { ok: true, value: (low.value + high.value) / 2, spread: Math.abs(high.value - low.value) / 2 };
  }
  const single = SINGLE.exec(text);
  if (!single) return { ok: false, problem: 'not-a-number' };
  return scaled(spec, single[1] ?? '', single[2] ?? '');
}

function scaled(spec: NumberSpec, digits: string, written: string): NumberAnswer {
  const value = Number(digits);
  if (!Number.isFinite(value)) return { ok: false, problem: 'not-a-number' };
  const factor = factorOf(spec, written.trim());
  if (factor === undefined) return { ok: false, problem: 'unknown-unit' };
  const inUnit = value * factor;
  if ((spec.min !== undefined && inUnit < spec.min) || (spec.max !== undefined && inUnit > spec.max)) {
    return { ok: false, problem: 'out-of-range' };
  }
  return { ok: true, value: inUnit, spread: 0 };
}

/** Korean counters that may follow any bare count. */
const COUNTERS = new Set(['개', '명', '번', '회', '프로세스', '태스크']);

function factorOf(spec: NumberSpec, written: string): number | undefined {
  if (written === '' || written === spec.unit) return 1;
  const exact = spec.units[written];
  if (exact !== undefined) return exact;
  const folded = written.toLowerCase();
  if (folded === spec.unit.toLowerCase()) return 1;
  // MB and Mb differ by eight: letters' case is ignored only where it leaves one reading.
  const alike = Object.entries(spec.units).filter(([unit]) => unit.toLowerCase() === folded);
  if (alike.length === 1) return alike[0]?.[1];
  if (spec.unit === '%' && (folded === '퍼센트' || folded === 'percent' || folded === '프로')) return 1;
  return spec.unit === '' && COUNTERS.has(folded) ? 1 : undefined;
}

function tidy(typed: string): string {
  // NFKC turns full-width digits, signs and the ideographic space into ordinary ones.
  let text = typed
    .normalize('NFKC')
    .replaceAll(/[‐-―−]/g, '-')
    .replaceAll('〜', '~')
    .replaceAll(/\s+/g, ' ')
    .trim();
  // 1,234 and 1 234 are one number; 2,5 is a decimal comma.
  while (/(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)/.test(text)) {
    text = text.replace(/(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)/, (number) => number.replaceAll(',', ''));
  }
  text = text.replaceAll(/(\d),(\d)/g, '$1.$2').replaceAll(/(?<=\d) (?=\d{3}(?!\d))/g, '');
  for (let before = ''; before !== text;) {
    before = text;
    text = text.replaceAll(FILLERS, '').trim();
  }
  return text;
}

/** How far `value` may be off, in the unit. */
export function allowance(tolerance: Tolerance | undefined, truth: number): number {
  if (tolerance === undefined) return 0;
  return Math.max(tolerance.absolute ?? 0, (Math.abs(truth) * (tolerance.percent ?? 0)) / 100);
}

/** Floating point alone must not make 0.1 + 0.2 wrong. */
export function isWithin(value: number, truth: number, allowed: number): boolean {
  return Math.abs(value - truth) <= allowed + 1e-9 * Math.max(1, Math.abs(truth));
}

/** Quotes, backticks and a path's leading folder are how people copy a name; none of them changes what is meant. */
export function sameText(spec: TextSpec, typed: string, truth: string): boolean {
  const fold = (text: string) => {
    const plain = text
      .normalize('NFKC')
      .trim()
      .replace(/^["'`[(]+|["'`\])]+$/g, '')
      .replaceAll(/\s+/g, ' ');
    return spec.ignoreCase ? plain.toLowerCase() : plain;
  };
  if (typed.length > spec.maxLength) return false;
  const [left, right] = [fold(typed), fold(truth)];
  return left === right || (!right.includes('/') && left.startsWith('/') && left.endsWith(`/${right}`));
}

/** The option ids of a choice or an order, or undefined where something else was sent. */
export function parseChoice(options: readonly { readonly id: string }[], typed: string): readonly string[] | undefined {
  const ids = typed
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  const known = new Set(options.map((option) => option.id));
  return ids.length > 0 && new Set(ids).size === ids.length && ids.every((id) => known.has(id)) ? ids : undefined;
}

/** Whether a prediction may be locked as it is; a page asks before the learner loses the chance to correct a typo. */
export function isAcceptable(spec: PredictionSpec, typed: string): boolean {
  if (spec.type === 'number') return parseNumber(spec, typed).ok;
  const ids = parseChoice(spec.options, typed);
  return (
    ids !== undefined &&
    (spec.type === 'choice' ? ids.length === 1 : ids.length === (spec as ChoiceSpec).options.length)
  );
}
