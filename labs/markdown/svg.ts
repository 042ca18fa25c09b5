// Pictures for one language: drops the other language's elements, keeps ids apart, refuses what a drawing has no use for.
//
// One file serves both languages: an element with `lang="ko"` or `lang="en"` (`<title>`, `<desc>`, `<text>`, `<g>` …) is
// kept only for that reader. Colours are the page's variables: `fill="var(--cpu)"`.
import type { Locale } from '../schema/text.ts';
import { escapeHtml } from './html.ts';

type SvgProblem = { readonly expected: string; readonly found: string };

const TAG = /<(\/?)([a-zA-Z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*?)(\/?)>/g;
const ELEMENTS = new Set(
  'svg g defs title desc text tspan path rect circle ellipse line polyline polygon marker use symbol clipPath mask linearGradient radialGradient stop pattern style'.split(
    ' ',
  ),
);

export function localSvg(name: string, source: string, locale: Locale): { svg: string; problems: SvgProblem[] } {
  const problems: SvgProblem[] = [];
  const body = source
    .replace(/^\s*<\?xml[^>]*\?>/, '')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .trim();
  let kept = '';
  let last = 0;
  // depth of open elements, and the depth at which a dropped one began
  let depth = 0;
  let dropped: number | undefined;
  const seen = new Set<string>();
  for (const match of body.matchAll(TAG)) {
    const [whole, closing = '', element = '', attributes = '', empty = ''] = match;
    if (dropped === undefined) kept += body.slice(last, match.index);
    last = match.index + whole.length;
    if (!ELEMENTS.has(element)) problems.push({ expected: 'only drawing elements', found: `<${element}>` });
    if (/\son\w+\s*=|javascript:|(?:href|src)\s*=\s*["'](?!#)|url\(\s*["']?(?!#)/i.test(attributes)) {
      problems.push({
        expected: 'no handlers and no outside references',
        found: `<${element}${attributes}>`.slice(0, 60),
      });
    }
    if (closing) {
      depth -= 1;
      if (dropped === undefined) kept += whole;
      else if (dropped === depth) dropped = undefined;
      continue;
    }
    const language = /\slang\s*=\s*["'](\w+)["']/.exec(attributes)?.[1];
    if (language !== undefined) seen.add(`${element} ${language}`);
    const other = language !== undefined && language !== locale;
    if (dropped === undefined && !other) kept += `<${element}${own(name, locale, attributes)}${empty}>`;
    if (dropped === undefined && other && !empty) dropped = depth;
    if (!empty) depth += 1;
  }
  if (depth !== 0) problems.push({ expected: 'every element closed', found: `${depth} left open` });
  for (const wanted of ['title ko', 'title en', 'desc ko', 'desc en']) {
    const [element, language] = wanted.split(' ');
    if (!seen.has(wanted)) problems.push({ expected: `<${element} lang="${language}">`, found: 'none' });
  }
  if (!/^<svg[^>]*\sviewBox=/.test(body))
    problems.push({ expected: '<svg viewBox="…"> as the first element', found: body.slice(0, 30) });
  const prefix = escapeHtml(`${name}-`);
  const svg = kept
    .replace('<svg', `<svg role="img" aria-labelledby="${prefix}title ${prefix}desc"`)
    .replace(/<title/, `<title id="${prefix}title"`)
    .replace(/<desc/, `<desc id="${prefix}desc"`);
  return { svg: problems.length > 0 ? '' : svg, problems };
}

/** Ids get the picture's name in front: several pictures share one page. */
function own(name: string, _locale: Locale, attributes: string): string {
  return attributes
    .replaceAll(/\sid=(["'])([\w-]+)\1/g, ` id="${name}-$2"`)
    .replaceAll(/(href=["'])#/g, `$1#${name}-`)
    .replaceAll(/url\(#/g, `url(#${name}-`);
}
