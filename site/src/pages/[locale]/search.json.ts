// What the search over the lessons reads: one entry for each section of a lesson and each term, in one language.
import { course } from 'virtual:course';
import type { SearchEntry } from '../../../client/lesson-index.ts';
import type { Locale } from '../../../api/labs.ts';
import { plainText, sectionsOf } from '../../../bundle/sections.ts';
import { LOCALES, texts } from '../../text/text.ts';

export function getStaticPaths() {
  return LOCALES.map((locale) => ({ params: { locale }, props: { locale } }));
}

export function GET({ props: { locale } }: { props: { locale: Locale } }): Response {
  const lessons = course.lessons.flatMap((lesson) =>
    sectionsOf(lesson.html[locale]).map(({ anchor, heading, text }) => ({
      href: `/${locale}/labs/${lesson.id}/${anchor === '' ? '' : `#${anchor}`}`,
      place: `${lesson.number}. ${lesson.title[locale]}`,
      heading: heading === '' ? lesson.title[locale] : heading,
      text,
    })),
  );
  const terms = course.glossary.map(({ id, term, html }) => ({
    href: `/${locale}/glossary/#term-${id}`,
    place: texts[locale].reference.glossary,
    heading: term[locale],
    text: plainText(html[locale]),
  }));
  const entries: SearchEntry[] = [...lessons, ...terms].map((entry, id) => ({ id, ...entry }));
  return new Response(JSON.stringify(entries), { headers: { 'content-type': 'application/json' } });
}
