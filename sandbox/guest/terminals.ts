// All terminals of the machine, by id. An ended one stays listed with its exit code until it is closed.
import { MAX_TERMINALS } from '../protocol/flow.ts';
import type { GuestEvent, TerminalInfo } from '../protocol/messages.ts';
import { GuestError } from './guest-error.ts';
import type { Outbox } from './outbox.ts';
import type { Platform } from './platform.ts';
import { Terminal } from './terminal.ts';

export class Terminals {
  readonly #platform: Platform;
  readonly #outbox: Outbox;
  readonly #onEvent: (event: GuestEvent) => void;
  readonly #byId = new Map<number, Terminal>();
  #lastId = 0;

  constructor(platform: Platform, outbox: Outbox, onEvent: (event: GuestEvent) => void) {
    this.#platform = platform;
    this.#outbox = outbox;
    this.#onEvent = onEvent;
  }

  /** `hold` is the FIFO its shell waits at before the first prompt. */
  open(user: string, cols: number, rows: number, hold?: string): Terminal {
    if (this.#byId.size >= MAX_TERMINALS)
      throw new GuestError('too-many-terminals', `at most ${MAX_TERMINALS} terminals`);
    this.#platform.account(user);
    const openPtys = [...this.#byId.values()].flatMap(({ fd }) => fd ?? []);
    const terminal = new Terminal({
      id: ++this.#lastId,
      user,
      cols,
      rows,
      outbox: this.#outbox,
      launch: (nonce) => this.#platform.shell(user, nonce, hold, openPtys),
      onEvent: this.#onEvent,
    });
    this.#byId.set(terminal.id, terminal);
    return terminal;
  }

  find(id: number): Terminal | undefined {
    return this.#byId.get(id);
  }

  get(id: number): Terminal {
    const terminal = this.#byId.get(id);
    if (terminal === undefined) throw new GuestError('no-such-terminal', `there is no terminal ${id}`);
    return terminal;
  }

  list(): readonly TerminalInfo[] {
    return [...this.#byId.values()].map(({ info }) => info);
  }

  /** Living ones with the process on them. */
  observed(): readonly { readonly id: number; readonly pid: number }[] {
    return [...this.#byId.values()].flatMap(({ id, pid }) => (pid === undefined ? [] : [{ id, pid }]));
  }

  close(id: number): void {
    this.get(id).close();
    this.#byId.delete(id);
  }

  /** Numbers go on after the last living one: of terminals that came and went in the template its copies know nothing. */
  renumber(): void {
    this.#lastId = Math.max(0, ...this.#byId.keys());
  }

  closeAll(): void {
    for (const id of [...this.#byId.keys()]) this.close(id);
  }

  detachAll(): void {
    for (const terminal of this.#byId.values()) terminal.detach();
  }
}
