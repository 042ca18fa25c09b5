// <uh-start data-lab="…">: links into a lab. The machine is claimed when the button goes down, so it is there when the page is.
import { claimMachine } from './api.ts';
import { define } from './dom.ts';
import { words } from './text.ts';

export class UhStart extends HTMLElement {
  #claimed = '';

  connectedCallback(): void {
    for (const name of ['pointerdown', 'click'] as const) this.addEventListener(name, (event) => this.#claim(event));
    if (this.hasAttribute('data-main')) {
      document.addEventListener('uh-next', (event) => this.#goOn((event as CustomEvent<string>).detail));
    }
  }

  #claim(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-lab]') : null;
    const lab = link?.dataset['lab'];
    if (lab === undefined || lab === this.#claimed || event.button !== 0) return;
    this.#claimed = lab;
    // A failure is told by the lab's page, which claims again.
    claimMachine(lab, { keepalive: true }).catch(() => (this.#claimed = ''));
  }

  /** Whoever was here before goes on where they are. */
  #goOn(href: string): void {
    const link = this.querySelector('a');
    const lab = /\/labs\/([^/]+)\//.exec(href)?.[1];
    if (link === null || lab === undefined) return;
    link.href = href;
    link.dataset['lab'] = lab;
    link.textContent = words().start.continue;
  }
}

define('uh-start', UhStart);
