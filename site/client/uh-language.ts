// <uh-language>: the link to this page in the other language, which keeps the reader's place.
import { define } from './dom.ts';

const KEY = 'underhood.language-place';
/** Blocks that stand at the same count in both languages, as the lessons are checked to have the same skeleton. */
const BLOCKS = '.lesson-text > *';

export class UhLanguage extends HTMLElement {
  connectedCallback(): void {
    this.querySelector('a')?.addEventListener('click', () => remember());
  }
}

function remember(): void {
  const blocks = [...document.querySelectorAll(BLOCKS)];
  const edge = 72;
  const index = blocks.findIndex((block) => block.getBoundingClientRect().bottom > edge);
  const block = blocks[index];
  if (block === undefined) return;
  sessionStorage.setItem(KEY, JSON.stringify({ index, top: block.getBoundingClientRect().top }));
}

/** Called once on load: goes to where the other language was left. */
export function restorePlace(): void {
  const stored = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (stored === null) return;
  const { index, top } = JSON.parse(stored) as { index: number; top: number };
  const block = document.querySelectorAll(BLOCKS)[index];
  if (block !== undefined) window.scrollBy({ top: block.getBoundingClientRect().top - top, behavior: 'instant' });
}

define('uh-language', UhLanguage);
