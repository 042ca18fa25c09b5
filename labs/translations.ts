// Two languages without drift: which paragraph of ko.md stands for which of en.md, and whether somebody has read them side by side.
//
// `translations.json` of a lab holds every reviewed pair as `"<hash of ko> <hash of en>": "<place>"`. A paragraph that is changed makes
// a pair that is not in there: its counterpart counts as stale until `npm run reviewed <lab>`. Pairs are found by the skeleton, which
// both texts share, so that inserting a section leaves all others reviewed.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Bone } from './markdown/context.ts';
import type { Problem } from './problem.ts';

export type TextPair = {
  /** where it stands, for readers of translations.json */
  readonly place: string;
  readonly ko: { readonly line: number; readonly hash: string };
  readonly en: { readonly line: number; readonly hash: string };
};

export const TRANSLATIONS = 'translations.json';
const Reviewed = z.record(z.string().regex(/^[0-9a-f]{12} [0-9a-f]{12}$/), z.string());

type Text = { readonly source: string; readonly bones: readonly Bone[] };
type Paragraph = { readonly line: number; readonly text: string };

/** The bones of both must agree (see skeleton.ts). */
export function pairTexts(ko: Text, en: Text): readonly TextPair[] {
  const [left, right] = [sections(ko), sections(en)];
  return left.flatMap((section, index) => {
    const other = right[index] ?? [];
    const bone = ko.bones[index - 1];
    const place =
      bone === undefined ? 'beginning' : `${bone.kind} ${bone.key.split('\n')[0]?.slice(0, 40) ?? ''}`.trim();
    // Where the languages divide a thought differently, the whole section is one pair.
    const [ours, theirs] = section.length === other.length ? [section, other] : [whole(section), whole(other)];
    return ours.flatMap((paragraph, at) => {
      const counterpart = theirs[at];
      return counterpart === undefined ? [] : [{ place, ko: hashed(paragraph), en: hashed(counterpart) }];
    });
  });
}

/** Where one language says something and the other nothing at all: to be told apart from a thought that is divided otherwise. */
export function silences(files: { readonly ko: string; readonly en: string }, ko: Text, en: Text): readonly Problem[] {
  const [left, right] = [sections(ko), sections(en)];
  return left.flatMap((section, index) => {
    const other = right[index] ?? [];
    const lost = section.length === 0 ? other[0] : other.length === 0 ? section[0] : undefined;
    if (lost === undefined) return [];
    const [file, bones, source] =
      section.length === 0 ? [files.ko, ko.bones, files.en] : [files.en, en.bones, files.ko];
    const line = bones[index - 1]?.line ?? 1;
    return [{ file, line, key: 'paragraph', expected: `a text, as in ${source}:${lost.line}`, found: 'none' }];
  });
}

/** Behind the other blocks' names stands an id, the same in both languages. */
const TITLED = /^:::\s*(?:aside|quiz)\s+(.+)$/;

/** The paragraphs before the first bone, then those of each bone up to the next. */
function sections({ source, bones }: Text): readonly (readonly Paragraph[])[] {
  const lines = source.split('\n');
  const starts = [1, ...bones.map((bone) => bone.line)];
  return starts.map((start, index) => paragraphs(lines, start, starts[index + 1] ?? lines.length + 1));
}

/** Parted by blank lines; the blocks' own marks say nothing. `from` and `to` (excluded) count from 1. */
function paragraphs(lines: readonly string[], from: number, to: number): readonly Paragraph[] {
  const found: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (let line = from; line < to; line += 1) {
    const text = (lines[line - 1] ?? '').trim();
    const title = TITLED.exec(text)?.[1];
    if (text === '' || text.startsWith(':::')) open = undefined;
    if (title !== undefined) found.push({ line, text: title });
    else if (text === '' || text.startsWith(':::')) continue;
    else if (open) open.text += ` ${text}`;
    else found.push((open = { line, text }));
  }
  return found.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
}

function whole(parts: readonly Paragraph[]): readonly Paragraph[] {
  // An empty section beside a full one is a difference too.
  return [{ line: parts[0]?.line ?? 1, text: parts.map(({ text }) => text).join('\n') }];
}

function hashed({ line, text }: Paragraph): TextPair['ko'] {
  return { line, hash: createHash('sha256').update(text.replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 12) };
}

/** What nobody has read side by side since it was changed. `reviewed`: the text of translations.json, or undefined. */
export function drift(
  path: string,
  id: string,
  pairs: readonly TextPair[],
  reviewed: string | undefined,
): readonly Problem[] {
  const file = `${path}/${TRANSLATIONS}`;
  const mend = `\`npm run reviewed ${id}\` once both texts say the same`;
  if (reviewed === undefined)
    return [{ file, line: undefined, key: 'review', expected: mend, found: 'no such file yet' }];
  const known = read(reviewed);
  if (known === undefined)
    return [{ file, line: 1, key: 'review', expected: mend, found: 'something that is no list of pairs' }];
  const [knownKo, knownEn] = [new Set<string>(), new Set<string>()];
  for (const pair of known) {
    knownKo.add(pair.slice(0, 12));
    knownEn.add(pair.slice(13));
  }
  return pairs.flatMap(({ place, ko, en }) => {
    if (known.has(`${ko.hash} ${en.hash}`)) return [];
    const [koChanged, enChanged] = [!knownKo.has(ko.hash), !knownEn.has(en.hash)];
    // The place to look at is the one that was left alone.
    const stale =
      koChanged && !enChanged ? { file: `${path}/en.md`, line: en.line } : { file: `${path}/ko.md`, line: ko.line };
    const found =
      koChanged === enChanged
        ? `changes in ko.md:${ko.line} and en.md:${en.line}`
        : koChanged
          ? `a change in ko.md:${ko.line} alone`
          : `a change in en.md:${en.line} alone`;
    return [{ ...stale, key: `translation (${place})`, expected: mend, found }];
  });
}

function read(source: string): ReadonlySet<string> | undefined {
  try {
    return new Set(Object.keys(Reviewed.parse(JSON.parse(source))));
  } catch {
    return undefined;
  }
}

/** translations.json with all pairs as they are now; sorted by place in the text, one a line. */
export function reviewedText(pairs: readonly TextPair[]): string {
  const entries = pairs.map(({ place, ko, en }) => [`${ko.hash} ${en.hash}`, place] as const);
  return `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`;
}
