// What a task's form holds as one string, as the contract wants it: a typed value, a choice, several choices, an order.
import { el } from './dom.ts';
import { words } from './text.ts';

export type InputKind = 'number' | 'text' | 'choice' | 'several' | 'order';

export function inputKind(form: HTMLFormElement): InputKind {
  return (form.dataset['input'] ?? 'text') as InputKind;
}

/** The answer as it would be sent; '' while nothing was entered. */
export function readAnswer(form: HTMLFormElement): string {
  switch (inputKind(form)) {
    case 'number':
    case 'text':
      return form.querySelector<HTMLInputElement>('input[name=answer]')?.value.trim() ?? '';
    case 'choice':
    case 'several':
      return [...form.querySelectorAll<HTMLInputElement>('input[name=answer]:checked')]
        .map(({ value }) => value)
        .join(',');
    case 'order':
      return [...form.querySelectorAll<HTMLElement>('[data-option]')].map((item) => item.dataset['option']).join(',');
  }
}

/** Shows what was answered earlier. */
export function writeAnswer(form: HTMLFormElement, answer: string): void {
  const kind = inputKind(form);
  if (kind === 'number' || kind === 'text') {
    const input = form.querySelector<HTMLInputElement>('input[name=answer]');
    if (input !== null) input.value = answer;
    followSlider(form, input);
    return;
  }
  const ids = answer.split(',');
  if (kind === 'order') {
    const list = form.querySelector('.order');
    for (const id of ids) {
      const item = [...form.querySelectorAll<HTMLElement>('[data-option]')].find((one) => one.dataset['option'] === id);
      if (item !== undefined) list?.append(item);
    }
    return;
  }
  for (const input of form.querySelectorAll<HTMLInputElement>('input[name=answer]'))
    input.checked = ids.includes(input.value);
}

/** Gives each item of an order two buttons; dragging would leave out the keyboard and the thumb. */
export function enhanceOrder(form: HTMLFormElement, moved: (place: number) => void): void {
  for (const item of form.querySelectorAll<HTMLElement>('[data-option]')) {
    const button = (label: string, sign: string, move: () => void): HTMLButtonElement => {
      const made = el(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': `${label}: ${item.textContent.trim()}` },
        sign,
      );
      made.addEventListener('click', () => {
        move();
        made.focus();
        moved([...(item.parentElement?.children ?? [])].indexOf(item) + 1);
      });
      return made;
    };
    const buttons = [
      button(words().task.up, '↑', () => item.previousElementSibling?.before(item)),
      button(words().task.down, '↓', () => item.nextElementSibling?.after(item)),
    ];
    item.append(el('span', { class: 'order-buttons' }, ...buttons));
  }
}

/** A prediction's number and its slider follow each other. */
export function followSlider(form: HTMLFormElement, moved: EventTarget | null): void {
  const slider = form.querySelector<HTMLInputElement>('input[type=range]');
  const field = form.querySelector<HTMLInputElement>('input[name=answer]');
  if (slider === null || field === null) return;
  slider.dataset['touched'] = '';
  if (moved === slider) field.value = slider.value;
  else if (moved === field && field.value.trim() !== '') slider.value = field.value.replace(',', '.');
}
