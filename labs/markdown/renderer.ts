// Renders a lab's text: the page's body, and apart from it hints, solutions and trainer notes.
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';
import cjkFriendly from 'markdown-it-cjk-friendly';
import type { TocEntry } from '../lab.ts';
import type { Problem } from '../problem.ts';
import type { Locale } from '../schema/text.ts';
import { after } from './blocks/after.ts';
import { aside } from './blocks/aside.ts';
import { fences } from './blocks/fence.ts';
import { headings } from './blocks/heading.ts';
import { hint } from './blocks/hint.ts';
import { picture } from './blocks/picture.ts';
import { quiz, quizzes } from './blocks/quiz.ts';
import { solution } from './blocks/solution.ts';
import { task } from './blocks/task.ts';
import { terms } from './blocks/term.ts';
import { trainer } from './blocks/trainer.ts';
import { checkVariables, variables } from './blocks/variable.ts';
import { xray } from './blocks/xray.ts';
import { containers } from './container.ts';
import { envOf, RenderContext } from './context.ts';
import type { Bone, Known } from './context.ts';
import { tokenAt } from './token.ts';

export type Rendered = {
  readonly html: string;
  readonly toc: readonly TocEntry[];
  /** task id → hints in order */
  readonly hints: ReadonlyMap<string, readonly string[]>;
  readonly solutions: ReadonlyMap<string, string>;
  readonly trainerNotes: readonly string[];
  readonly bones: readonly Bone[];
  /** ids of headings and paragraphs that a message may send the reader to */
  readonly places: ReadonlySet<string>;
  readonly terms: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
  readonly problems: readonly Problem[];
};

// The default preset with html off: raw HTML is shown, not run. (The `commonmark` preset would let it through.)
const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
// CommonMark wants a space or a sign behind `%**`; Korean puts a particle there: `**50%**를`.
md.use(cjkFriendly);
containers(md, [task, hint, solution, picture, aside, trainer, xray, after, quiz]);
quizzes(md);
fences(md);
headings(md);
variables(md);
terms(md);

/** Pictures are blocks with a text for those who cannot see them; `![]()` has no place here. */
md.disable('image');

// Tables scroll by themselves on a narrow page.
md.renderer.rules['table_open'] = () => '<div class="table-frame" tabindex="0"><table>\n';
md.renderer.rules['table_close'] = () => '</table></div>\n';

// The corner above the rows' names heads nothing, and a heading without words is read aloud as one.
md.core.ruler.push('empty_heads', ({ tokens }) => {
  for (const [index, open] of tokens.entries()) {
    const [inner, close] = [tokens[index + 1], tokens[index + 2]];
    if (open.type !== 'th_open' || inner?.content !== '' || close === undefined) continue;
    open.tag = close.tag = 'td';
  }
});

export function renderText(file: string, source: string, locale: Locale, known: Known): Rendered {
  const context = new RenderContext(file, locale, known);
  checkVariables(source, context);
  const tokens = md.parse(source, envOf(context));
  const hints = new Map<string, string[]>();
  const solutions = new Map<string, string>();
  const notes: string[] = [];
  const render = (part: Token[]) => md.renderer.render(part, md.options, envOf(context));
  const page = cut(tokens, (name, taskId, inner) => {
    if (name === 'trainer') {
      notes.push(render(inner));
      const place = new MarkdownIt.Token('html_block', '', 0);
      place.content = `<div class="trainer-note" data-note="${notes.length - 1}" hidden></div>\n`;
      return [place];
    }
    if (name === 'hint') hints.set(taskId, [...(hints.get(taskId) ?? []), render(inner)]);
    else if (solutions.has(taskId))
      context.complain(inner[0]?.map?.[0] ?? 0, ':::solution', 'one solution a task', `a second one in ${taskId}`);
    else solutions.set(taskId, render(inner));
    return [];
  });
  const html = render(page);
  for (const id of context.usedTerms) {
    if (!known.terms.has(id)) {
      const line = source.split('\n').findIndex((text) => text.includes(`[[${id}`));
      context.complain(Math.max(0, line), 'term', 'an entry of glossary.yaml', `"${id}"`);
    }
  }
  return {
    html,
    toc: context.toc,
    hints,
    solutions,
    trainerNotes: notes,
    bones: [...context.bones].sort((a, b) => a.line - b.line),
    places: new Set([...context.places].filter(([, shown]) => shown).map(([id]) => id)),
    terms: context.usedTerms,
    variables: context.usedVariables,
    problems: context.problems,
  };
}

/** Inline Markdown without blocks, for titles, choices and glossary entries. */
export function renderInline(source: string, locale: Locale, known: Known): string {
  return md.renderInline(source, envOf(new RenderContext('', locale, known)));
}

const CUT = new Set(['hint', 'solution', 'trainer']);

/** Takes the tokens of hints, solutions and trainer notes out; `take` gets what was inside and says what stays. */
function cut(tokens: readonly Token[], take: (name: string, taskId: string, inner: Token[]) => Token[]): Token[] {
  const page: Token[] = [];
  let taskId = '';
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokenAt(tokens, index);
    const name = /^([a-z]+)_open$/.exec(token.type)?.[1];
    if (name === 'task') taskId = token.info;
    if (name === undefined || !CUT.has(name)) {
      page.push(token);
      continue;
    }
    const end = tokens.findIndex((other, at) => at > index && other.type === `${name}_close`);
    page.push(...take(name, taskId, tokens.slice(index + 1, end)));
    index = end;
  }
  return page;
}
