// <uh-search>: finds words in a terminal's scrollback (Ctrl+Shift+F).
import { define, el, part } from './dom.ts';
import { fill, words } from './text.ts';
import type { UhTerminal } from './uh-terminal.ts';

export class UhSearch extends HTMLElement {
  #view: UhTerminal | undefined;
  readonly #watched = new WeakSet<UhTerminal>();

  connectedCallback(): void {
    const text = words().terminal;
    const input = el('input', { type: 'search', 'aria-label': text.find, placeholder: text.find, spellcheck: 'false' });
    const count = el('output', { class: 'search-count' });
    const button = (label: string, sign: string, act: () => void): HTMLButtonElement => {
      const made = el('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label }, sign);
      made.addEventListener('click', act);
      return made;
    };
    this.replaceChildren(
      input,
      count,
      button(text.findPrevious, '↑', () => this.#find(-1)),
      button(text.findNext, '↓', () => this.#find(1)),
      button(text.findClose, '×', () => this.close()),
    );
    input.addEventListener('input', () => this.#find(-1));
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && !event.isComposing) this.#find(event.shiftKey ? 1 : -1);
      else return;
      event.preventDefault();
    });
  }

  open(view: UhTerminal): void {
    this.#view = view;
    if (!this.#watched.has(view)) {
      this.#watched.add(view);
      view.screen?.search.onDidChangeResults(({ resultIndex, resultCount }) => this.#count(resultIndex, resultCount));
    }
    this.hidden = false;
    const input = part(this, 'input', HTMLInputElement);
    input.focus();
    input.select();
  }

  close(): void {
    this.hidden = true;
    this.#view?.screen?.search.clearDecorations();
    this.#view?.focus();
  }

  #find(direction: 1 | -1): void {
    const search = this.#view?.screen?.search;
    const term = part(this, 'input', HTMLInputElement).value;
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string): string => style.getPropertyValue(name).trim();
    const options = {
      decorations: {
        matchBackground: colour('--find-bg'),
        activeMatchBackground: colour('--you'),
        matchOverviewRuler: colour('--find-bg'),
        activeMatchColorOverviewRuler: colour('--you'),
      },
    };
    if (term === '') search?.clearDecorations();
    else if (direction === 1) search?.findNext(term, options);
    else search?.findPrevious(term, options);
  }

  #count(index: number, count: number): void {
    const text = words().terminal;
    part(this, 'output', HTMLOutputElement).textContent =
      count === 0 ? text.findNone : fill(text.findCount, { n: index + 1, of: count });
  }
}

define('uh-search', UhSearch);
