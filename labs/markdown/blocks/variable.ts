// Variables in texts: `{{name}}` and `{{name|은/는}}`, in prose and in code. The page fills them in. `\{{` stands for the two
// braces themselves, in code as well, for what templates of other programs want: `--format '\{{.Id}}'`.
import type { default as MarkdownItType } from 'markdown-it';
import { contextOf } from '../context.ts';
import type { RenderContext } from '../context.ts';
import { escapeHtml } from '../html.ts';
import { particleByHand, readParticle } from '../particles.ts';
import { tokenAt } from '../token.ts';

const PLACEHOLDER = /\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*))?\}\}/g;
/** The same, or two braces that are meant: found first, so that what follows them is no placeholder. */
const BRACES = new RegExp(`(\\\\\\{\\{)|${PLACEHOLDER.source}`, 'g');
const SENTINEL = 0xe000;

export function variables(md: InstanceType<typeof MarkdownItType>): void {
  md.inline.ruler.before('escape', 'variable', (state, silent) => {
    if (!state.src.startsWith('{{', state.pos)) return false;
    const pattern = new RegExp(PLACEHOLDER.source, 'y');
    pattern.lastIndex = state.pos;
    const match = pattern.exec(state.src);
    if (!match) return false;
    if (!silent) {
      const token = state.push('variable', 'span', 0);
      token.content = match[1] ?? '';
      token.info = match[2] ?? '';
    }
    state.pos = pattern.lastIndex;
    return true;
  });
  md.renderer.rules['variable'] = (tokens, index, _options, env) => {
    const token = tokenAt(tokens, index);
    return span(contextOf(env), token.content, token.info);
  };
  md.renderer.rules['code_inline'] = (tokens, index, _options, env) => {
    const { text, restore } = splitPlaceholders(tokenAt(tokens, index).content, contextOf(env));
    return `<code>${restore(escapeHtml(text))}</code>`;
  };
}

/** Every `{{…}}` of a source, for checking before anything is rendered. Lines are 0-based. */
export function checkVariables(source: string, context: RenderContext): void {
  for (const [line, text] of source.split('\n').entries()) {
    for (const [whole, meant, name = '', pair] of text.matchAll(BRACES)) {
      if (meant !== undefined) continue;
      if (!context.known.variables.has(name)) {
        const names = [...context.known.variables].join(', ') || 'none are declared';
        context.complain(line, 'variable', `a variable of lab.yaml (${names})`, whole);
      }
      if (pair !== undefined && readParticle(pair) === undefined) {
        context.complain(line, 'variable', 'a particle such as 은/는, 이/가, 을/를, 와/과, 으로/로', whole);
      }
      context.usedVariables.add(name);
    }
    const byHand = context.locale === 'ko' ? particleByHand(text) : undefined;
    if (byHand !== undefined) context.complain(line, 'variable', byHand.expected, byHand.found);
  }
}

/** The value and its particle are two spans, so that each is filled by one look-up in the learner's variables. */
function span(context: RenderContext, name: string, written: string): string {
  const particle = readParticle(written);
  const value = `<span class="variable" data-variable="${escapeHtml(name)}">${escapeHtml(name)}</span>`;
  if (particle === undefined || context.locale !== 'ko') return particle?.alone ? '' : value;
  const tail = `<span class="particle" data-variable="${escapeHtml(`${name}|${particle.pair}`)}"></span>`;
  return particle.alone ? tail : value + tail;
}

/** Replaces each placeholder by one private character, which a highlighter leaves alone; `restore` puts spans there. */
export function splitPlaceholders(
  source: string,
  context: RenderContext,
): { text: string; restore: (html: string) => string } {
  const spans: string[] = [];
  const clean = source.replaceAll(/[\uE000-\uF8FF]/g, '');
  const text = clean.replaceAll(BRACES, (_, meant: string | undefined, name: string, pair?: string) => {
    if (meant !== undefined) return '{{';
    spans.push(span(context, name, pair ?? ''));
    return String.fromCharCode(SENTINEL + spans.length - 1);
  });
  const restore = (html: string) =>
    html.replaceAll(/[\uE000-\uF8FF]/g, (character) => spans[character.charCodeAt(0) - SENTINEL] ?? '');
  return { text, restore };
}
