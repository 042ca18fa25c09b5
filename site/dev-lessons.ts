// Puts the present text of every lab into the pages of a built site, without building it again: for `npm run dev`.
// Arguments: the site's folder and the content folder. Prints the ids of labs that have no page yet, one a line.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadCatalog } from '../labs/catalog.ts';
import { LabFormatError } from '../labs/problem.ts';
import { tasksOf } from './bundle/course.ts';
import { lessonHtml } from './src/lesson-html.ts';
import { LOCALES, texts } from './src/text/text.ts';

const START = '<div class="lesson-text">';
const END = '<p class="lesson-end">';
const TITLE = /(<h1 class="lesson-title"[^>]*>)[^<]*/;

const [site = '', content = ''] = process.argv.slice(2);
// A mistake made since the loop looked is said when it looks again.
const catalog = await loadCatalog(content).catch((error: unknown) => {
  if (error instanceof LabFormatError) process.exit(0);
  throw error;
});
for (const lab of catalog.labs) {
  for (const locale of LOCALES) {
    const file = join(site, locale, 'labs', lab.id, 'index.html');
    const page = await readFile(file, 'utf8').catch(() => undefined);
    const [start, end] = [page?.indexOf(START) ?? -1, page?.indexOf(END) ?? -1];
    if (page === undefined || start < 0 || end < start) {
      process.stdout.write(`${lab.id}\n`);
      continue;
    }
    const title = escaped(lab.title[locale]);
    const before = page.slice(0, start).replace(TITLE, (_, tag: string) => `${tag}${title}`);
    const changed = `${before}${START}${lessonHtml({ html: lab.html[locale], tasks: tasksOf(lab) }, texts[locale], locale)}</div>${page.slice(end)}`;
    if (changed !== page) await writeFile(file, changed);
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
