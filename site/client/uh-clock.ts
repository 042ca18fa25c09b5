// <uh-clock>: the machine's time left, and one click for more. Shows nothing where time is not limited.
import { define, el } from './dom.ts';
import { fill, words } from './text.ts';
import { timeLeft } from './time-left.ts';

const EVERY_MS = 10_000;

export class UhClock extends HTMLElement {
  #expiresAt: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #shown = '';

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
    const span = el('span', left.kind === 'soon' ? { role: 'status' } : {}, fill(sentence, left));
    const more = el('button', { type: 'button', class: 'clock-extend' }, text.extend);
    more.addEventListener('click', () => this.dispatchEvent(new CustomEvent('uh-extend', { bubbles: true })));
    this.replaceChildren(span, more);
  }
}

define('uh-clock', UhClock);
