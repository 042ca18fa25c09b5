// The colours: the dark values stand twice and must agree; every pair of ink and paper is legible.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../site/src/styles/tokens.css', import.meta.url), 'utf8');

function block(after: string): Map<string, string> {
  const start = css.indexOf('{', css.indexOf(after));
  const body = css.slice(start, css.indexOf('}', start));
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]));
}

const light = block(':root {');
const dark = block(":root[data-theme='dark']");
const themes = { light, dark: new Map([...light, ...dark]) };

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast of two colours. */
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const PAPERS = ['paper', 'paper-raised', 'paper-sunk'];
const SUBJECTS = ['cpu', 'memory', 'disk', 'network', 'isolation', 'process'];

describe.each(['light', 'dark'] as const)('the %s theme', (name) => {
  const of = (token: string): string => {
    const value = themes[name].get(token) ?? '';
    const other = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
    return other === undefined ? value : of(other);
  };

  it('has body text at AAA on every paper, and soft text at AA', () => {
    for (const paper of PAPERS) {
      expect(contrast(of('ink'), of(paper))).toBeGreaterThanOrEqual(7);
      expect(contrast(of('ink-soft'), of(paper))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each([...SUBJECTS, 'passed', 'broken'])('has %s legible on paper', (subject) => {
    for (const paper of PAPERS.slice(0, 2)) expect(contrast(of(subject), of(paper))).toBeGreaterThanOrEqual(4.5);
  });

  it('has ink legible on every tint, and on "you, now"', () => {
    for (const subject of [...SUBJECTS, 'passed', 'broken']) {
      expect(contrast(of('ink'), of(`${subject}-tint`))).toBeGreaterThanOrEqual(7);
    }
    expect(contrast(of('you-ink'), of('you'))).toBeGreaterThanOrEqual(7);
  });

  it('has code colours at AA on the paper code lies on', () => {
    for (const token of themes[name].keys()) {
      if (!token.startsWith('code-token')) continue;
      expect(contrast(of(token), of('paper-sunk')), token).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('has the terminal’s text at AAA', () => {
    expect(contrast(of('term-fg'), of('term-bg'))).toBeGreaterThanOrEqual(7);
  });
});

describe('the dark values', () => {
  it('are the same for the system’s wish and the reader’s', () => {
    expect([...block(":root:not([data-theme='light'])")]).toEqual([...dark]);
  });
});
