// The lessons' full-text index, in a chunk of its own: loaded, and made of the site's static texts, once somebody searches.
import MiniSearch from 'minisearch';
import { searchWords } from './search-words.ts';

/** One section of a lesson, or one entry of the glossary (`site/src/pages/[locale]/search.json.ts` writes them). */
export type SearchEntry = {
  readonly id: number;
  readonly href: string;
  /** the lesson, or the word for "glossary" */
  readonly place: string;
  readonly heading: string;
  readonly text: string;
};

export type LessonIndex = (query: string) => readonly SearchEntry[];

const MOST = 12;

export async function loadIndex(locale: string): Promise<LessonIndex> {
  const response = await fetch(`/${locale}/search.json`);
  if (!response.ok) throw new Error(`No index: ${response.status}`);
  const entries = (await response.json()) as SearchEntry[];
  const index = new MiniSearch<SearchEntry>({
    fields: ['heading', 'place', 'text'],
    tokenize: searchWords,
    processTerm: (term) => term,
    searchOptions: {
      boost: { heading: 3, place: 2 },
      combineWith: 'AND',
      prefix: true,
      // A slip of the finger in a longer Latin word; two syllables of Hangul are too few to guess from.
      fuzzy: (term) => (/^[a-z]{5,}$/.test(term) ? 0.2 : false),
    },
  });
  index.addAll(entries);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return (query) =>
    index
      .search(query)
      .slice(0, MOST)
      .flatMap(({ id }) => byId.get(id as number) ?? []);
}
