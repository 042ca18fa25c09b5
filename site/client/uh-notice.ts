// <uh-notice>: one honest sentence over the terminal, and a way on. Empty (`data-status="none"`) while all is well.
import { define, el } from './dom.ts';
import type { Notice, NoticeAction } from './notice-state.ts';
import { words } from './text.ts';

export class UhNotice extends HTMLElement {
  #shown = '';

  /** `detail` is the server's own sentence, where it sent one. */
  show(notice: Notice | undefined, detail?: string): void {
    const key = notice === undefined ? 'none' : `${notice.key} ${notice.action ?? ''} ${detail ?? ''}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.dataset['status'] = notice?.key ?? 'none';
    this.hidden = notice === undefined;
    if (notice === undefined) {
      this.replaceChildren();
      return;
    }
    const text = words().notice;
    const box = el('div', { class: 'notice-box', role: 'status' });
    box.append(
      el('h2', { class: 'notice-title' }, text[`${notice.key}Title`]),
      el('p', {}, detail ?? text[notice.key]),
    );
    if (notice.action !== undefined) box.append(this.#button(notice.action));
    this.replaceChildren(box);
  }

  #button(action: NoticeAction): HTMLButtonElement {
    const button = el('button', { type: 'button', class: 'button' }, words().notice[action]);
    button.addEventListener('click', () => {
      button.disabled = true;
      this.dispatchEvent(new CustomEvent<NoticeAction>('uh-notice', { bubbles: true, detail: action }));
    });
    return button;
  }
}

define('uh-notice', UhNotice);
