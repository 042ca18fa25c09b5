// <uh-rewind>: takes the machine back to the start of this step, or to another moment that is kept, after saying what is lost.
import type { ClientMessage, ServerMessage, SessionView } from '../api/socket.ts';
import { define, el, part } from './dom.ts';
import { fill, locale, words } from './text.ts';

type Moment = SessionView['checkpoints'][number];

/** The value of the choice that takes a fresh machine. */
const START = 'start';

const USABLE = new Set<SessionView['state']>(['ready', 'paused', 'hibernated']);

export class UhRewind extends HTMLElement {
  #moments: readonly Moment[] = [];

  connectedCallback(): void {
    const dialog = part(this, 'dialog', HTMLDialogElement);
    this.closest('uh-desk')?.addEventListener('uh-message', (event) => {
      const message = (event as CustomEvent<ServerMessage>).detail;
      if (message.type !== 'session') return;
      this.#moments = message.session.checkpoints;
      part(this, '[data-action=rewind]', HTMLButtonElement).disabled = !USABLE.has(message.session.state);
    });
    part(this, '[data-action=rewind]', HTMLButtonElement).addEventListener('click', () => {
      this.#draw();
      dialog.showModal();
    });
    dialog.addEventListener('close', () => {
      if (dialog.returnValue === 'go') this.#go();
      dialog.returnValue = '';
    });
  }

  /** The latest moment first, chosen: it is where this step began. */
  #draw(): void {
    const text = words().rewind;
    const choices = this.#moments.toReversed().map(({ id, task, at }) => {
      const time = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' }).format(at);
      return this.#choice(String(id), fill(text.after, { task: titleOf(task), time }));
    });
    choices.push(this.#choice(START, text.start, text.startNote));
    part(this, '.rewind-moments', HTMLElement).replaceChildren(...choices);
    part(this, '.rewind-moments input', HTMLInputElement).checked = true;
    const mib = this.#moments.reduce((sum, moment) => sum + moment.mib, 0);
    part(this, '.sheet-note', HTMLElement).textContent =
      this.#moments.length > 0 ? fill(text.kept, { mib }) : text.none;
  }

  #choice(value: string, name: string, note?: string): HTMLElement {
    const said = el('span', {}, name, ...(note === undefined ? [] : [el('small', {}, note)]));
    return el('label', {}, el('input', { type: 'radio', name: 'moment', value }), said);
  }

  #go(): void {
    const value = part(this, '.rewind-moments input:checked', HTMLInputElement).value;
    const detail: ClientMessage = value === START ? { type: 'reset' } : { type: 'rewind', checkpoint: Number(value) };
    this.dispatchEvent(new CustomEvent<ClientMessage>('uh-send', { bubbles: true, detail }));
  }
}

/** As the lesson calls the task; its id where the lesson has changed since. */
function titleOf(task: string): string {
  const title = document.querySelector(`#task-${CSS.escape(task)}`)?.textContent.trim();
  return title === undefined || title === '' ? task : title;
}

define('uh-rewind', UhRewind);
