// <uh-progress data-passed="2" data-tasks="5">: a ring that fills with the tasks passed, and the numbers beside it.
import { define, el, svg } from './dom.ts';
import { fill, words } from './text.ts';

const RADIUS = 8;
const LENGTH = 2 * Math.PI * RADIUS;

export class UhProgress extends HTMLElement {
  static readonly observedAttributes = ['data-passed', 'data-tasks'];

  connectedCallback(): void {
    this.#draw();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#draw();
  }

  #draw(): void {
    const passed = Number(this.dataset['passed'] ?? 0);
    const tasks = Number(this.dataset['tasks'] ?? 0);
    const share = tasks === 0 ? 0 : passed / tasks;
    this.dataset['status'] = tasks > 0 && passed === tasks ? 'done' : 'open';
    const ring = svg('svg', { viewBox: '0 0 22 22', class: 'ring', 'aria-hidden': 'true' });
    ring.append(
      svg('circle', { class: 'ring-track', cx: 11, cy: 11, r: RADIUS }),
      svg('circle', {
        class: 'ring-part',
        cx: 11,
        cy: 11,
        r: RADIUS,
        'stroke-dasharray': `${share * LENGTH} ${LENGTH}`,
        transform: 'rotate(-90 11 11)',
      }),
    );
    const text = words().progress;
    const spoken = el('span', { class: 'visually-hidden' }, fill(text.of, { passed, tasks }));
    const seen = el('span', { class: 'ring-numbers', 'aria-hidden': 'true' }, `${passed}/${tasks}`);
    this.replaceChildren(ring, seen, spoken);
  }
}

define('uh-progress', UhProgress);
