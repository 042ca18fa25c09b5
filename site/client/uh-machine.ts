// <uh-machine>: the right half of the desk: tabs, terminals, what is said over them, and the line that says which machine it is.
import type { ClientMessage, ServerMessage, SessionView } from '../api/socket.ts';
import { MAX_TERMINALS } from '../../sandbox/protocol/flow.ts';
import type { OutputFrame } from './frames.ts';
import type { Link } from './connection-state.ts';
import { isBooting } from './notice-state.ts';
import { define, el, part } from './dom.ts';
import { fill, words } from './text.ts';
import { copyText } from './clipboard.ts';
import { endedMark, loadXterm, UhTerminal, type TerminalHost } from './uh-terminal.ts';
import { UhBoot } from './uh-boot.ts';
import { UhNotice } from './uh-notice.ts';
import { UhSearch } from './uh-search.ts';
import type { KeyAction } from './terminal-keys.ts';

/** What the desk lends to the machine's half. */
export type MachineHost = {
  send(message: ClientMessage): void;
  sendInput(terminal: number, bytes: Uint8Array): void;
  say(text: string): void;
  help(): void;
  toText(): void;
};

type Tab = {
  readonly id: number;
  readonly view: UhTerminal;
  readonly button: HTMLElement;
  readonly panel: HTMLElement;
};

export class UhMachine extends HTMLElement {
  #host: MachineHost | undefined;
  #session: SessionView | undefined;
  #linked = false;
  #current: number | undefined;
  #request = 0;
  /** the learner asked for a terminal: it gets the focus once it is there */
  #wanted: number | undefined;
  readonly #tabs = new Map<number, Tab>();

