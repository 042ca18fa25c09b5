// How a text is cut into words to search for. Korean puts particles right behind a word, so Hangul goes in pairs of syllables:
// "네임스페이스를" is found by "네임스페이스" as both hold 네임, 임스, 스페, 페이, 이스.

const RUN = /[\p{Script=Hangul}]+|[\p{L}\p{N}_]+(?:[./-][\p{L}\p{N}_]+)*/gu;
const HANGUL = /^\p{Script=Hangul}/u;

/** `/proc/loadavg` counts as a whole and in its parts. */
export function searchWords(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.normalize('NFC').toLowerCase().matchAll(RUN)) {
    if (HANGUL.test(run)) words.push(...pairs(run));
    else words.push(run, ...(/[./-]/.test(run) ? run.split(/[./-]/) : []));
  }
  return words;
}

function pairs(run: string): string[] {
  const syllables = [...run];
  if (syllables.length === 1) return syllables;
  return syllables.slice(1).map((syllable, index) => `${syllables[index] ?? ''}${syllable}`);
}

/** What stands around the first place that one of the words is found at, about `length` characters. */
export function excerpt(text: string, query: string, length = 130): string {
  const lower = text.toLowerCase();
  const places = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => lower.indexOf(word))
    .filter((at) => at >= 0);
  const at = places.length === 0 ? 0 : Math.min(...places);
  const from = at < length / 3 ? 0 : text.indexOf(' ', Math.round(at - length / 3)) + 1;
  return `${from > 0 ? '… ' : ''}${text.slice(from, from + length).trim()}${from + length < text.length ? ' …' : ''}`;
}
