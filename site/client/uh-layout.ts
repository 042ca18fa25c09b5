// <uh-layout>: three buttons: the text alone, text and machine, the machine alone.
import { define } from './dom.ts';
import { currentLayout, LAYOUTS, setLayout } from './layout.ts';

export class UhLayout extends HTMLElement {
  readonly #draw = (): void => {
    for (const button of this.querySelectorAll<HTMLButtonElement>('button'))
      button.setAttribute('aria-pressed', String(button.dataset['layout'] === currentLayout()));
  };

  connectedCallback(): void {
    for (const button of this.querySelectorAll<HTMLButtonElement>('button')) {
      const layout = LAYOUTS.find((each) => each === button.dataset['layout']) ?? 'both';
      button.addEventListener('click', () => setLayout(layout));
    }
    document.addEventListener('uh-layout', this.#draw);
    this.#draw();
  }

  disconnectedCallback(): void {
    document.removeEventListener('uh-layout', this.#draw);
  }
}

define('uh-layout', UhLayout);
