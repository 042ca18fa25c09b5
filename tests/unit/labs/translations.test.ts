// Two languages without drift: a paragraph changed in one language alone makes its counterpart stale until both were read.
import { describe, expect, it } from 'vitest';
import { assembleLab } from '../../../labs/assembly.ts';
import { formatProblem } from '../../../labs/problem.ts';
import { reviewedText } from '../../../labs/translations.ts';
import { GLOSSARY, TEXT, tiny } from './tiny.ts';

const KO = TEXT.replace('The port is {{port}}.', '포트는 {{port}}입니다.\n\n둘째 문단입니다.').replace(
  'Open it.',
  '여십시오.',
);
const EN = TEXT.replace('The port is {{port}}.', 'The port is {{port}}.\n\nA second paragraph.');

function assembled(ko: string, en: string, translations: string | undefined) {
  const lab = assembleLab(tiny({ ko, en, translations }), GLOSSARY);
  if ('problems' in lab) throw new Error(lab.problems.map(formatProblem).join('\n'));
  return lab;
}

const reviewed = reviewedText(assembled(KO, EN, undefined).textPairs);
const stale = (ko: string, en: string) => assembled(ko, en, reviewed).unreviewed.map(formatProblem);

describe('a lab’s two languages', () => {
  it('that nobody has reviewed yet say which command records it', () => {
    expect(assembled(KO, EN, undefined).unreviewed.map(formatProblem)).toEqual([
      '01-part/01-tiny/translations.json › review: expected `npm run reviewed tiny` once both texts say the same, got no such file yet',
    ]);
  });

  it('are refused where one of them says nothing at all', () => {
    const lab = assembleLab(tiny({ ko: KO.replace('여십시오.', ''), en: EN }), GLOSSARY);
    expect('problems' in lab && lab.problems.map(formatProblem)).toEqual([
      '01-part/01-tiny/ko.md:7 › paragraph: expected a text, as in 01-part/01-tiny/en.md:8, got none',
    ]);
  });

  it('are in step once reviewed', () => {
    expect(stale(KO, EN)).toEqual([]);
  });

  it('drift where one paragraph changed: its counterpart is named, with file and line', () => {
    expect(stale(KO.replace('둘째', '두 번째'), EN)).toEqual([
      '01-part/01-tiny/en.md:5 › translation (h2 ports): expected `npm run reviewed tiny` once both texts say the same, got a change in ko.md:5 alone',
    ]);
    expect(stale(KO, EN.replace('Open it.', 'Open that one.'))).toEqual([
      '01-part/01-tiny/ko.md:8 › translation (task listen): expected `npm run reviewed tiny` once both texts say the same, got a change in en.md:8 alone',
    ]);
  });

  it('both changed are to be read once more, too', () => {
    const both = stale(KO.replace('둘째', '두 번째'), EN.replace('A second', 'Another'));
    expect(both).toHaveLength(1);
    expect(both[0]).toContain('changes in ko.md:5 and en.md:5');
  });

  it('stay reviewed elsewhere when a section is put in front', () => {
    const added = (text: string, words: string) => `## New {#new}\n\n${words}\n\n${text}`;
    expect(stale(added(KO, '새 문단.'), added(EN, 'A new paragraph.'))).toHaveLength(2);
  });

  it('do not drift by line breaks and spaces alone', () => {
    expect(stale(KO, EN.replace('A second paragraph.', 'A second\nparagraph. '))).toEqual([]);
  });

  it('refuse a file that is no list of pairs', () => {
    expect(assembled(KO, EN, '{"x": 1}').unreviewed.map(formatProblem)[0]).toContain('translations.json:1');
  });
});
