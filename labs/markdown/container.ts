// Containers: `:::name argument` … `:::`, nested as one likes. One rule finds them; each block's file says what they mean.
import type { default as MarkdownItType, RendererRule, StateBlock, Token } from 'markdown-it';
import { contextOf } from './context.ts';
import type { RenderContext } from './context.ts';
import { tokenAt } from './token.ts';

type MarkdownIt = InstanceType<typeof MarkdownItType>;

export type ContainerBlock = {
  readonly name: string;
  /** what stands behind the name */
  readonly argument: 'id' | 'title' | 'none';
  /** blocks it must stand in (innermost), or undefined for anywhere outside other containers */
  readonly within?: readonly string[];
  /** other blocks may stand in it as if it were not there */
  readonly wraps?: true;
  /** checks the argument against what is known; complains through the context */
  readonly check?: (context: RenderContext, argument: string, line: number) => void;
  readonly open: (token: Token, context: RenderContext, md: MarkdownIt) => string;
  readonly close: (token: Token, context: RenderContext) => string;
};

const OPENING = /^:::\s*([a-z][a-z-]*)(?:[ \t]+(.*?))?\s*$/;
const CLOSING = /^:::\s*$/;
const FENCE = /^(`{3,}|~{3,})/;

export function containers(md: MarkdownIt, blocks: readonly ContainerBlock[]): void {
  const byName = new Map(blocks.map((block) => [block.name, block]));
  md.block.ruler.before(
    'fence',
    'container',
    (state, startLine, endLine, silent) => {
      const first = lineText(state, startLine);
      if (!first.startsWith(':::') || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
      const opening = OPENING.exec(first);
      const context = contextOf(state.env);
      if (!opening) {
        if (silent) return true;
        context.complain(startLine, 'block', 'an open block to close, or `:::name`', `"${first}"`);
        state.line = startLine + 1;
        return true;
      }
      if (silent) return true;
      const [, name = '', argument = ''] = opening;
      const block = byName.get(name);
      const last = closingLine(state, startLine, endLine);
      if (last === undefined) context.complain(startLine, `:::${name}`, 'a closing `:::`', 'the end of the text');
      if (!block) context.complain(startLine, 'block', `one of ${[...byName.keys()].join(', ')}`, `":::${name}"`);
      else validate(context, block, byName, argument, startLine);
      context.bone(name, block?.argument === 'title' ? '' : argument, startLine);
      context.open.push({ name, argument });
      nest(state, block, argument, startLine, last ?? endLine);
      context.open.pop();
      state.line = (last ?? endLine - 1) + 1;
      return true;
    },
    { alt: ['paragraph', 'reference', 'blockquote', 'list'] },
  );
  for (const block of blocks) {
    const open: RendererRule = (tokens, index, _options, env) => block.open(tokenAt(tokens, index), contextOf(env), md);
    const close: RendererRule = (tokens, index, _options, env) => block.close(tokenAt(tokens, index), contextOf(env));
    md.renderer.rules[`${block.name}_open`] = open;
    md.renderer.rules[`${block.name}_close`] = close;
  }
}

function lineText(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

/** The line of the `:::` that belongs to this opening; those inside fences do not count. */
function closingLine(state: StateBlock, startLine: number, endLine: number): number | undefined {
  let depth = 0;
  let fence: string | undefined;
  for (let line = startLine; line < endLine; line += 1) {
    const text = lineText(state, line);
    const mark = FENCE.exec(text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && /^[`~]+\s*$/.test(text)) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else if (OPENING.test(text)) depth += 1;
    else if (CLOSING.test(text) && (depth -= 1) === 0) return line;
  }
  return undefined;
}

function validate(
  context: RenderContext,
  block: ContainerBlock,
  byName: ReadonlyMap<string, ContainerBlock>,
  argument: string,
  line: number,
): void {
  const parent = context.open.findLast((outer) => byName.get(outer.name)?.wraps !== true)?.name;
  const key = `:::${block.name}`;
  if (block.within && !(parent !== undefined && block.within.includes(parent))) {
    context.complain(
      line,
      key,
      `to stand inside ${block.within.map((name) => `:::${name}`).join(' or ')}`,
      parent ? `:::${parent} around it` : 'no block around it',
    );
  }
  if (!block.within && parent !== undefined && parent !== 'trainer') {
    context.complain(line, key, 'to stand outside other blocks', `:::${parent} around it`);
  }
  if (block.argument === 'none' && argument !== '')
    context.complain(line, key, 'nothing behind the name', `"${argument}"`);
  if (block.argument !== 'none' && argument === '') {
    context.complain(
      line,
      key,
      block.argument === 'id' ? 'an id behind the name' : 'a title behind the name',
      'nothing',
    );
  } else block.check?.(context, argument, line);
}

function nest(
  state: StateBlock,
  block: ContainerBlock | undefined,
  argument: string,
  startLine: number,
  last: number,
): void {
  const outer = { parent: state.parentType, max: state.lineMax };
  state.parentType = 'container';
  state.lineMax = last;
  if (block) {
    const token = state.push(`${block.name}_open`, 'div', 1);
    token.map = [startLine, last];
    token.info = argument;
    token.block = true;
  }
  state.md.block.tokenize(state, startLine + 1, last);
  if (block) {
    const token = state.push(`${block.name}_close`, 'div', -1);
    token.info = argument;
    token.block = true;
  }
  state.parentType = outer.parent;
  state.lineMax = outer.max;
}