  connectedCallback(): void {
    void loadXterm().catch(() => undefined);
    part(this, '[data-action=new-terminal]', HTMLButtonElement).addEventListener('click', () => this.#open());
    part(this, '[data-action=find]', HTMLButtonElement).addEventListener('click', () => this.#act('find'));
    this.#list.addEventListener('keydown', (event) => this.#tabKey(event));
    this.addEventListener('uh-terminal-focus', (event) => {
      if (event.target instanceof UhTerminal) this.#select(event.target.terminal, false);
    });
    for (const button of this.querySelectorAll<HTMLButtonElement>('.key-row button')) {
      // The soft keyboard stays open as long as the terminal keeps the focus.
      button.addEventListener('pointerdown', (event) => event.preventDefault());
      button.addEventListener('click', () => this.#extraKey(button));
    }
  }

  start(host: MachineHost): void {
    this.#host = host;
  }

  get current(): UhTerminal | undefined {
    return this.#current === undefined ? undefined : this.#tabs.get(this.#current)?.view;
  }

  get #list(): HTMLElement {
    return part(this, '[role=tablist]', HTMLElement);
  }

  get boot(): UhBoot {
    return part(this, 'uh-boot', UhBoot);
  }

  get notice(): UhNotice {
    return part(this, 'uh-notice', UhNotice);
  }

  session(view: SessionView): void {
    const before = this.#session;
    this.#session = view;
    this.dataset['status'] = view.state;
    this.boot.show(isBooting(view.state) ? view.progress : null);
    this.#identity(view);
    // Terminals of another machine are not this one's, though they may bear the same numbers.
    const names = [before?.machine?.hostname, view.machine?.hostname];
    if (names[0] !== undefined && names[1] !== undefined && names[0] !== names[1]) this.#clear();
    for (const id of [...this.#tabs.keys()])
      if (!view.terminals.some((terminal) => terminal.id === id)) this.#remove(id);
    for (const { id, exitCode } of view.terminals) {
      this.#add(id);
      if (exitCode !== null) this.#ended(id, exitCode);
    }
    if (view.state === 'ready' && view.terminals.length === 0 && this.#wanted === undefined) this.#open();
    part(this, '[data-action=new-terminal]', HTMLButtonElement).disabled =
      view.state !== 'ready' || view.terminals.length >= MAX_TERMINALS;
  }

  link(link: Link): void {
    const open = link.status === 'open';
    this.dataset['link'] = link.status;
    part(this, '.link-word', HTMLElement).textContent = words().link[link.status];
    if (open === this.#linked) return;
    this.#linked = open;
    this.#wanted = undefined;
    for (const { view } of this.#tabs.values()) {
      if (open) view.stream?.attach();
      else view.stream?.lost();
    }
  }

  output(frame: OutputFrame): void {
    this.#tabs.get(frame.terminal)?.view.stream?.output(frame);
  }

  /** Returns true for a message that was about a terminal. */
  message(message: ServerMessage): boolean {
    switch (message.type) {
      case 'attached':
        this.#tabs.get(message.terminal)?.view.stream?.attached(message);
        this.#tabs.get(message.terminal)?.view.sized(message.cols, message.rows);
        return true;
      case 'input-ack':
        this.#tabs.get(message.terminal)?.view.stream?.inputAck(message.bytes);
        return true;
      case 'size':
        this.#tabs.get(message.terminal)?.view.sized(message.cols, message.rows);
        return true;
      case 'prompt': {
        const tab = this.#tabs.get(message.terminal);
        if (tab !== undefined) tab.view.prompt = message.free;
        return true;
      }
      case 'exited':
        this.#ended(message.terminal, message.exitCode);
        return true;
      case 'opened':
        this.#add(message.terminal);
        if (message.request === this.#wanted) {
          this.#wanted = undefined;
          this.#select(message.terminal, true);
        }
        return true;
      case 'error':
        // A refused terminal is told as an error; the next request must not wait for this one.
        this.#wanted = undefined;
        return false;
      default:
        return false;
    }
  }

  retheme(): void {
    for (const { view } of this.#tabs.values()) view.retheme();
  }

  /** Types a command for the learner. Says why when it cannot. */
  type(command: string): 'typed' | 'busy' | 'none' {
    const view = this.current;
    if (view === undefined) return 'none';
    if (!view.free) return 'busy';
    view.type(command);
    view.focus();
    return 'typed';
  }

  #identity(view: SessionView): void {
    const text = words().machine;
    const { machine } = view;
    const line = part(this, '.machine-identity', HTMLElement);
    line.hidden = machine === null;
    if (machine === null) return;
    const kind = machine.origin === 'fake' ? text.fake : text[machine.accelerator];
    part(line, '.machine-name', HTMLElement).textContent = machine.hostname;
    const accelerator = part(line, '.machine-accelerator', HTMLElement);
    accelerator.textContent = kind;
    accelerator.title = machine.accelerator === 'kvm' ? text.kvmTip : text.tcgTip;
    part(line, '.machine-size', HTMLElement).textContent = fill(text.size, {
      cpus: machine.vcpus,
      memory:
        machine.memoryMib >= 1024
          ? `${Math.round((machine.memoryMib / 1024) * 10) / 10} GiB`
          : `${machine.memoryMib} MiB`,
    });
  }

  #open(): void {
    if (this.#host === undefined || !this.#linked || this.#wanted !== undefined) return;
    if (this.#tabs.size >= MAX_TERMINALS) return this.#host.say(words().terminal.tooMany);
    this.#request += 1;
    this.#wanted = this.#request;
    this.#host.send({ type: 'open', request: this.#request, ...(this.current?.size() ?? { cols: 80, rows: 24 }) });
  }

  #add(id: number): void {
    const host = this.#host;
    if (this.#tabs.has(id) || host === undefined) return;
    const number = this.#tabs.size + 1;
    const name = fill(words().terminal.name, { n: number });
    const button = el(
      'button',
      { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, tabindex: -1 },
      name,
    );
    button.addEventListener('click', () => this.#select(id, true));
    const view = el('uh-terminal' as 'div', {
      'data-terminal': id,
      'data-number': number,
    }) as HTMLElement as UhTerminal;
    const panel = el(
      'div',
      { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, class: 'terminal-panel' },
      view,
    );
    const close = el(
      'button',
      { type: 'button', class: 'tab-close', 'aria-label': fill(words().terminal.close, { name }) },
      '×',
    );
    close.addEventListener('click', () => host.send({ type: 'close', terminal: id }));
    const holder = el('span', { class: 'tab', role: 'presentation' }, button, close);
    this.#list.append(holder);
    part(this, '.terminals', HTMLElement).append(panel);
    this.#tabs.set(id, { id, view, button, panel });
    this.#select(this.#current ?? id, false);
    const terminalHost: TerminalHost = { ...host, action: (action) => this.#act(action) };
    view.open(terminalHost).then(
      () => this.#opened(id),
      () => this.notice.show({ key: 'noXterm', action: 'reload' }),
    );
  }

  /** The first terminal takes the keyboard only while nothing else has it. */
  #opened(id: number): void {
    const idle = document.activeElement === null || document.activeElement === document.body;
    if (this.#current === id && idle && matchMedia('(min-width: 900px)').matches) this.#tabs.get(id)?.view.focus();
  }

  #select(id: number, focus: boolean): void {
    if (!this.#tabs.has(id)) return;
    this.#current = id;
    for (const tab of this.#tabs.values()) {
      const chosen = tab.id === id;
      tab.button.setAttribute('aria-selected', String(chosen));
      tab.button.tabIndex = chosen ? 0 : -1;
      tab.button.parentElement?.toggleAttribute('data-chosen', chosen);
      tab.panel.toggleAttribute('data-hidden', !chosen);
    }
    if (focus) this.current?.focus();
  }

  #step(by: number): void {
    const ids = [...this.#tabs.keys()];
    const at = ids.indexOf(this.#current ?? 0);
    const id = ids.at((at + by) % ids.length);
    if (id !== undefined) this.#select(id, true);
  }

  #tabKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    this.#step(event.key === 'ArrowRight' ? 1 : -1);
    if (this.#current !== undefined) this.#tabs.get(this.#current)?.button.focus();
  }

  #ended(id: number, exitCode: number): void {
    const tab = this.#tabs.get(id);
    if (tab === undefined || tab.panel.dataset['ended'] !== undefined) return;
    tab.panel.dataset['ended'] = String(exitCode);
    tab.panel.append(endedMark(exitCode));
    tab.button.append(el('span', { class: 'tab-ended' }, words().terminal.ended));
  }

  #remove(id: number): void {
    const tab = this.#tabs.get(id);
    if (tab === undefined) return;
    this.#tabs.delete(id);
    tab.panel.remove();
    tab.button.parentElement?.remove();
    const next = [...this.#tabs.keys()].at(-1);
    if (this.#current === id) {
      this.#current = next;
      if (next !== undefined) this.#select(next, true);
    }
  }

  #clear(): void {
    for (const id of [...this.#tabs.keys()]) this.#remove(id);
    this.#current = undefined;
    this.#wanted = undefined;
  }

  #act(action: KeyAction): void {
    const view = this.current;
    if (action === 'find' && view?.screen !== undefined) part(this, 'uh-search', UhSearch).open(view);
    else if (action === 'new-terminal') this.#open();
    else if (action === 'next-terminal') this.#step(1);
    else if (action === 'previous-terminal') this.#step(-1);
    else if (action === 'help') this.#host?.help();
    else if (action === 'to-text') this.#host?.toText();
    else for (const tab of this.#tabs.values()) tab.view.setFontSize();
  }

  /** A phone's keyboard lacks these. Ctrl waits for the letter after it. */
  #extraKey(button: HTMLButtonElement): void {
    const data = button.dataset['keys'];
    const view = this.current;
    if (view === undefined) return;
    if (data === 'ctrl') view.holdCtrl(button);
    else if (data === 'copy') void copyText(view.screen?.terminal.getSelection() ?? '');
    else view.type(JSON.parse(`"${data ?? ''}"`) as string);
    view.focus();
  }
}

define('uh-machine', UhMachine);
