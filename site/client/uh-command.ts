// <uh-command data-runnable="true">: a command in the text, with "copy" and "type it for me" beside it.
import { copyText } from './clipboard.ts';
import { define, el } from './dom.ts';
import { words } from './text.ts';

/** Asks the desk to type `command`; the desk answers by setting `result` before the event is over. */
export type TypeRequest = { readonly command: string; result: 'typed' | 'busy' | 'none' };

const SHOWN_MS = 2_500;

export class UhCommand extends HTMLElement {
  #back: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    const text = words().command;
    const said = el('span', { class: 'command-said', role: 'status' });
    const bar = el('span', { class: 'command-bar' }, said);
    const button = (label: string, act: () => Promise<string> | string): void => {
      const made = el('button', { type: 'button', class: 'command-button' }, label);
      made.addEventListener('click', () => void Promise.resolve(act()).then((word) => this.#say(said, word)));
      bar.append(made);
    };
    if (this.dataset['runnable'] === 'true') button(text.type, () => this.#type());
    button(text.copy, async () => ((await copyText(this.#command)) ? text.copied : text.copyFailed));
    this.append(bar);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#back);
  }

  get #command(): string {
    return this.querySelector('pre')?.textContent.trim() ?? '';
  }

  #type(): string {
    const request: TypeRequest = { command: this.#command, result: 'none' };
    this.dispatchEvent(new CustomEvent<TypeRequest>('uh-type', { bubbles: true, detail: request }));
    const text = words().command;
    return { typed: text.typed, busy: text.busy, none: text.noTerminal }[request.result];
  }

  #say(said: HTMLElement, word: string): void {
    said.textContent = word;
    clearTimeout(this.#back);
    this.#back = setTimeout(() => (said.textContent = ''), SHOWN_MS);
  }
}

define('uh-command', UhCommand);
