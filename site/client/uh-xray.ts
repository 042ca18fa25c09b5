// <uh-xray>: the place of the X-ray below the terminal. Loads the X-ray itself once it is opened, and after xterm.js.
import type { ClientMessage } from '../api/socket.ts';
import { define } from './dom.ts';
import { readStored, writeStored } from './stored.ts';
import { loadXterm } from './uh-terminal.ts';
import type { ShellMark } from './xray/commands.ts';
import type { Size } from './xray/frame.ts';
import type { XrayPanel } from './xray/panel.ts';

/** What a lesson asks for: a view, with the parts it speaks of. */
type XrayRequest = { readonly view: string; readonly lit: readonly string[] };

export class UhXray extends HTMLElement {
  #panel: XrayPanel | undefined;
  #loading: Promise<XrayPanel> | undefined;
  #linked = false;
  #machine: string | undefined;

  connectedCallback(): void {
    this.#button?.addEventListener('click', () => this.#toggle());
    this.closest('uh-machine')?.addEventListener('uh-shell', (event) =>
      this.#panel?.mark((event as CustomEvent<ShellMark>).detail),
    );
    for (const button of document.querySelectorAll<HTMLButtonElement>('.xray-open')) {
      const place = button.closest<HTMLElement>('.xray')?.dataset;
      const lit = place?.['lit']?.split(',') ?? [];
      button.addEventListener('click', () => void this.#show({ view: place?.['view'] ?? '', lit }));
    }
    if (remembered().open) void this.#show(undefined);
  }

  linked(linked: boolean): void {
    this.#linked = linked;
    this.#panel?.linked(linked);
  }

  /** The name of the machine there is now. */
  set machine(name: string | undefined) {
    if (this.#machine !== undefined && name !== undefined && this.#machine !== name) this.#panel?.forget();
    this.#machine = name ?? this.#machine;
  }

  receive(message: unknown): void {
    this.#panel?.receive(message);
  }

  get #button(): HTMLButtonElement | null {
    return this.closest('uh-machine')?.querySelector<HTMLButtonElement>('[data-action=xray]') ?? null;
  }

  #toggle(): void {
    if (this.dataset['status'] === 'open') this.#panel?.hide();
    else void this.#show(undefined);
  }

  async #show(request: XrayRequest | undefined): Promise<void> {
    const { view, size } = remembered();
    try {
      const panel = await this.#load();
      panel.linked(this.#linked);
      panel.show(request?.view ?? view, size, request?.lit ?? []);
    } catch {
      // A network that dropped for a moment: the next press tries again.
      this.#loading = undefined;
    }
  }

  /** The terminal comes first: nothing of this is fetched before xterm.js is there. */
  #load(): Promise<XrayPanel> {
    this.#loading ??= loadXterm()
      .then(() => import('./xray/panel.ts'))
      .then(async ({ XrayPanel: Panel, loadText }) => {
        this.#panel = new Panel(
          this,
          {
            send: (message) =>
              this.dispatchEvent(new CustomEvent<ClientMessage>('uh-send', { bubbles: true, detail: message })),
            changed: ({ open, view, size }) => {
              writeStored('xray', `${open ? 'open' : 'closed'} ${view} ${size}`);
              this.dataset['status'] = open ? 'open' : 'closed';
              this.hidden = !open;
              this.closest('uh-machine')?.toggleAttribute('data-xray-instead', open && size === 'instead');
              this.#button?.setAttribute('aria-expanded', String(open));
              if (!open) this.#button?.focus();
            },
          },
          await loadText(),
        );
        return this.#panel;
      });
    return this.#loading;
  }
}

function remembered(): { open: boolean; view: string; size: Size } {
  const [open, view, size] = (readStored('xray') ?? '').split(' ');
  return { open: open === 'open', view: view ?? 'run-queue', size: size === 'instead' ? 'instead' : 'below' };
}

define('uh-xray', UhXray);
