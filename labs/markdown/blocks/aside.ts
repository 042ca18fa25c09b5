// Side boxes: `:::aside Title`, for what is worth knowing and not needed.
import type { ContainerBlock } from '../container.ts';
import { envOf } from '../context.ts';

export const aside: ContainerBlock = {
  name: 'aside',
  argument: 'title',
  open: (token, context, md) =>
    `<aside class="side-box"><p class="side-box-title">${md.renderInline(token.info, envOf(context))}</p>`,
  close: () => '</aside>\n',
};
