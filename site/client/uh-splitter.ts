// <uh-splitter role="separator">: the line between text and machine: dragged, or moved with the arrow keys, and remembered.
import { define } from './dom.ts';
import { readStored, writeStored } from './stored.ts';
import { fill, words } from './text.ts';

const SMALLEST = 25;
const LARGEST = 70;
const USUAL = 42;
const STEP = 2;

export class UhSplitter extends HTMLElement {
  connectedCallback(): void {
    this.#show(Number(readStored('split') ?? USUAL));
    this.addEventListener('pointerdown', (event) => this.#drag(event));
    this.addEventListener('dblclick', () => this.#set(USUAL));
    this.addEventListener('keydown', (event) => {
      const now = Number(this.getAttribute('aria-valuenow'));
      const to = { ArrowLeft: now - STEP, ArrowRight: now + STEP, Home: SMALLEST, End: LARGEST, Enter: USUAL }[
        event.key
      ];
      if (to === undefined) return;
      event.preventDefault();
      this.#set(to);
    });
  }

  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.setPointerCapture(event.pointerId);
    this.dataset['status'] = 'dragging';
    const move = (at: PointerEvent): void => this.#show((at.clientX / window.innerWidth) * 100);
    const end = (): void => {
      delete this.dataset['status'];
      this.removeEventListener('pointermove', move);
      writeStored('split', this.getAttribute('aria-valuenow') ?? undefined);
    };
    this.addEventListener('pointermove', move);
    this.addEventListener('lostpointercapture', end, { once: true });
  }

  #set(percent: number): void {
    this.#show(percent);
    writeStored('split', this.getAttribute('aria-valuenow') ?? undefined);
  }

  #show(percent: number): void {
    const value =
      Math.round(Math.min(LARGEST, Math.max(SMALLEST, Number.isFinite(percent) ? percent : USUAL)) * 10) / 10;
    document.documentElement.style.setProperty('--split', String(value));
    this.setAttribute('aria-valuenow', String(value));
    this.setAttribute('aria-valuetext', fill(words().splitter.value, { percent: Math.round(value) }));
  }
}

define('uh-splitter', UhSplitter);
