// What would give a prediction away: `:::after <task>` … `:::`. The page keeps it closed until the task is committed or passed.
import type { ContainerBlock } from '../container.ts';
import { escapeHtml } from '../html.ts';

export const after: ContainerBlock = {
  name: 'after',
  argument: 'id',
  wraps: true,
  check(context, argument, line) {
    const kind = context.known.tasks.get(argument)?.kind;
    if (kind === undefined || kind === 'do') {
      context.complain(line, ':::after', 'a task that is answered (predict, find or choose)', `"${argument}"`);
    }
  },
  open: (token) => `<div class="after" data-after="${escapeHtml(token.info)}">`,
  close: () => '</div>\n',
};
