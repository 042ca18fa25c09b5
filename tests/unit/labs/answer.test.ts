// Typed answers: what a sensible person types is understood, nonsense is told apart.
import { describe, expect, it } from 'vitest';
import { allowance, isAcceptable, isWithin, parseNumber, sameText } from '../../../labs/checks/answer.ts';

const plain = { type: 'number', unit: '', units: {} } as const;
const memory = { type: 'number', unit: 'MB', units: { kB: 0.001, GB: 1000, Mb: 0.125 } } as const;
const percent = { type: 'number', unit: '%', units: {}, min: 0, max: 100 } as const;
const why = { ko: '이유', en: 'why' };

describe('a typed number', () => {
  it.each([
    ['2.5', 2.5],
    ['  2.5  ', 2.5],
    ['2,5', 2.5],
    ['1,234', 1234],
    ['1,234,567.5', 1234567.5],
    ['1 234', 1234],
    ['２．５', 2.5],
    ['１２３', 123],
    ['약 2.5', 2.5],
    ['2.5 정도', 2.5],
    ['about 2.5', 2.5],
    ['~2.5', 2.5],
    ['= 2.5.', 2.5],
    ['.5', 0.5],
    ['-3', -3],
    ['−3', -3],
    ['97개', 97],
  ])('reads %j as %d', (typed, value) => {
    expect(parseNumber(plain, typed)).toEqual({ ok: true, value, spread: 0 });
  });

  it.each([
    ['512', 512],
    ['512MB', 512],
    ['512 mb', 512],
    ['0.5 GB', 500],
    ['800 Mb', 100],
    ['2000kb', 2],
  ])('reads %j in megabytes as %d', (typed, value) => {
    const parsed = parseNumber(memory, typed);
    expect(parsed.ok && parsed.value).toBeCloseTo(value);
  });

  it.each(['50%', '50 %', '50％', '50 퍼센트', '50percent', '50'])('reads %j as fifty per cent', (typed) => {
    expect(parseNumber(percent, typed)).toMatchObject({ ok: true, value: 50 });
  });

  it.each([
    ['2-3', 2.5],
    ['2 ~ 3', 2.5],
    ['2〜3', 2.5],
    ['2 to 3', 2.5],
    ['2–3', 2.5],
  ])('takes the middle of the range %j', (typed, value) => {
    expect(parseNumber(plain, typed)).toEqual({ ok: true, value, spread: 0.5 });
  });

  it('says why it cannot be read', () => {
    expect(parseNumber(plain, 'many')).toEqual({ ok: false, problem: 'not-a-number' });
    expect(parseNumber(plain, '')).toEqual({ ok: false, problem: 'not-a-number' });
    expect(parseNumber(memory, '5 parsec')).toEqual({ ok: false, problem: 'unknown-unit' });
    expect(parseNumber(percent, '120')).toEqual({ ok: false, problem: 'out-of-range' });
    expect(parseNumber(plain, '1e9999')).toMatchObject({ ok: false });
  });

  it('may be off by the wider of both tolerances, and not more', () => {
    expect(allowance({ absolute: 0.3, percent: 15, why }, 4)).toBeCloseTo(0.6);
    expect(allowance({ absolute: 0.3, percent: 15, why }, 1)).toBeCloseTo(0.3);
    expect(isWithin(0.1 + 0.2, 0.3, 0)).toBe(true);
    expect(isWithin(2.61, 2, 0.6)).toBe(false);
  });
});

describe('a typed name', () => {
  const spec = { type: 'text', ignoreCase: true, maxLength: 40 } as const;

  it.each([
    'amberfeedd',
    ' AmberFeedd ',
    '"amberfeedd"',
    '`amberfeedd`',
    '/usr/local/bin/amberfeedd',
    'ａｍｂｅｒｆｅｅｄｄ',
  ])('is recognised in %j', (typed) => {
    expect(sameText(spec, typed, 'amberfeedd')).toBe(true);
  });

  it.each(['amberfeed', 'amberfeedd larchgated', 'xamberfeedd', '', 'a'.repeat(41)])(
    'is not recognised in %j',
    (typed) => {
      expect(sameText(spec, typed, 'amberfeedd')).toBe(false);
    },
  );
});

describe('a prediction', () => {
  const options = ['up', 'down', 'same'].map((id) => ({ id, text: why }));

  it('may be locked only when it can be judged later', () => {
    const number = { ...percent, tolerance: { absolute: 5, why } };
    expect(isAcceptable(number, '40%')).toBe(true);
    expect(isAcceptable(number, 'forty')).toBe(false);
    expect(isAcceptable({ type: 'choice', options }, 'up')).toBe(true);
    expect(isAcceptable({ type: 'choice', options }, 'up,down')).toBe(false);
    expect(isAcceptable({ type: 'order', options }, 'up,down,same')).toBe(true);
    expect(isAcceptable({ type: 'order', options }, 'up,up,same')).toBe(false);
    expect(isAcceptable({ type: 'choice', options }, 'sideways')).toBe(false);
  });
});
