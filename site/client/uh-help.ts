// <uh-help>: the sheet of shortcuts; opened by its button, by `?` outside a field, and by Ctrl+Shift+/ in the terminal.
import { define, part } from './dom.ts';

export class UhHelp extends HTMLElement {
  connectedCallback(): void {
    this.querySelector('button')?.addEventListener('click', () => this.open());
    document.addEventListener('keydown', (event) => {
      if (event.key === '?' && !event.ctrlKey && !event.metaKey && !inField(event.target)) this.open();
    });
    const dialog = part(this, 'dialog', HTMLDialogElement);
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
  }

  open(): void {
    const dialog = part(this, 'dialog', HTMLDialogElement);
    if (!dialog.open) dialog.showModal();
  }
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.matches('input, textarea, select') || target.isContentEditable);
}

define('uh-help', UhHelp);
