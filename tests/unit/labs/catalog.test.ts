// The course as it is shipped.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../labs/catalog.ts';
import { isChecked } from '../../../labs/lab.ts';
import { formatProblem, LabFormatError } from '../../../labs/problem.ts';

const CONTENT = join(import.meta.dirname, '../../../labs/content');
const catalog = await loadCatalog(CONTENT);

describe('the course', () => {
  it('is a path of labs that are numbered through its parts, each with what one can explain afterwards', () => {
    expect(catalog.parts.map((part) => part.id)).toEqual(['load', 'containers', 'layers', 'packets', 'cases']);
    const stations = catalog.parts.flatMap((part) => part.labs);
    expect(stations.length).toBeGreaterThanOrEqual(22);
    expect(stations.map((station) => station.number)).toEqual(stations.map((_, index) => index + 1));
    for (const { explains } of stations) {
      expect(explains.ko).toMatch(/설명할 수 있습니다\.$/);
      expect(explains.en).toMatch(/^Afterwards you can explain /);
    }
  });

  it('refuses a folder without a course.yaml', async () => {
    await expect(loadCatalog(import.meta.dirname)).rejects.toBeInstanceOf(LabFormatError);
  });
});

describe.each(catalog.labs.map((lab) => [lab.id, lab] as const))('the lab %s', (_, lab) => {
  it('has tasks of at least three kinds, and a prediction', () => {
    const kinds = new Set(lab.tasks.map((task) => task.kind));
    expect(kinds.size).toBeGreaterThanOrEqual(3);
    expect(kinds).toContain('predict');
  });

  it('has at least two wrong solutions for everything that a script judges, each with its message', () => {
    for (const task of lab.tasks.filter(isChecked)) expect([task.id, task.wrong.length >= 2]).toEqual([task.id, true]);
  });

  it('shows neither a hint nor a solution in its page', () => {
    for (const task of lab.tasks) {
      for (const locale of ['ko', 'en'] as const) {
        const secrets = [...task.hints.map((hint) => hint[locale]), task.solution[locale]].filter(
          (html) => html !== '',
        );
        for (const html of secrets) expect(lab.html[locale]).not.toContain(html);
      }
    }
  });

  it('says the same in both languages: nothing was changed since they were read side by side', () => {
    // `npm run reviewed -- --all` records it, once that is so.
    expect(lab.unreviewed.map(formatProblem)).toEqual([]);
  });

  it('has no element twice under one id', () => {
    for (const html of [lab.html.ko, lab.html.en]) {
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
      expect(ids).toEqual([...new Set(ids)]);
    }
  });
});
