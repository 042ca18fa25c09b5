// X-ray views: `:::xray <view> [lit=part,part]` with a caption. A place where the page draws the learner's own kernel.
import type { ContainerBlock } from '../container.ts';
import { escapeHtml } from '../html.ts';

/** Views the site can draw; a new one is named here first. */
export const XRAY_VIEWS = [
  'run-queue',
  'vmstat',
  'process-tree',
  'namespaces',
  'cgroups',
  'runtime-chain',
  'overlay',
  'network-path',
] as const;

const LIT = /^lit=[\w.-]+(,[\w.-]+)*$/;

/** `vmstat lit=r,b`: the view, and the parts of it that the lesson speaks of. */
function partsOf(argument: string): { readonly view: string; readonly lit: string | undefined; readonly rest: string } {
  const [view = '', lit, ...rest] = argument.split(/\s+/);
  return { view, lit, rest: rest.join(' ') };
}

export const xray: ContainerBlock = {
  name: 'xray',
  argument: 'id',
  check(context, argument, line) {
    const { view, lit, rest } = partsOf(argument);
    if (!XRAY_VIEWS.some((each) => each === view)) {
      context.complain(line, ':::xray', `one of ${XRAY_VIEWS.join(', ')}`, `"${view}"`);
    }
    if ((lit !== undefined && !LIT.test(lit)) || rest !== '') {
      context.complain(
        line,
        ':::xray',
        'nothing, or lit=part,part behind the view',
        `"${[lit, rest].join(' ').trim()}"`,
      );
    }
  },
  open: (token) => {
    const { view, lit } = partsOf(token.info);
    const parts = lit === undefined ? '' : ` data-lit="${escapeHtml(lit.slice('lit='.length))}"`;
    return `<div class="xray" data-view="${escapeHtml(view)}"${parts}><div class="xray-caption">`;
  },
  close: () => '</div></div>\n',
};
