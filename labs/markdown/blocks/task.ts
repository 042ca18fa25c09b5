// Task cards: `:::task <id>`. The section is filled with state by the page; what the learner enters stands in its form.
import type { TaskHead } from '../context.ts';
import type { ContainerBlock } from '../container.ts';
import { escapeHtml } from '../html.ts';

export const task: ContainerBlock = {
  name: 'task',
  argument: 'id',
  check(context, argument, line) {
    if (!context.known.tasks.has(argument)) {
      context.complain(
        line,
        ':::task',
        `a task of lab.yaml: ${[...context.known.tasks.keys()].join(', ')}`,
        `"${argument}"`,
      );
    }
  },
  open(token, context) {
    const head = context.known.tasks.get(token.info);
    if (!head) return '<section class="task"><div class="task-text">';
    const id = escapeHtml(head.id);
    return (
      `<section class="task" data-task="${id}" data-kind="${head.kind}" data-points="${head.points}" aria-labelledby="task-${id}">` +
      `<h3 class="task-title" id="task-${id}">${escapeHtml(head.title[context.locale])}</h3><div class="task-text">`
    );
  },
  close(token, context) {
    const head = context.known.tasks.get(token.info);
    return `</div>${head ? goals(head, context.locale) + form(head, context.locale) : ''}</section>\n`;
  },
};

function goals(head: TaskHead, locale: 'ko' | 'en'): string {
  if (head.goals.length === 0) return '';
  const items = head.goals.map((goal) => `<li data-goal="${escapeHtml(goal.id)}">${goal.text[locale]}</li>`);
  return `<ul class="goals">${items.join('')}</ul>`;
}

function form(head: TaskHead, locale: 'ko' | 'en'): string {
  const { input } = head;
  const id = escapeHtml(head.id);
  if (input.type === 'none') return '';
  if (input.type === 'number' || input.type === 'text') {
    const mode = input.type === 'number' ? ' inputmode="decimal"' : '';
    const unit =
      input.type === 'number' && input.unit !== '' ? `<span class="unit">${escapeHtml(input.unit)}</span>` : '';
    return (
      `<form class="answer" data-input="${input.type}" data-answer-for="${id}"><input name="answer" type="text"${mode} ` +
      `aria-labelledby="task-${id}" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="200">${unit}</form>`
    );
  }
  const kind = input.type === 'choice' ? 'radio' : 'checkbox';
  const options = input.options.map((option) =>
    input.type === 'order'
      ? `<li data-option="${escapeHtml(option.id)}">${option.text[locale]}</li>`
      : `<label class="option"><input type="${kind}" name="answer" value="${escapeHtml(option.id)}"><span>${option.text[locale]}</span></label>`,
  );
  const body =
    input.type === 'order'
      ? `<ol class="order">${options.join('')}</ol>`
      : `<fieldset aria-labelledby="task-${id}">${options.join('')}</fieldset>`;
  return `<form class="answer" data-input="${input.type}" data-answer-for="${id}">${body}</form>`;
}
