// The face of all text, cut down to what the course says: two small files that are there with the first paint, in place of the
// twenty pieces that a page of Hangul otherwise asks for one after the other, each of which moves the lines once more.
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import subsetFont from 'subset-font';

const require = createRequire(import.meta.url);
const TEXT = /\.(md|yaml|svg|ts|astro)$/;
/** What people type into a field or a name is mostly this; anything rarer is drawn by the system's face. */
const LATIN = String.fromCodePoint(...range(0x20, 0x7e), ...range(0xa0, 0xff));
/** The weights that the style sheets use. */
const WEIGHTS = { min: 400, max: 800 };

/** Figures of one width, kerning and what letters need to join; the face's many alternative letters are never asked for. */
const FEATURES = ['calt', 'ccmp', 'kern', 'liga', 'locl', 'mark', 'mkmk', 'tnum'];
/** From here on, Hangul and its neighbours; faces.css names the same border. */
const HANGUL_FROM = 0x3000;

/** The way from an English page to the Korean one, in the Latin piece too: three syllables are not worth the other 95 kB. */
const KOREAN = '한국어';

export type CourseFaces = { readonly latin: Uint8Array; readonly hangul: Uint8Array };

/** WOFF2 of Pretendard's variable face, in two pieces, with every character that occurs in the text files below `folders`. */
export async function courseFaces(folders: readonly string[]): Promise<CourseFaces> {
  const characters = new Set(LATIN + KOREAN);
  for (const folder of folders)
    for await (const text of textsBelow(folder)) for (const one of text) characters.add(one);
  const whole = await readFile(require.resolve('pretendard/dist/web/variable/woff2/PretendardVariable.woff2'));
  const piece = (wanted: (code: number) => boolean): Promise<Uint8Array> =>
    subsetFont(whole, [...characters].filter((one) => wanted(one.codePointAt(0) ?? 0)).join(''), {
      targetFormat: 'woff2',
      variationAxes: { wght: WEIGHTS },
      keepFeatures: FEATURES,
      noHinting: true,
    });
  return {
    latin: await piece((code) => code < HANGUL_FROM || KOREAN.includes(String.fromCodePoint(code))),
    hangul: await piece((code) => code >= HANGUL_FROM),
  };
}

async function* textsBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && TEXT.test(entry.name)) yield await readFile(join(entry.parentPath, entry.name), 'utf8');
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
