// <uh-keep data-page="/en/continue/">: the sheet that makes a recovery code, for going on in another browser.
import { KeepView, NewCode } from '../api/coming-back.ts';
import { request } from './api.ts';
import { copyText } from './clipboard.ts';
import { define, part } from './dom.ts';
import { fill, locale, words } from './text.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export class UhKeep extends HTMLElement {
  connectedCallback(): void {
    const dialog = part(this, 'dialog', HTMLDialogElement);
    part(this, '[data-action=keep]', HTMLButtonElement).addEventListener('click', () => {
      dialog.showModal();
      void this.#ask();
    });
    // A code left on the screen would be there for whoever comes by next.
    dialog.addEventListener('close', () => (part(this, '.keep-made', HTMLElement).hidden = true));
    this.#make.addEventListener('click', () => void this.#renew());
    for (const button of this.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
      button.textContent = words().keep.copy;
      button.addEventListener('click', () => void this.#copy(button));
    }
  }

  get #make(): HTMLButtonElement {
    return part(this, '[data-action=make-code]', HTMLButtonElement);
  }

  set #state(text: string) {
    part(this, '.keep-state', HTMLElement).textContent = text;
  }

  async #ask(): Promise<void> {
    const text = words().keep;
    this.#state = '';
    try {
      const { madeAt, hibernateAfterMs, keepMs } = await request('/api/recovery-code', KeepView, {});
      part(this, '.keep-kept', HTMLElement).textContent = fill(text.kept, {
        minutes: Math.max(1, Math.round(hibernateAfterMs / MINUTE_MS)),
        days: Math.max(1, Math.floor(keepMs / DAY_MS)),
      });
      const date = new Intl.DateTimeFormat(locale(), { dateStyle: 'long' }).format(madeAt ?? 0);
      this.#state = madeAt === null ? text.none : fill(text.madeAt, { date });
      this.#make.textContent = madeAt === null ? text.make : text.again;
      this.#make.disabled = false;
    } catch {
      this.#make.textContent = text.make;
      this.#state = text.offline;
    }
  }

  async #renew(): Promise<void> {
    const text = words().keep;
    this.#make.disabled = true;
    try {
      const { code } = await request('/api/recovery-code', NewCode, { method: 'POST' });
      part(this, '.keep-code', HTMLElement).textContent = code;
      // Behind the #, where no server, log or referrer sees it.
      part(this, '.keep-link', HTMLElement).textContent = `${location.origin}${this.dataset['page'] ?? ''}#${code}`;
      part(this, '.keep-made', HTMLElement).hidden = false;
      this.#make.textContent = text.again;
      this.#state = '';
    } catch {
      this.#state = text.failed;
    } finally {
      this.#make.disabled = false;
    }
  }

  async #copy(button: HTMLButtonElement): Promise<void> {
    const shown = part(this, button.dataset['copy'] === 'code' ? '.keep-code' : '.keep-link', HTMLElement);
    const done = await copyText(shown.textContent);
    this.#state = done ? words().keep.copied : words().keep.copyFailed;
  }
}

define('uh-keep', UhKeep);
