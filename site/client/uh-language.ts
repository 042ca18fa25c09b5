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

/** Called once on load: goes to where the other language was left, and stays there until the page has settled or is touched. */
export function restorePlace(): void {
  const stored = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (stored === null) return;
  const { index, top } = JSON.parse(stored) as { index: number; top: number };
  const touched = new AbortController();
  const go = (): void => {
    const block = document.querySelectorAll(BLOCKS)[index];
    if (block === undefined || touched.signal.aborted) return;
    window.scrollBy({ top: block.getBoundingClientRect().top - top, behavior: 'instant' });
  };
  for (const name of ['wheel', 'touchstart', 'keydown', 'pointerdown']) {
    window.addEventListener(name, () => touched.abort(), { signal: touched.signal, passive: true });
  }
  // Fonts arrive, and passed cards fold once the learner's progress is known.
  document.addEventListener('uh-progress', go, { signal: touched.signal, once: true });
  void document.fonts.ready.then(go);
  go();
}

define('uh-language', UhLanguage);
