// <uh-machine>: the right half of the desk: tabs, terminals, what is said over them, and the line that says which machine it is.
import type { ClientMessage, ServerMessage, SessionView } from '../api/socket.ts';
import { MAX_TERMINALS } from '../../sandbox/protocol/flow.ts';
import type { OutputFrame } from './frames.ts';
import type { Link } from './connection-state.ts';
import { isBooting } from './notice-state.ts';
import { define, el, part } from './dom.ts';
import { fill, words } from './text.ts';
import { copyText } from './clipboard.ts';
import { NO_PANES, choose, divide, forget, type Panes, type Split } from './panes.ts';
import { readStored, writeStored } from './stored.ts';
import { nameTerminal, terminalName } from './terminal-names.ts';
import { terminalTab, type TerminalTab } from './terminal-tab.ts';
import { setLayout } from './layout.ts';
import { endedMark, loadXterm, UhTerminal, type TerminalHost } from './uh-terminal.ts';
import { UhBoot } from './uh-boot.ts';
import { UhNotice } from './uh-notice.ts';
import { UhSearch } from './uh-search.ts';
import { UhSettings } from './uh-settings.ts';
import { UhTranscript } from './uh-transcript.ts';
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
  readonly number: number;
  readonly view: UhTerminal;
  readonly tab: TerminalTab;
  readonly panel: HTMLElement;
};

export class UhMachine extends HTMLElement {
  #host: MachineHost | undefined;
  #session: SessionView | undefined;
  #linked = false;
  #panes: Panes = NO_PANES;
  #request = 0;
  /** the learner asked for a terminal: once it is there it gets the keyboard, if that is still where it was */
  #wanted: { readonly request: number; readonly from: Element | null } | undefined;
  readonly #tabs = new Map<number, Tab>();

