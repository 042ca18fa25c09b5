// <uh-command>: a command in the text; its buttons copy it, or type it into the terminal that had the focus last.
import { copyText } from './clipboard.ts';
import { define } from './dom.ts';
import { words } from './text.ts';

/** Asks the desk to type `command`; the desk answers by setting `result` before the event is over. */
export type TypeRequest = { readonly command: string; result: 'typed' | 'busy' | 'none' };

const MARKED_MS = 2_000;

export class UhCommand extends HTMLElement {
  connectedCallback(): void {
    for (const button of this.querySelectorAll<HTMLButtonElement>('button[data-act]')) {
      button.addEventListener('click', () => void this.#act(button));
    }
  }

  get #command(): string {
    return this.querySelector('pre')?.textContent.trim() ?? '';
  }

  async #act(button: HTMLButtonElement): Promise<void> {
    const text = words().command;
    const [done, word] = button.dataset['act'] === 'type' ? this.#type() : await this.#copy();
    this.dispatchEvent(new CustomEvent<string>('uh-say', { bubbles: true, detail: word }));
    if (!done) return;
    button.dataset['status'] = 'done';
    setTimeout(() => delete button.dataset['status'], MARKED_MS);
    if (word === text.copied) button.focus();
  }

  async #copy(): Promise<readonly [boolean, string]> {
    const text = words().command;
    return (await copyText(this.#command)) ? [true, text.copied] : [false, text.copyFailed];
  }

  #type(): readonly [boolean, string] {
    const request: TypeRequest = { command: this.#command, result: 'none' };
    this.dispatchEvent(new CustomEvent<TypeRequest>('uh-type', { bubbles: true, detail: request }));
    const text = words().command;
    return [request.result === 'typed', { typed: text.typed, busy: text.busy, none: text.noTerminal }[request.result]];
  }
}

define('uh-command', UhCommand);
