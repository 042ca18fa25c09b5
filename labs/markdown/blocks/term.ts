// Key terms: `[[id]]` or `[[id|words in the sentence]]`, linked to the glossary at the end of the page.
import type { default as MarkdownItType } from 'markdown-it';
import { contextOf } from '../context.ts';
import { escapeHtml } from '../html.ts';
import { tokenAt } from '../token.ts';

const TERM = /\[\[([a-z0-9-]+)(?:\|([^[\]]+))?\]\]/y;

export function terms(md: InstanceType<typeof MarkdownItType>): void {
  md.inline.ruler.before('link', 'term', (state, silent) => {
    if (!state.src.startsWith('[[', state.pos)) return false;
    TERM.lastIndex = state.pos;
    const match = TERM.exec(state.src);
    if (!match) return false;
    if (!silent) {
      const token = state.push('term', 'a', 0);
      token.content = match[1] ?? '';
      token.info = match[2] ?? '';
    }
    state.pos = TERM.lastIndex;
    return true;
  });
  md.renderer.rules['term'] = (tokens, index, _options, env) => {
    const token = tokenAt(tokens, index);
    const context = contextOf(env);
    const id = escapeHtml(token.content);
    const shown = token.info || (context.known.terms.get(token.content) ?? token.content);
    context.usedTerms.add(token.content);
    return `<a class="term" data-term="${id}" href="#term-${id}" aria-describedby="about-${id}">${escapeHtml(shown)}</a>`;
  };
}
