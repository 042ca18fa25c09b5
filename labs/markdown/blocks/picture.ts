// Pictures: `:::picture <name>` with the caption inside. The SVG comes from the lab's `pictures/<name>.svg`, inlined.
import type { ContainerBlock } from '../container.ts';
import { escapeHtml } from '../html.ts';
import { localSvg } from '../svg.ts';

export const picture: ContainerBlock = {
  name: 'picture',
  argument: 'id',
  check(context, argument, line) {
    const source = context.known.pictures.get(argument);
    if (source === undefined) {
      const names = [...context.known.pictures.keys()].join(', ') || 'none yet';
      context.complain(line, ':::picture', `a file of pictures/ (${names})`, `"${argument}"`);
      return;
    }
    for (const problem of localSvg(argument, source, context.locale).problems) {
      context.complain(line, `pictures/${argument}.svg`, problem.expected, problem.found);
    }
  },
  open(token, context) {
    const svg = localSvg(token.info, context.known.pictures.get(token.info) ?? '', context.locale).svg;
    return `<figure class="picture" data-picture="${escapeHtml(token.info)}">${svg}<figcaption>`;
  },
  close: () => '</figcaption></figure>\n',
};
