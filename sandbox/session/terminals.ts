// All terminals of a session: routes bytes between the guest's agent and the pages, and paces the guest.
import { MAX_TERMINALS } from '../protocol/flow.ts';
import type { GuestEvent, Position, TerminalInfo } from '../protocol/messages.ts';
import { Budget } from './budget.ts';
import type { AgentLink } from './agent-link.ts';
import { InputLine } from './input.ts';
import type { SavedScreen } from './record.ts';
import { SessionTerminal } from './terminal.ts';
import type { ViewerPort } from './viewer.ts';

/** Acknowledging less than this per frame would cost more than it frees: the guest's window holds eight of them. */
const ACK_STEP_BYTES = 32 * 1024;

/** What a shell ends with when its machine's agent lost it: killed by SIGHUP, as a shell would say it. */
const LOST_EXIT_CODE = 129;

export type TerminalsHooks = {
  /** a terminal came, went or ended */
  readonly changed: () => void;
  /** the last one was closed */
  readonly emptied: () => void;
  readonly commandFinished: (terminal: number, exitCode: number | null) => void;
  readonly prompted: (free: boolean) => void;
  readonly linkBroken: (error: unknown) => void;
  readonly now: () => number;
};

type Slot = { readonly terminal: SessionTerminal; readonly input: InputLine<ViewerPort> };

