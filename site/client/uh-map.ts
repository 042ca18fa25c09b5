// <uh-map>: the course map with this learner's progress on it: passed, begun, and where to go on.
import { getCourse } from './api.ts';
import { define } from './dom.ts';
import { fill, words } from './text.ts';

export class UhMap extends HTMLElement {
  connectedCallback(): void {
    void this.#load();
  }

  async #load(): Promise<void> {
    const { labs } = await getCourse().catch(() => ({ labs: {} }));
    const text = words().progress;
    let next: HTMLElement | undefined;
    for (const station of this.querySelectorAll<HTMLElement>('[data-station]')) {
      if (station.dataset['status'] === 'coming') continue;
      const progress: { passed: number; tasks: number } | undefined = (
        labs as Record<string, { passed: number; tasks: number }>
      )[station.dataset['station'] ?? ''];
      const done = progress !== undefined && progress.tasks > 0 && progress.passed >= progress.tasks;
      station.dataset['status'] = done ? 'passed' : progress !== undefined && progress.passed > 0 ? 'begun' : 'open';
      const word = station.querySelector('.station-progress');
      if (word !== null && progress !== undefined)
        word.textContent = done ? text.done : progress.passed > 0 ? fill(text.of, progress) : '';
      if (!done) next ??= station;
    }
    if (next === undefined) return;
    next.dataset['here'] = '';
    const here = next.querySelector('.station-here');
    if (here !== null) here.textContent = text.next;
    const begun = Object.values(labs as Record<string, { passed: number }>).some(({ passed }) => passed > 0);
    if (begun)
      this.dispatchEvent(
        new CustomEvent('uh-next', { bubbles: true, detail: next.querySelector('a')?.getAttribute('href') }),
      );
  }
}

define('uh-map', UhMap);
