// <uh-settings>: the sheet of what can be set about the terminals; every change shows at once behind it.
import { define, part } from './dom.ts';
import { changeSettings, PASTE_ASKS, TERMINAL_THEMES, terminalSettings } from './terminal-settings.ts';

export class UhSettings extends HTMLElement {
  connectedCallback(): void {
    part(this, '[data-action=settings]', HTMLButtonElement).addEventListener('click', () => this.open());
    const form = part(this, 'form', HTMLFormElement);
    form.addEventListener('input', () => {
      const data = new FormData(form);
      changeSettings({
        fontSize: Number(data.get('font-size')),
        theme: TERMINAL_THEMES.find((each) => each === data.get('theme')) ?? 'page',
        paste: PASTE_ASKS.find((each) => each === data.get('paste')) ?? 'always',
        bell: data.has('bell'),
        screenReader: data.has('screen-reader'),
      });
      this.#draw();
    });
    const { dialog } = this;
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    document.addEventListener('uh-settings', () => this.#draw());
  }

  get dialog(): HTMLDialogElement {
    return part(this, 'dialog', HTMLDialogElement);
  }

  open(): void {
    this.#draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  #draw(): void {
    const settings = terminalSettings();
    const field = (name: string): HTMLInputElement => part(this, `[name="${name}"]`, HTMLInputElement);
    field('font-size').value = String(settings.fontSize);
    part(this, 'output', HTMLOutputElement).textContent = String(settings.fontSize);
    field('bell').checked = settings.bell;
    field('screen-reader').checked = settings.screenReader;
    for (const [name, value] of [
      ['theme', settings.theme],
      ['paste', settings.paste],
    ] as const)
      part(this, `[name="${name}"][value="${value}"]`, HTMLInputElement).checked = true;
  }
}

define('uh-settings', UhSettings);