  connectedCallback(): void {
    void loadXterm().catch(() => undefined);
    part(this, '[data-action=new-terminal]', HTMLButtonElement).addEventListener('click', () => this.#open());
    for (const action of ['find', 'split-row', 'split-column', 'transcript'] as const)
      part(this, `[data-action=${action}]`, HTMLButtonElement).addEventListener('click', () => this.act(action));
    document.addEventListener('uh-settings', () => {
      for (const { view } of this.#tabs.values()) view.applySettings();
    });
    this.addEventListener('uh-bell', (event) => this.#rang(event.target));
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
    return this.#tabs.get(this.#panes.current ?? 0)?.view;
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
    part(this, '[data-action=new-terminal]', HTMLButtonElement).disabled =
      view.state !== 'ready' || view.terminals.length >= MAX_TERMINALS;
    part(this, '[data-action=transcript]', HTMLButtonElement).disabled = view.terminals.length === 0;
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
        if (message.request === this.#wanted?.request) {
          const stayed = keyboardIsFree() || document.activeElement === this.#wanted.from;
          this.#wanted = undefined;
          this.#select(message.terminal, stayed);
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
    this.#wanted = { request: this.#request, from: document.activeElement };
    this.#host.send({ type: 'open', request: this.#request, ...(this.current?.size() ?? { cols: 80, rows: 24 }) });
  }

  #add(id: number): void {
    const host = this.#host;
    if (this.#tabs.has(id) || host === undefined) return;
    const taken = new Set([...this.#tabs.values()].map((tab) => tab.number));
    let number = 1;
    while (taken.has(number)) number += 1;
    const tab = terminalTab(id, {
      chosen: () => this.#select(id, true),
      renamed: (name) => {
        nameTerminal(this.#session?.id ?? '', id, name);
        this.#name(id);
      },
      closed: () => host.send({ type: 'close', terminal: id }),
    });
    const view = el('uh-terminal' as 'div', {
      'data-terminal': id,
      'data-number': number,
    }) as HTMLElement as UhTerminal;
    const panel = el(
      'div',
      { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, class: 'terminal-panel' },
      view,
    );
    this.#list.append(tab.holder);
    part(this, '.terminals', HTMLElement).append(panel);
    this.#tabs.set(id, { id, number, view, tab, panel });
    this.#name(id);
    // An empty half takes the terminal; else what is looked at stays.
    const room = this.#panes.shown.length < (this.#panes.split === undefined ? 1 : 2);
    if (room) this.#panes = { ...choose(this.#panes, id), current: this.#panes.current ?? id };
    if (this.#tabs.size === 2 && this.#panes.split === undefined) this.#splitAgain();
    this.#draw();
    const terminalHost: TerminalHost = { ...host, action: (action) => this.act(action) };
    view.open(terminalHost).then(
      () => this.#opened(id),
      () => this.notice.show({ key: 'noXterm', action: 'reload' }),
    );
  }

  /** The first terminal takes the keyboard only while nothing else has it. */
  #opened(id: number): void {
    if (this.#panes.current === id && keyboardIsFree() && matchMedia('(min-width: 900px)').matches)
      this.#tabs.get(id)?.view.focus();
  }

  #select(id: number, focus: boolean): void {
    if (!this.#tabs.has(id)) return;
    this.#panes = choose(this.#panes, id);
    this.#draw();
    if (focus) this.current?.focus();
  }

  #draw(): void {
    const { split, shown, current } = this.#panes;
    const place = part(this, '.terminals', HTMLElement);
    if (split === undefined) delete place.dataset['split'];
    else place.dataset['split'] = split;
    const line = part(place, 'uh-splitter', HTMLElement);
    line.setAttribute('aria-orientation', split === 'column' ? 'horizontal' : 'vertical');
    line.hidden = split === undefined;
    for (const each of ['row', 'column'] as const)
      part(this, `[data-action=split-${each}]`, HTMLButtonElement).setAttribute('aria-pressed', String(split === each));
    for (const { id, tab, panel } of this.#tabs.values()) {
      const chosen = id === current;
      const at = shown.indexOf(id);
      tab.button.setAttribute('aria-selected', String(chosen));
      tab.button.tabIndex = chosen ? 0 : -1;
      tab.holder.toggleAttribute('data-chosen', chosen);
      tab.holder.toggleAttribute('data-shown', at >= 0);
      if (at >= 0) delete tab.holder.dataset['bell'];
      panel.toggleAttribute('data-hidden', at < 0);
      panel.toggleAttribute('data-chosen', chosen);
      panel.dataset['pane'] = String(at + 1);
    }
  }

  #split(split: Split): void {
    this.#panes = divide(this.#panes, split, [...this.#tabs.keys()]);
    writeStored('panes', this.#panes.split);
    this.#draw();
    this.current?.focus();
    if (this.#panes.split !== undefined && this.#panes.shown.length < 2) this.#open();
  }

  /** As it was split before the page was left, once there are two terminals to show. */
  #splitAgain(): void {
    const kept = readStored('panes');
    if (kept === 'row' || kept === 'column') this.#panes = divide(this.#panes, kept, [...this.#tabs.keys()]);
  }

  #name(id: number): void {
    const tab = this.#tabs.get(id);
    if (tab === undefined) return;
    tab.tab.name(this.#nameOf(tab));
  }

  #nameOf({ id, number }: Tab): string {
    return terminalName(this.#session?.id ?? '', id) ?? fill(words().terminal.name, { n: number });
  }

  /** A bell in a terminal that is out of sight shows at its tab until it is looked at. */
  #rang(from: EventTarget | null): void {
    const tab = [...this.#tabs.values()].find(({ view }) => view === from);
    if (tab !== undefined && !this.#panes.shown.includes(tab.id)) tab.tab.holder.dataset['bell'] = '';
  }

  #step(by: number): void {
    const ids = [...this.#tabs.keys()];
    const at = ids.indexOf(this.#panes.current ?? 0);
    const id = ids.at((at + by) % ids.length);
    if (id !== undefined) this.#select(id, true);
  }

  #tabKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    this.#step(event.key === 'ArrowRight' ? 1 : -1);
    this.#tabs.get(this.#panes.current ?? 0)?.tab.button.focus();
  }

  #ended(id: number, exitCode: number): void {
    const tab = this.#tabs.get(id);
    if (tab === undefined || tab.panel.dataset['ended'] !== undefined) return;
    tab.panel.dataset['ended'] = String(exitCode);
    tab.panel.append(endedMark(exitCode));
    tab.tab.ended();
  }

  #remove(id: number): void {
    const tab = this.#tabs.get(id);
    if (tab === undefined) return;
    this.#tabs.delete(id);
    tab.panel.remove();
    tab.tab.holder.remove();
    const was = this.#panes.current;
    this.#panes = forget(this.#panes, id, [...this.#tabs.keys()]);
    this.#draw();
    if (was === id) this.current?.focus();
  }

  #clear(): void {
    for (const id of [...this.#tabs.keys()]) this.#remove(id);
    this.#panes = NO_PANES;
    this.#wanted = undefined;
  }

  /** What a key or a button asks for, wherever it was pressed. */
  act(action: KeyAction): void {
    const view = this.current;
    if (action === 'find' && view?.screen !== undefined) part(this, 'uh-search', UhSearch).open(view);
    else if (action === 'new-terminal') this.#open();
    else if (action === 'next-terminal') this.#step(1);
    else if (action === 'previous-terminal') this.#step(-1);
    else if (action === 'help') this.#host?.help();
    else if (action === 'to-text') this.#host?.toText();
    else if (action === 'split-row') this.#split('row');
    else if (action === 'split-column') this.#split('column');
    else if (action === 'rename-terminal') this.#tabs.get(this.#panes.current ?? 0)?.tab.rename();
    else if (action === 'settings') part(this, 'uh-settings', UhSettings).open();
    else if (action === 'transcript') this.#transcript();
    else if (action === 'layout-text') setLayout('text');
    else if (action === 'layout-both') setLayout('both');
    else if (action === 'layout-machine') setLayout('machine');
  }

  #transcript(): void {
    const session = this.#session?.id;
    if (session === undefined || this.#tabs.size === 0) return;
    const terminals = [...this.#tabs.values()].map((tab) => ({ id: tab.id, name: this.#nameOf(tab) }));
    part(this, 'uh-transcript', UhTranscript).open({ session, terminals, current: this.#panes.current });
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

function keyboardIsFree(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

define('uh-machine', UhMachine);
