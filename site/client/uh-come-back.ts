// <uh-come-back data-home="/en/">: takes a recovery code, from the address or typed, and goes on once that is confirmed.
import { CameBack } from '../api/coming-back.ts';
import { request, RequestFailed } from './api.ts';
import { define, part } from './dom.ts';
import { local, words } from './text.ts';

export class UhComeBack extends HTMLElement {
  connectedCallback(): void {
    const input = part(this, 'input', HTMLInputElement);
    const given = decodeURIComponent(location.hash.slice(1));
    if (given !== '') {
      input.value = given;
      // The code stays neither in the address bar nor in the browser's history.
      history.replaceState(null, '', location.pathname);
    }
    const form = part(this, 'form', HTMLFormElement);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#go(input.value);
    });
    part(this, 'button', HTMLButtonElement).disabled = false;
  }

  async #go(code: string): Promise<void> {
    const button = part(this, 'button', HTMLButtonElement);
    button.disabled = true;
    try {
      const { labs } = await request('/api/come-back', CameBack, { method: 'POST', body: { code } });
      const home = this.dataset['home'] ?? '/';
      // A new document: nothing of the learner before must be left in this one.
      location.replace(labs[0] === undefined ? home : `${home}labs/${encodeURIComponent(labs[0])}/`);
    } catch (error) {
      const own = error instanceof RequestFailed ? error.words : null;
      part(this, '.come-back-said', HTMLElement).textContent = own === null ? words().keep.offline : local(own);
      button.disabled = false;
      part(this, 'input', HTMLInputElement).focus();
    }
  }
}

define('uh-come-back', UhComeBack);
