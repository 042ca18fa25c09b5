// <uh-transcript>: the sheet with a terminal's commands and what they printed: read by a screen reader, looked through, kept as a file.
import { define, el, part } from './dom.ts';
import type { Transcript } from './transcript.ts';
import { fill, words } from './text.ts';

/** What the machine's half knows: its session, and its terminals by name. */
export type Recorded = {
  readonly session: string;
  readonly terminals: readonly { readonly id: number; readonly name: string }[];
  readonly current: number | undefined;
};

export class UhTranscript extends HTMLElement {
  #recorded: Recorded | undefined;
  #shown: Transcript | undefined;
  /** the newest question; a slower answer to an earlier one is dropped */
  #asked = 0;

  connectedCallback(): void {
    const { dialog } = this;
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    this.#select.addEventListener('change', () => void this.#read());
    this.#button('refresh').addEventListener('click', () => void this.#read());
    this.#button('text').addEventListener('click', () => void this.#save('text'));
    this.#button('cast').addEventListener('click', () => void this.#save('cast'));
  }

  get dialog(): HTMLDialogElement {
    return part(this, 'dialog', HTMLDialogElement);
  }

  get #select(): HTMLSelectElement {
    return part(this, 'select', HTMLSelectElement);
  }

  #button(act: 'refresh' | 'text' | 'cast'): HTMLButtonElement {
    return part(this, `[data-act=${act}]`, HTMLButtonElement);
  }

  open(recorded: Recorded): void {
    if (this.dialog.open) return;
    this.#recorded = recorded;
    this.#select.replaceChildren(
      ...recorded.terminals.map(({ id, name }) => el('option', { value: id, selected: id === recorded.current }, name)),
    );
    this.dialog.showModal();
    void this.#read();
  }

  async #read(): Promise<void> {
    const text = words().transcript;
    const list = part(this, 'ol', HTMLElement);
    this.#asked += 1;
    const asked = this.#asked;
    this.#show(undefined, text.reading);
    try {
      const { commandList, fetchTranscript } = await import('./transcript.ts');
      const transcript = await fetchTranscript(this.#recorded?.session ?? '', Number(this.#select.value));
      if (asked !== this.#asked) return;
      list.replaceChildren(...commandList(transcript.commands));
      const { length } = transcript.commands;
      this.#show(transcript, length === 0 ? text.none : fill(text.count, { n: length }));
      // The newest is at the end, as in the terminal.
      list.scrollTop = list.scrollHeight;
    } catch (error) {
      if (asked !== this.#asked) return;
      list.replaceChildren();
      this.#show(undefined, error instanceof Error && error.name === 'Error' ? error.message : text.failed);
    }
  }

  #show(transcript: Transcript | undefined, said: string): void {
    this.#shown = transcript;
    part(this, '.transcript-said', HTMLElement).textContent = said;
    this.#button('text').disabled = this.#button('cast').disabled = transcript === undefined;
  }

  async #save(kind: 'text' | 'cast'): Promise<void> {
    const shown = this.#shown;
    if (shown === undefined) return;
    const { plainTranscript, save } = await import('./transcript.ts');
    const name = this.#select.selectedOptions[0]?.textContent ?? '';
    const file = `${document.querySelector<HTMLElement>('uh-desk')?.dataset['lab'] ?? 'underhood'}-${this.#select.value}`;
    if (kind === 'cast') save(`${file}.cast`, 'application/x-asciicast', shown.recording);
    else save(`${file}.txt`, 'text/plain', plainTranscript(`${document.title}, ${name}`, shown.commands));
  }
}

define('uh-transcript', UhTranscript);
