// Fences: `command` (copy, or type it for me), `output` (a sample from the guest), and code in some language.
import type { default as MarkdownItType } from 'markdown-it';
import { contextOf } from '../context.ts';
import type { RenderContext } from '../context.ts';
import { highlight, LANGUAGES } from '../highlight.ts';
import { escapeHtml } from '../html.ts';
import { splitPlaceholders } from './variable.ts';
import { tokenAt } from '../token.ts';

/** Blocks whose commands are an answer: shown, perhaps copied, never typed for the learner. */
const ANSWERS = ['hint', 'solution'];

export function fences(md: InstanceType<typeof MarkdownItType>): void {
  md.core.ruler.push('fences', (state) => {
    const context = contextOf(state.env);
    const around: string[] = [];
    for (const token of state.tokens) {
      const container = /^([a-z]+)_(open|close)$/.exec(token.type);
      if (container?.[2] === 'open') around.push(container[1] === 'task' ? `task ${token.info}` : (container[1] ?? ''));
      if (container?.[2] === 'close') around.pop();
      if (token.type === 'code_block') {
        context.complain(token.map?.[0] ?? 0, 'code', 'a fence (```) with a language', 'indented code');
      }
      if (token.type !== 'fence') continue;
      token.meta = { answer: around.some((name) => ANSWERS.includes(name)) };
      check(context, token.info.trim(), token.content, token.map?.[0] ?? 0, around);
    }
  });
  md.renderer.rules['fence'] = (tokens, index, _options, env) => {
    const token = tokenAt(tokens, index);
    const context = contextOf(env);
    const [language = '', mark = ''] = token.info.trim().split(/\s+/);
    const { text, restore } = splitPlaceholders(token.content.replace(/\n$/, ''), context);
    if (language === 'output')
      return `<pre class="output" tabindex="0"><samp>${restore(escapeHtml(text))}</samp></pre>\n`;
    const code = restore(highlight(text, language === 'command' ? 'bash' : language));
    if (language !== 'command')
      return `<pre class="code" data-language="${escapeHtml(language)}" tabindex="0"><code>${code}</code></pre>\n`;
    const runnable = mark !== 'copy' && token.meta?.['answer'] !== true;
    return `<pre class="command" data-runnable="${runnable}" tabindex="0"><code>${code}</code></pre>\n`;
  };
}

function check(context: RenderContext, info: string, content: string, line: number, around: readonly string[]): void {
  const [language = '', mark = ''] = info.split(/\s+/);
  const known = ['command', 'output', ...LANGUAGES];
  if (!known.includes(language)) context.complain(line, 'fence', `one of ${known.join(', ')}`, `"${language}"`);
  if (mark !== '' && !(language === 'command' && mark === 'copy')) {
    context.complain(line, 'fence', 'nothing, or `copy` behind `command`', `"${mark}"`);
  }
  context.bone(`fence ${language}`, language === 'output' ? '' : content.trim(), line);
  const id = around.find((name) => name.startsWith('task '))?.slice(5);
  const kind = id === undefined ? undefined : context.known.tasks.get(id)?.kind;
  const answering = around.some((name) => ANSWERS.includes(name));
  if (language === 'command' && !answering && (kind === 'do' || kind === 'find')) {
    context.complain(
      line,
      'command',
      'no command in the text of a do or find task, where it would be the answer',
      `one in task ${id}`,
    );
  }
}
