// Korean particles picked by how the word before them is read aloud. Pure and without imports: safe in a browser.

/** The first form follows a final consonant, the second a vowel. */
export const PARTICLES = ['은/는', '이/가', '을/를', '과/와', '으로/로', '이라/라', '이나/나'] as const;
export type Particle = (typeof PARTICLES)[number];

/** `와/과` is how people usually write that pair; it means the same as `과/와`. */
const SPELLINGS: Readonly<Record<string, Particle>> = {
  '와/과': '과/와',
  '는/은': '은/는',
  '가/이': '이/가',
  '를/을': '을/를',
};

/** The pair an author wrote, or undefined where there is no such pair. */
export function particleOf(written: string): Particle | undefined {
  const trimmed = written.trim();
  return PARTICLES.find((pair) => pair === trimmed) ?? SPELLINGS[trimmed];
}

/**
 * What stands behind the bar of `{{name|은/는}}`. `{{name|~은/는}}` gives the particle alone, for where the value already
 * stands in code: `` `{{name}}`{{name|~은/는}} ``.
 */
export function readParticle(
  written: string | undefined,
): { readonly pair: Particle; readonly alone: boolean } | undefined {
  const text = written?.trim() ?? '';
  const pair = particleOf(text.replace(/^~/, ''));
  return pair && { pair, alone: text.startsWith('~') };
}

const BY_HAND = new RegExp(
  `(?<![\\\\{])\\{(\\{?)\\s*([a-z][a-z0-9_]*)\\s*\\}?\\}(\`?)(${PARTICLES.flatMap((pair) => pair.split('/')).join('|')})(?![가-힣])`,
);

/** `{{port}}{{port|이/가}}`, or with single braces: the second gives the value as well. */
const TWICE = /(\{\{?)([a-z][a-z0-9_]*)(\}\}?)\1\2\|([^~{}][^{}]*)\3/;

/** A particle written out behind a value that is not known yet, or a value given twice: what was found, and how it is to be written. */
export function particleByHand(sentence: string): { readonly found: string; readonly expected: string } | undefined {
  const twice = TWICE.exec(sentence);
  if (twice !== null) {
    const [found, open = '', name = '', close = '', pair = ''] = twice;
    return { found, expected: `${open}${name}|${pair}${close}` };
  }
  const match = BY_HAND.exec(sentence);
  if (match === null) return undefined;
  const [found, double = '', name = '', code = '', form = ''] = match;
  const pair = PARTICLES.find((each) => each.split('/').includes(form)) ?? form;
  const [open, close] = double === '' ? ['{', '}'] : ['{{', '}}'];
  const value = `${open}${name}${close}`;
  return {
    found,
    expected: code === '' ? `${open}${name}|${pair}${close}` : `${value}\`${open}${name}|~${pair}${close}`,
  };
}

/** How the word ends when read aloud. `rieul` matters: 길로, 8로, but 6으로. */
export type Ending = 'vowel' | 'rieul' | 'consonant';

/** 영 일 이 삼 사 오 육 칠 팔 구 */
const DIGITS: readonly Ending[] = [
  'consonant',
  'rieul',
  'vowel',
  'consonant',
  'vowel',
  'vowel',
  'consonant',
  'rieul',
  'rieul',
  'vowel',
];

/** Letters whose Korean names end in a consonant: 엘, 엠, 엔, 알. */
const LETTERS: Readonly<Record<string, Ending>> = { l: 'rieul', m: 'consonant', n: 'consonant', r: 'rieul' };

/** Signs that are read: 퍼센트, 플러스, 섭씨 도. Everything else that is neither letter nor digit is silent. */
const SIGNS: Readonly<Record<string, Ending>> = { '%': 'vowel', '％': 'vowel', '+': 'vowel', '°': 'vowel' };

export function endingOf(value: string | number): Ending {
  const text = String(value).normalize('NFKC');
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const character = text.charAt(at);
    const sign = SIGNS[character];
    if (sign !== undefined) return sign;
    if (/[0-9]/.test(character)) return endingOfNumber(text.slice(0, at + 1));
    if (/[a-z]/i.test(character)) return LETTERS[character.toLowerCase()] ?? 'vowel';
    const syllable = text.charCodeAt(at) - 0xac00;
    if (syllable >= 0 && syllable < 11172) {
      const final = syllable % 28;
      if (final === 0) return 'vowel';
      return final === 8 ? 'rieul' : 'consonant';
    }
  }
  return 'vowel';
}

/** Sino-Korean: 10 십, 100 백, 1000 천, 10⁴ 만, 10⁸ 억, 10¹² 조; digits after a point, and after a leading zero, one by one. */
function endingOfNumber(text: string): Ending {
  const digits = /[0-9][0-9,]*$/.exec(text)?.[0].replaceAll(',', '') ?? '0';
  const before = text.slice(0, text.length - (/[0-9][0-9,]*$/.exec(text)?.[0].length ?? 0));
  const last = DIGITS[Number(digits.at(-1))] ?? 'vowel';
  const fraction = /[0-9]\.$/.test(before);
  if (fraction || digits.startsWith('0') || last !== 'consonant' || !digits.endsWith('0')) return last;
  const zeros = /0*$/.exec(digits)?.[0].length ?? 0;
  // 십 백 천 만 억 all end in a consonant; only 조 (10¹²) does not.
  return zeros >= 12 && zeros < 16 ? 'vowel' : 'consonant';
}

/** The particle alone: `particleFor(4, '은/는')` is `는`. */
export function particleFor(value: string | number, pair: Particle): string {
  const [afterConsonant = '', afterVowel = ''] = pair.split('/');
  const ending = endingOf(value);
  if (ending === 'vowel') return afterVowel;
  return ending === 'rieul' && pair === '으로/로' ? afterVowel : afterConsonant;
}
