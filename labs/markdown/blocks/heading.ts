// Headings: `## Title {#id}`. The id is the same in both languages, so that a link survives a change of language.
import type { default as MarkdownItType } from 'markdown-it';
import { contextOf } from '../context.ts';

const ID = /\s*\{#([a-z][a-z0-9-]*)\}\s*$/;

export function headings(md: InstanceType<typeof MarkdownItType>): void {
  md.core.ruler.before('inline', 'headings', (state) => {
    const context = contextOf(state.env);
    let count = 0;
    for (const [index, token] of state.tokens.entries()) {
      if (token.type !== 'heading_open') continue;
      count += 1;
      const inline = state.tokens[index + 1];
      const line = token.map?.[0] ?? 0;
      const given = ID.exec(inline?.content ?? '')?.[1];
      if (inline) inline.content = inline.content.replace(ID, '');
      const id = given ?? `section-${count}`;
      context.bone(token.tag, given ?? '', line);
      if (token.tag !== 'h2' && token.tag !== 'h3') {
        context.complain(line, 'heading', '`##` or `###` (the title is lab.yaml’s)', `<${token.tag}>`);
        continue;
      }
      token.attrSet('id', id);
      const text = (inline?.content ?? '').replaceAll(/[*_`]|\[\[[^\]|]*\|?|\]\]/g, '');
      context.toc.push({ id, level: token.tag === 'h2' ? 2 : 3, text });
    }
  });
}
