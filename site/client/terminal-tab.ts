// A terminal's tab: its name, a way to change the name (double click, F2), a way to close it.
import { el } from './dom.ts';
import { LONGEST_NAME } from './terminal-names.ts';
import { fill, words } from './text.ts';

export type TabEvents = { chosen(): void; renamed(name: string): void; closed(): void };

export type TerminalTab = {
  readonly holder: HTMLElement;
  readonly button: HTMLButtonElement;
  /** shows a name; the one given by the learner, or "Terminal 2" */
  name(name: string): void;
  rename(): void;
  ended(): void;
};

export function terminalTab(id: number, on: TabEvents): TerminalTab {
  const text = words().terminal;
  const label = el('span', { class: 'tab-name' });
  const button = el(
    'button',
    { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, tabindex: -1, title: text.rename },
    label,
  );
  const close = el('button', { type: 'button', class: 'tab-close' }, '×');
  const holder = el('span', { class: 'tab', role: 'presentation' }, button, close);
  const rename = (): void => {
    const field = el('input', {
      class: 'tab-field',
      'aria-label': text.newName,
      maxlength: LONGEST_NAME,
      spellcheck: 'false',
    });
    field.value = label.textContent;
    button.hidden = true;
    holder.prepend(field);
    field.focus();
    field.select();
    let open = true;
    const done = (keep: boolean, back: boolean): void => {
      if (!open) return;
      open = false;
      const { value } = field;
      button.hidden = false;
      field.remove();
      if (keep) on.renamed(value);
      if (back) button.focus();
    };
    field.addEventListener('blur', () => done(true, false));
    field.addEventListener('keydown', (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === 'Enter') done(true, true);
      if (event.key === 'Escape') done(false, true);
    });
  };
  button.addEventListener('click', () => on.chosen());
  button.addEventListener('dblclick', rename);
  button.addEventListener('keydown', (event) => {
    if (event.key === 'F2') rename();
    else if (event.key === 'Delete') on.closed();
    else return;
    event.preventDefault();
  });
  close.addEventListener('click', () => on.closed());
  return {
    holder,
    button,
    rename,
    name: (name) => {
      label.textContent = name;
      close.setAttribute('aria-label', fill(text.close, { name }));
    },
    ended: () => {
      if (button.querySelector('.tab-ended') === null) button.append(el('span', { class: 'tab-ended' }, text.ended));
    },
  };
}
