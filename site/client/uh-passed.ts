// <uh-passed>: a small sign in the corner when a task was passed while its card is out of sight, with a way to it. It is gone once the
// card was seen, at its ×, or by itself; nothing on the page moves for it.
import { define, el } from './dom.ts';
import { reveal } from './layout.ts';
import { fill, words } from './text.ts';

/** Long enough to finish a line in the terminal and look up. Not while somebody points at it or is in it. */
const SHOWN_MS = 20_000;

export type PassedTask = { readonly card: HTMLElement; readonly title: string };

export class UhPassed extends HTMLElement {
  #gone: ReturnType<typeof setTimeout> | undefined;
  #seen: IntersectionObserver | undefined;

  connectedCallback(): void {
    document.addEventListener('uh-task-passed', (event) => this.#show((event as CustomEvent<PassedTask>).detail));
  }

  disconnectedCallback(): void {
    this.#clear();
  }

  #show({ card, title }: PassedTask): void {
    if (inSight(card)) return;
    this.#clear();
    const text = words().task;
    const link = el('a', { href: `#${card.getAttribute('aria-labelledby') ?? ''}` }, fill(text.passedSign, { title }));
    const close = el('button', { type: 'button', class: 'passed-close', 'aria-label': text.passedClose }, '×');
    link.addEventListener('click', () => {
      reveal('text');
      this.#clear();
    });
    close.addEventListener('click', () => this.#clear());
    this.replaceChildren(el('span', { class: 'passed-tick', 'aria-hidden': 'true' }, '✓'), link, close);
    this.#seen = new IntersectionObserver(() => inSight(card) && this.#clear());
    this.#seen.observe(card);
    this.#wait();
  }

  #wait(): void {
    this.#gone = setTimeout(() => {
      if (this.matches(':hover, :focus-within')) this.#wait();
      else this.#clear();
    }, SHOWN_MS);
  }

  #clear(): void {
    clearTimeout(this.#gone);
    this.#seen?.disconnect();
    this.replaceChildren();
  }
}

/** Whether its head or what was said at its foot can be seen: inside the window, and under nothing. */
function inSight(card: HTMLElement): boolean {
  return ['.task-head', '.task-messages'].some((selector) => {
    const box = card.querySelector(selector)?.getBoundingClientRect();
    if (box === undefined || box.width === 0 || box.height === 0) return false;
    const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return top !== null && card.contains(top);
  });
}

define('uh-passed', UhPassed);