export class Terminals {
  readonly #slots = new Map<number, Slot>();
  readonly #hooks: TerminalsHooks;
  readonly #budget: Budget;
  #epochBase: number;
  #epoch: number;
  #link: AgentLink | undefined;
  /** pages that looked at a terminal which is no more; they are given the next one of that number */
  #orphans: { id: number; port: ViewerPort; cols: number; rows: number }[] = [];
  #agentId: string | undefined;
  /** input is kept back while a machine is being set up */
  #inputOpen = false;
  #paceTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(epochBase: number, outputBytesPerSecond: number, hooks: TerminalsHooks) {
    this.#epochBase = this.#epoch = epochBase;
    this.#hooks = hooks;
    this.#budget = new Budget(outputBytesPerSecond, hooks.now());
  }

  list(): { readonly id: number; readonly exitCode: number | null }[] {
    return [...this.#slots.values()].map(({ terminal }) => ({ id: terminal.id, exitCode: terminal.exitCode }));
  }

  get(id: number): SessionTerminal | undefined {
    return this.#slots.get(id)?.terminal;
  }

  get epochBase(): number {
    return this.#epochBase;
  }

  /** The highest that any position here may name. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Another machine, or an agent that lost its shells: the terminals that come are none of those that were. */
  restart(): void {
    this.#epochBase = this.#epoch + 1;
    this.#epoch = this.#epochBase;
    this.#agentId = undefined;
    for (const [id, { terminal }] of this.#slots) {
      this.#orphans.push(...terminal.lookers().map((looker) => ({ id, ...looker })));
      terminal.close();
    }
    this.#slots.clear();
    this.#hooks.changed();
  }

  beginEpoch(machineEpoch: number): void {
    this.#epoch = this.#epochBase + machineEpoch;
    for (const { terminal } of this.#slots.values()) terminal.beginEpoch(this.#epoch);
  }

  /** A new connection to the agent: every terminal goes on where our copy ends. */
  async bind(link: AgentLink): Promise<void> {
    const { welcome } = link;
    if (this.#agentId !== undefined && this.#agentId !== welcome.agentId) this.restart();
    this.#agentId = welcome.agentId;
    const present = new Set(welcome.terminals.map((info) => info.id));
    for (const id of this.#slots.keys()) if (!present.has(id)) this.#drop(id);
    this.#link = link;
    await Promise.all(welcome.terminals.slice(0, MAX_TERMINALS).map((info) => this.#bindTerminal(link, info)));
    this.#hooks.changed();
    for (const id of this.#slots.keys()) this.#sendInput(id);
  }

  unbind(): void {
    this.#link = undefined;
    for (const [id, slot] of this.#slots) {
      for (const { sender, bytes } of slot.input.lost()) sender.inputAck(id, bytes);
    }
  }

  openInput(): void {
    this.#inputOpen = true;
    for (const id of this.#slots.keys()) this.#sendInput(id);
  }

  output(id: number, seq: number, bytes: Uint8Array): void {
    this.#slots.get(id)?.terminal.receive(seq, bytes);
  }

  inputAck(id: number, bytes: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    for (const grant of slot.input.taken(bytes)) grant.sender.inputAck(id, grant.bytes);
    this.#sendInput(id);
  }

  event(event: GuestEvent): void {
    switch (event.event) {
      case 'command-finished':
        if (this.#slots.has(event.terminal)) this.#hooks.commandFinished(event.terminal, event.exitCode);
        break;
      case 'prompt': {
        const terminal = this.get(event.terminal);
        if (terminal === undefined) break;
        terminal.free = event.free;
        terminal.each((port) => port.prompt(event.terminal, event.free));
        this.#hooks.prompted(event.free);
        break;
      }
      case 'terminal-exited':
        this.#exit(event.terminal, event.exitCode);
        break;
      case 'terminal-opened':
        if (this.#link !== undefined && this.#slots.size < MAX_TERMINALS) {
          this.#bindTerminal(this.#link, event.terminal).then(this.#hooks.changed, this.#hooks.linkBroken);
        }
        break;
    }
  }

  /** Opens a shell. Throws where there are too many, or the agent refuses. */
  async open(cols: number, rows: number, user: string): Promise<number> {
    const link = this.#link;
    if (link === undefined) throw new Error('the machine does not answer at the moment');
    if (this.#slots.size >= MAX_TERMINALS) throw new Error(`there are ${MAX_TERMINALS} terminals already`);
    const info = await link.call('terminal.open', { cols, rows, user });
    await this.#bindTerminal(link, info);
    this.#hooks.changed();
    return info.id;
  }

  async closeTerminal(id: number): Promise<void> {
    if (!this.#slots.has(id)) return;
    await this.#link?.call('terminal.close', { terminal: id });
    this.#drop(id);
    this.#hooks.changed();
    if (this.#slots.size === 0) this.#hooks.emptied();
  }

  /** Returns false where the page broke the contract. */
  input(port: ViewerPort, id: number, bytes: Uint8Array): boolean {
    const slot = this.#slots.get(id);
    if (slot === undefined) return true;
    if (!slot.input.offer(port, bytes)) return false;
    this.#sendInput(id);
    return true;
  }

  attach(port: ViewerPort, id: number, position: Position | null, cols: number, rows: number): void {
    this.get(id)?.attach(port, position, cols, rows);
  }

  leave(port: ViewerPort): void {
    this.#orphans = this.#orphans.filter((orphan) => orphan.port !== port);
    for (const { terminal } of this.#slots.values()) terminal.detach(port);
  }

  /** The screens as they are, once everything received is drawn. */
  async save(): Promise<SavedScreen[]> {
    const slots = [...this.#slots.values()];
    await Promise.all(slots.map(({ terminal }) => terminal.settled()));
    return slots.map(({ terminal }) => terminal.save());
  }

  async restore(screens: readonly SavedScreen[]): Promise<void> {
    for (const saved of screens.slice(0, MAX_TERMINALS)) {
      const shape = { id: saved.terminal, cols: saved.cols, rows: saved.rows, user: saved.user };
      const terminal = this.#add(shape, saved.epoch, saved.exact ? 0 : saved.seq);
      await terminal.restore(saved);
    }
    this.#hooks.changed();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#paceTimer);
    this.#link = undefined;
    for (const { terminal } of this.#slots.values()) terminal.close();
    this.#slots.clear();
  }

  async #bindTerminal(link: AgentLink, info: TerminalInfo): Promise<void> {
    const known = this.#slots.get(info.id)?.terminal;
    const terminal = known ?? this.#add(info, this.#epoch, info.firstSeq);
    if (known === undefined) {
      terminal.expect(info.nextSeq);
      const adopted = this.#orphans.filter((orphan) => orphan.id === info.id);
      this.#orphans = this.#orphans.filter((orphan) => orphan.id !== info.id);
      for (const { port, cols, rows } of adopted) terminal.attach(port, null, cols, rows);
      this.#hooks.changed();
    }
    const { fromSeq } = await link.call('terminal.attach', { terminal: info.id, fromSeq: terminal.nextSeq });
    // The guest's window counts from here on this connection.
    terminal.guestAcked = Math.max(terminal.guestAcked, fromSeq);
    if (terminal.cols !== info.cols || terminal.rows !== info.rows) this.#resize(terminal);
    if (info.exitCode !== null) this.#exit(info.id, info.exitCode);
  }

  #add(shape: { id: number; cols: number; rows: number; user: string }, epoch: number, seq: number): SessionTerminal {
    const terminal: SessionTerminal = new SessionTerminal(shape, epoch, seq, {
      resize: () => this.#resize(terminal),
      moved: () => this.#pace(),
      now: this.#hooks.now,
    });
    this.#slots.set(shape.id, { terminal, input: new InputLine() });
    return terminal;
  }

  #resize(terminal: SessionTerminal): void {
    const { id, cols, rows } = terminal;
    this.#link?.call('terminal.resize', { terminal: id, cols, rows }).catch(this.#hooks.linkBroken);
  }

  #exit(id: number, exitCode: number): void {
    const terminal = this.get(id);
    if (terminal === undefined || terminal.exitCode !== null) return;
    terminal.exitCode = exitCode;
    terminal.each((port) => port.exited(id, exitCode));
    this.#hooks.changed();
  }

  #drop(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined) return;
    this.#exit(id, LOST_EXIT_CODE);
    this.#slots.delete(id);
    slot.terminal.close();
  }

  #sendInput(id: number): void {
    const slot = this.#slots.get(id);
    if (slot === undefined || this.#link === undefined || this.#link.closed || !this.#inputOpen) return;
    for (const bytes of slot.input.take()) this.#link.input(id, bytes).catch(() => undefined);
  }

  /** Tells the guest what was consumed, within the machine's budget. */
  #pace(): void {
    if (this.#closed || this.#link === undefined) return;
    const nowMs = this.#hooks.now();
    let againMs: number | undefined;
    for (const { terminal } of this.#slots.values()) {
      const { seq, askAgainMs } = terminal.consumed(nowMs);
      const wanted = seq - terminal.guestAcked;
      if (wanted >= ACK_STEP_BYTES) {
        const waitMs = this.#budget.waitMs(ACK_STEP_BYTES);
        if (waitMs === 0) {
          const granted = this.#budget.take(wanted, nowMs);
          terminal.guestAcked += granted;
          this.#link.ack(terminal.id, terminal.guestAcked);
          if (wanted - granted >= ACK_STEP_BYTES) againMs = least(againMs, this.#budget.waitMs(ACK_STEP_BYTES));
        } else {
          this.#budget.take(0, nowMs);
          againMs = least(againMs, Math.max(1, this.#budget.waitMs(ACK_STEP_BYTES)));
        }
      } else if (askAgainMs !== undefined && terminal.nextSeq - terminal.guestAcked >= ACK_STEP_BYTES) {
        againMs = least(againMs, askAgainMs);
      }
    }
    clearTimeout(this.#paceTimer);
    if (againMs !== undefined) this.#paceTimer = setTimeout(() => this.#pace(), againMs);
  }
}

function least(a: number | undefined, b: number): number {
  return a === undefined ? b : Math.min(a, b);
}
