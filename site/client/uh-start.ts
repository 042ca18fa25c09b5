// <uh-start data-lab="…">: links into a lab. The machine is claimed when the button goes down, so it is there when the page is.
import { claimMachine } from './api.ts';
import { define, el } from './dom.ts';
import { words } from './text.ts';

export class UhStart extends HTMLElement {
  #claimed = '';
  readonly #prepared = new Set<string>();

  connectedCallback(): void {
    for (const name of ['pointerdown', 'click'] as const) this.addEventListener(name, (event) => this.#claim(event));
    // Whoever points at a lab will want its page and its terminal: they are fetched before the click.
    for (const name of ['pointerover', 'focusin'] as const)
      this.addEventListener(name, (event) => this.#prepare(event));
    if (this.hasAttribute('data-main')) {
      document.addEventListener('uh-next', (event) => this.#goOn((event as CustomEvent<string>).detail));
    }
  }

  #prepare(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-lab]') : null;
    if (link === null || this.#prepared.has(link.href)) return;
    this.#prepared.add(link.href);
    document.head.append(el('link', { rel: 'prefetch', href: link.href }));
    void import('./xterm.ts').catch(() => undefined);
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
