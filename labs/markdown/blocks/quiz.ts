// Quizzes: `:::quiz Question?` with a list, `- [x] right` and `- [ ] wrong`; the lines below a choice are its reason.
// Ungraded, for oneself: nothing is sent, so right answers and reasons may stand in the page.
import type { default as MarkdownItType, Token } from 'markdown-it';
import { contextOf, envOf } from '../context.ts';
import type { RenderContext } from '../context.ts';
import type { ContainerBlock } from '../container.ts';

type MarkdownIt = InstanceType<typeof MarkdownItType>;
type Option = { readonly right: boolean; readonly text: string; readonly reason: string };

const CHOICE = /^\[([ xX])\]\s+([^\n]+)(?:\n([\s\S]+))?$/;

export const quiz: ContainerBlock = {
  name: 'quiz',
  argument: 'title',
  open: (token, context, md) =>
    `<form class="quiz"><fieldset><legend>${md.renderInline(token.info, envOf(context))}</legend>`,
  close: () => '</fieldset></form>\n',
};

/** Turns the list in each quiz into its choices. */
export function quizzes(md: MarkdownIt): void {
  md.core.ruler.before('inline', 'quizzes', (state) => {
    const context = contextOf(state.env);
    const kept: Token[] = [];
    let number = 0;
    for (let index = 0; index < state.tokens.length; index += 1) {
      const token = state.tokens[index];
      if (token === undefined) break;
      kept.push(token);
      if (token.type !== 'quiz_open') continue;
      const end = state.tokens.findIndex((other, at) => at > index && other.type === 'quiz_close');
      number += 1;
      const made = new state.Token('quiz_options', '', 0);
      made.meta = { number, options: readOptions(context, token, state.tokens.slice(index + 1, end)) };
      kept.push(made);
      index = end - 1;
    }
    state.tokens = kept;
  });
  md.renderer.rules['quiz_options'] = (tokens, index, _options, env) => {
    const { number, options } = tokens[index]?.meta as { number: number; options: readonly Option[] };
    const context = contextOf(env);
    const inline = (source: string): string => md.renderInline(source, envOf(context));
    const type = options.filter(({ right }) => right).length > 1 ? 'checkbox' : 'radio';
    const choices = options.map(({ right, text, reason }, at) => {
      const input = `<input type="${type}" name="quiz-${number}" value="${at}" aria-describedby="quiz-${number}-${at}">`;
      return (
        `<div class="quiz-option" data-right="${right}"><label class="option">${input}<span>${inline(text)}</span></label>` +
        `<p class="quiz-reason" id="quiz-${number}-${at}" hidden>${inline(reason)}</p></div>`
      );
    });
    return choices.join('');
  };
}

function readOptions(context: RenderContext, open: Token, inner: readonly Token[]): readonly Option[] {
  const line = open.map?.[0] ?? 0;
  const key = ':::quiz';
  const options: Option[] = [];
  let item: { readonly line: number; readonly parts: string[] } | undefined;
  for (const token of inner) {
    if (token.type === 'list_item_open') item = { line: token.map?.[0] ?? line, parts: [] };
    else if (token.type === 'inline' && item) item.parts.push(token.content);
    else if (token.type === 'inline' || token.type === 'fence' || /^(?!bullet)\w+_list_open$/.test(token.type)) {
      context.complain(token.map?.[0] ?? line, key, 'only a list of choices (`- [x] …`, `- [ ] …`)', 'something else');
    } else if (token.type === 'list_item_close' && item) {
      const found = CHOICE.exec(item.parts.join('\n'));
      const [, mark = ' ', text = '', reason = ''] = found ?? [];
      if (!found)
        context.complain(item.line, key, 'a choice that begins with `[ ]` or `[x]`', `"${item.parts[0] ?? ''}"`);
      else if (reason.trim() === '') context.complain(item.line, key, 'a reason in the lines below the choice', 'none');
      const right = mark !== ' ';
      context.bone('quiz choice', right ? 'right' : 'wrong', item.line);
      options.push({ right, text, reason });
      item = undefined;
    }
  }
  if (options.length < 2) context.complain(line, key, 'at least two choices', String(options.length));
  if (!options.some(({ right }) => right)) context.complain(line, key, 'a right choice, `- [x] …`', 'none');
  return options;
}
