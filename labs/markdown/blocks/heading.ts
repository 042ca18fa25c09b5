// Headings and places: `## Title {#id}`, and a paragraph or list item that ends with `{#id}`. An id is the same in both languages, so
// that a link survives a change of language.
import type { default as MarkdownItType, Token } from 'markdown-it';
import { contextOf } from '../context.ts';
import type { RenderContext } from '../context.ts';

const ID = /\s*\{#([a-z][a-z0-9-]*)\}\s*$/;

/** What a page keeps closed or does not have: nothing may be sent there to read. */
const PUT_AWAY = new Set(['after', 'hint', 'solution', 'trainer']);

export function headings(md: InstanceType<typeof MarkdownItType>): void {
  md.core.ruler.before('inline', 'headings', (state) => {
    const context = contextOf(state.env);
    let count = 0;
    let putAway = 0;
    for (const [index, token] of state.tokens.entries()) {
      const [, block = '', end] = /^([a-z]+)_(open|close)$/.exec(token.type) ?? [];
      if (PUT_AWAY.has(block)) putAway += end === 'open' ? 1 : -1;
      const inline = state.tokens[index + 1];
      if (token.type === 'heading_open') {
        count += 1;
        heading(context, token, inline, count, putAway > 0);
      } else if (token.type === 'paragraph_open' && inline !== undefined) {
        paragraph(context, token, inline, state.tokens[index - 1], putAway > 0);
      }
    }
  });
}

function heading(context: RenderContext, token: Token, inline: Token | undefined, count: number, away: boolean): void {
  const line = token.map?.[0] ?? 0;
  const given = ID.exec(inline?.content ?? '')?.[1];
  if (inline) inline.content = inline.content.replace(ID, '');
  const id = given ?? `section-${count}`;
  context.bone(token.tag, given ?? '', line);
  if (token.tag !== 'h2' && token.tag !== 'h3') {
    context.complain(line, 'heading', '`##` or `###` (the title is lab.yaml’s)', `<${token.tag}>`);
    return;
  }
  token.attrSet('id', id);
  if (given !== undefined) remember(context, given, line, away);
  const text = (inline?.content ?? '').replaceAll(/[*_`]|\[\[[^\]|]*\|?|\]\]/g, '');
  context.toc.push({ id, level: token.tag === 'h2' ? 2 : 3, text });
}

function paragraph(
  context: RenderContext,
  token: Token,
  inline: Token,
  before: Token | undefined,
  away: boolean,
): void {
  const id = ID.exec(inline.content)?.[1];
  if (id === undefined) return;
  const line = token.map?.[0] ?? 0;
  inline.content = inline.content.replace(ID, '');
  // The paragraph of a tight list leaves no element of its own.
  (token.hidden && before?.type === 'list_item_open' ? before : token).attrSet('id', id);
  context.bone('place', id, line);
  remember(context, id, line, away);
}

function remember(context: RenderContext, id: string, line: number, away: boolean): void {
  if (context.places.has(id)) context.complain(line, `{#${id}}`, 'an id of its own', `"${id}" a second time`);
  context.places.set(id, !away);
}
