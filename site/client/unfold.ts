// Unfolds the lesson's text below the first screen. A new page comes with it folded (lesson.css, by a word in the page's head): the browser lays out only what
// can be seen, so that it answers while the machine starts. The rest follows block by block in idle moments, and is then as if it had always been there.
import { untilIdle } from './idle.ts';

export async function unfold(): Promise<void> {
  const root = document.documentElement;
  if (root.dataset['folded'] === undefined) return;
  for (const block of document.querySelectorAll<HTMLElement>('.lesson-text > *')) {
    await untilIdle(50);
    block.dataset['unfolded'] = '';
  }
  delete root.dataset['folded'];
  for (const block of document.querySelectorAll<HTMLElement>('[data-unfolded]')) delete block.dataset['unfolded'];
}
