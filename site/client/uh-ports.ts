// <uh-ports>: the machine's open ports, each a link to what it serves, on a host name of its own.
import type { PortsView, ServerMessage } from '../api/socket.ts';
import { define, el, part, sentence } from './dom.ts';
import { fill, words } from './text.ts';

export class UhPorts extends HTMLElement {
  /** undefined before the first list: what is open when the page comes is no news */
  #known: ReadonlySet<number> | undefined;

  connectedCallback(): void {
    this.closest('uh-desk')?.addEventListener('uh-message', (event) => {
      const message = (event as CustomEvent<ServerMessage>).detail;
      if (message.type === 'ports') this.#show(message.ports);
    });
    const list = part(this, '.ports-list', HTMLElement);
    list.addEventListener('toggle', (event) => {
      const open = event.newState === 'open';
      this.dataset['status'] = open ? 'open' : 'closed';
      // The list may be older than what the learner knows: whoever opens it gets a fresh one.
      if (open) this.dispatchEvent(new CustomEvent('uh-send', { bubbles: true, detail: { type: 'ports' } }));
    });
  }

  #show(view: PortsView): void {
    this.hidden = false;
    const text = words().ports;
    part(this, '.ports-count', HTMLElement).textContent = fill(text.count, { n: view.ports.length });
    part(this, 'ul', HTMLElement).replaceChildren(...view.ports.map(({ port, url }) => this.#line(port, url)));
    const note = view.off === 'no-domain' ? text.noDomain : view.ports.length === 0 ? text.none : '';
    part(this, '.ports-none', HTMLElement).replaceChildren(...sentence(note));
    this.#announce(view);
  }

  #line(port: number, url: string | null): HTMLElement {
    const name = fill(words().ports.open, { port });
    if (url === null) return el('li', {}, el('span', {}, String(port)));
    return el('li', {}, el('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, name));
  }

  #announce({ off, ports }: PortsView): void {
    const before = this.#known;
    this.#known = new Set(ports.map(({ port }) => port));
    const fresh = ports.find(({ port }) => before?.has(port) === false);
    if (fresh === undefined || off !== null) return;
    const detail = fill(words().ports.opened, { port: fresh.port });
    this.dispatchEvent(new CustomEvent('uh-say', { bubbles: true, detail }));
  }
}

define('uh-ports', UhPorts);
