// <uh-clock>: the machine's time left, and one click for more. Shows nothing where time is not limited.
import { define, el } from './dom.ts';
import { fill, words } from './text.ts';
import { timeLeft } from './time-left.ts';

const EVERY_MS = 10_000;

export class UhClock extends HTMLElement {
  #expiresAt: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown = '';
  /** stays in the page: a screen reader announces what changes in it, not what is put there with it */
  readonly #said = el('span', { 'aria-live': 'off' });

  connectedCallback(): void {
    this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  disconnectedCallback(): void {
    clearInterval(this.#timer);
  }

  set expiresAt(expiresAt: number | null) {
    this.#expiresAt = expiresAt;
    this.#draw();
  }

  #draw(): void {
    const left = timeLeft(this.#expiresAt, Date.now());
    const key = JSON.stringify(left);
    if (key === this.#shown) return;
    this.#shown = key;
    this.dataset['status'] = left.kind;
    this.hidden = left.kind === 'unlimited';
    const text = words().clock;
    if (left.kind === 'unlimited') return this.replaceChildren();
    if (left.kind === 'over') return this.replaceChildren(text.over);
    const sentence = left.kind === 'hours' ? text.hours : left.kind === 'soon' ? text.soon : text.minutes;
    // Every minute of an hour would be a nuisance; the last ones must be heard.
    this.#said.setAttribute('aria-live', left.kind === 'soon' ? 'polite' : 'off');
    if (!this.#said.isConnected) this.replaceChildren(this.#said);
    this.#said.textContent = fill(sentence, left);
    if (this.querySelector('.clock-extend') !== null) return;
    const more = el('button', { type: 'button', class: 'clock-extend' }, text.extend);
    more.addEventListener('click', () => this.dispatchEvent(new CustomEvent('uh-extend', { bubbles: true })));
    this.append(more);
  }
}

define('uh-clock', UhClock);
