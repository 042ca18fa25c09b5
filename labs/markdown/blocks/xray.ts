// X-ray views: `:::xray <view>` with a caption. A place where the page draws the learner's own kernel.
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

export const xray: ContainerBlock = {
  name: 'xray',
  argument: 'id',
  check(context, argument, line) {
    if (!XRAY_VIEWS.some((view) => view === argument)) {
      context.complain(line, ':::xray', `one of ${XRAY_VIEWS.join(', ')}`, `"${argument}"`);
    }
  },
  open: (token) => `<div class="xray" data-view="${escapeHtml(token.info)}"><div class="xray-caption">`,
  close: () => '</div></div>\n',
};
