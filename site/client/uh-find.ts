// <uh-find>: looks through all lessons and the glossary: a button, Ctrl+K, or / outside of a field.
import { define, el, part } from './dom.ts';
import type { LessonIndex } from './lesson-index.ts';
import { excerpt } from './search-words.ts';
import { fill, locale, words } from './text.ts';

export class UhFind extends HTMLElement {
  #index: Promise<LessonIndex> | undefined;
  #query = '';

  connectedCallback(): void {
    part(this, 'button', HTMLButtonElement).addEventListener('click', () => this.open());
    const { dialog, input } = this;
    document.addEventListener('keydown', (event) => {
      const at = event.target instanceof HTMLElement ? event.target : null;
      // In a terminal Ctrl+K belongs to the shell, which cuts the rest of the line with it.
      if (at?.closest('uh-terminal, dialog') || event.altKey || event.shiftKey) return;
      const slash = event.key === '/' && !event.ctrlKey && !at?.matches('input, textarea, select');
      if (!slash && !((event.ctrlKey || event.metaKey) && event.code === 'KeyK')) return;
      event.preventDefault();
      this.open();
    });
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    input.addEventListener('input', () => void this.#find());
    dialog.addEventListener('keydown', (event) => this.#step(event));
    this.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest('.found a')) dialog.close();
    });
  }

  get dialog(): HTMLDialogElement {
    return part(this, 'dialog', HTMLDialogElement);
  }

  get input(): HTMLInputElement {
    return part(this, 'input[type=search]', HTMLInputElement);
  }

  open(): void {
    if (this.dialog.open) return;
    this.dialog.showModal();
    this.input.select();
    this.#load().catch(() => undefined);
  }

  #load(): Promise<LessonIndex> {
    this.#index ??= import('./lesson-index.ts')
      .then(({ loadIndex }) => loadIndex(locale()))
      .catch((error: unknown) => {
        this.#index = undefined;
        throw error;
      });
    return this.#index;
  }

  async #find(): Promise<void> {
    const query = this.input.value.trim();
    this.#query = query;
    const text = words().find;
    const status = part(this, '.found-count', HTMLElement);
    const list = part(this, '.found', HTMLElement);
    try {
      const found = query === '' ? [] : (await this.#load())(query);
      // A slower answer to an earlier question.
      if (this.#query !== query) return;
      status.textContent =
        query === '' ? '' : found.length === 0 ? text.nothing : fill(text.count, { n: found.length });
      list.replaceChildren(
        ...found.map(({ href, place, heading, text: body }) =>
          el(
            'li',
            {},
            el(
              'a',
              { href },
              el('span', { class: 'found-place' }, place),
              el('strong', {}, heading),
              el('span', { class: 'found-text' }, ...marked(excerpt(body, query), query)),
            ),
          ),
        ),
      );
    } catch {
      status.textContent = text.failed;
    }
  }

  /** Arrow keys go through what was found; Esc closes at once, where a search field would first empty itself. */
  #step(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.isComposing) this.dialog.close();
    if (event.isComposing || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
    const stops = [this.input, ...this.querySelectorAll<HTMLElement>('.found a')];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  }
}

/** The query's words marked where they stand. */
function marked(text: string, query: string): (Node | string)[] {
  const wanted = query.split(/\s+/).filter((word) => word !== '');
  const pattern = wanted.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pieces = text.split(new RegExp(`(${pattern})`, 'giu'));
  return pieces.map((piece, index) => (index % 2 === 1 ? el('mark', {}, piece) : piece));
}

define('uh-find', UhFind);
