// <uh-theme>: light, dark, or as the system says. The choice is applied before the first paint by a script in the page's head.
import { define, el } from './dom.ts';
import { readStored, writeStored } from './stored.ts';
import { words } from './text.ts';

const CHOICES = ['system', 'light', 'dark'] as const;
const SIGNS = { system: '◐', light: '☀', dark: '☾' } as const;
type Choice = (typeof CHOICES)[number];

export class UhTheme extends HTMLElement {
  connectedCallback(): void {
    const button = el('button', { type: 'button', class: 'icon-button' });
    button.addEventListener('click', () =>
      this.#choose(CHOICES[(CHOICES.indexOf(this.#choice) + 1) % CHOICES.length] ?? 'system'),
    );
    this.replaceChildren(button);
    this.#draw();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#changed());
  }

  get #choice(): Choice {
    const stored = readStored('theme');
    return CHOICES.find((choice) => choice === stored) ?? 'system';
  }

  #choose(choice: Choice): void {
    writeStored('theme', choice === 'system' ? undefined : choice);
    if (choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
    this.#draw();
    this.#changed();
  }

  #draw(): void {
    const text = words().theme;
    const choice = this.#choice;
    this.dataset['status'] = choice;
    const button = this.querySelector('button');
    button?.replaceChildren(el('span', { 'aria-hidden': 'true' }, SIGNS[choice]));
    const label = `${text.label}: ${text[choice]}`;
    button?.setAttribute('aria-label', label);
    if (button !== null) button.title = label;
  }

  #changed(): void {
    document.dispatchEvent(new CustomEvent('uh-theme'));
  }
}

define('uh-theme', UhTheme);
