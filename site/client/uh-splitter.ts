// <uh-splitter role="separator" data-share="split">: the line between two parts: dragged, or moved with the keys, and remembered.
// What lies before it (left or above) gets that share of the parent, in percent, as the style property --<data-share>.
import { define } from './dom.ts';
import { readStored, writeStored, type StoredKey } from './stored.ts';
import { fill, words } from './text.ts';

const STEP = 2;

export class UhSplitter extends HTMLElement {
  #usual = 50;

  connectedCallback(): void {
    this.#usual = Number(this.getAttribute('aria-valuenow'));
    this.#show(Number(readStored(this.#key) ?? this.#usual));
    this.addEventListener('pointerdown', (event) => this.#drag(event));
    this.addEventListener('dblclick', () => this.#set(this.#usual));
    this.addEventListener('keydown', (event) => this.#typed(event));
  }

  get #key(): StoredKey {
    return (this.dataset['share'] ?? 'split') as StoredKey;
  }

  /** A line that lies flat moves up and down. */
  get #flat(): boolean {
    return this.getAttribute('aria-orientation') === 'horizontal';
  }

  get #limits(): { least: number; most: number } {
    return { least: Number(this.getAttribute('aria-valuemin')), most: Number(this.getAttribute('aria-valuemax')) };
  }

  #typed(event: KeyboardEvent): void {
    const now = Number(this.getAttribute('aria-valuenow'));
    const { least, most } = this.#limits;
    const [back, on] = this.#flat ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
    const to = new Map([
      [back, now - STEP],
      [on, now + STEP],
      ['Home', least],
      ['End', most],
      ['Enter', this.#usual],
    ]).get(event.key);
    if (to === undefined) return;
    event.preventDefault();
    this.#set(to);
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    this.dataset['status'] = 'dragging';
    const box = (this.parentElement ?? document.documentElement).getBoundingClientRect();
    const move = (at: PointerEvent): void => {
      this.#show(
        this.#flat ? ((at.clientY - box.top) / box.height) * 100 : ((at.clientX - box.left) / box.width) * 100,
      );
    };
    const end = (): void => {
      delete this.dataset['status'];
      this.removeEventListener('pointermove', move);
      this.#keep();
    };
    this.addEventListener('pointermove', move);
    this.addEventListener('lostpointercapture', end, { once: true });
  }

  #set(percent: number): void {
    this.#show(percent);
    this.#keep();
  }

  #keep(): void {
    writeStored(this.#key, this.getAttribute('aria-valuenow') ?? undefined);
  }

  #show(percent: number): void {
    const { least, most } = this.#limits;
    const wanted = Number.isFinite(percent) ? percent : this.#usual;
    const value = Math.round(Math.min(most, Math.max(least, wanted)) * 10) / 10;
    document.documentElement.style.setProperty(`--${this.#key}`, String(value));
    this.setAttribute('aria-valuenow', String(value));
    this.setAttribute('aria-valuetext', fill(words().splitter.value, { percent: Math.round(value) }));
  }
}

define('uh-splitter', UhSplitter);
