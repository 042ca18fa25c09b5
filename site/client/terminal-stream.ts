// One terminal's bytes between the connection and a screen: positions, acknowledgements, replay, input window.
import type { ClientMessage, ServerMessage } from '../api/socket.ts';
import type { OutputFrame } from './frames.ts';
import * as ledgers from './output-ledger.ts';
import * as windows from './input-window.ts';
import { isTerminalAnswer } from './terminal-answer.ts';

/** What shows the bytes: xterm.js, or a recorder in a test. `done` is called once they were parsed. */
export type Screen = {
  write(bytes: Uint8Array | string, done: () => void): void;
  size(): { cols: number; rows: number };
};

export type StreamWire = {
  send(message: ClientMessage): void;
  sendInput(terminal: number, bytes: Uint8Array): void;
};

export type StreamEvents = {
  /** input was refused because too much waits already, or the rest of a paste was dropped with the connection */
  inputLost(reason: 'full' | 'dropped'): void;
  /** replay is over (true) or something holds input back (false) */
  ready(ready: boolean): void;
};

/** "Back to the initial state", written rather than called, so that it keeps its place among the bytes still to be parsed. */
const RESET = '\x1bc';

export class TerminalStream {
  readonly id: number;
  readonly #screen: Screen;
  readonly #wire: StreamWire;
  readonly #on: StreamEvents;
  #ledger: ledgers.Ledger = ledgers.EMPTY;
  #window: windows.InputWindow = windows.CLOSED;
  #asked = false;

  constructor(id: number, screen: Screen, wire: StreamWire, on: StreamEvents) {
    this.id = id;
    this.#screen = screen;
    this.#wire = wire;
    this.#on = on;
  }

  /** True while typing goes straight to the shell. */
  get ready(): boolean {
    return this.#window.open;
  }

  attach(): void {
    if (this.#asked) return;
    this.#asked = true;
    const position = ledgers.position(this.#ledger);
    this.#wire.send({ type: 'attach', terminal: this.id, position, ...this.#screen.size() });
  }

  /** The connection went away; the screen stays as it is. */
  lost(): void {
    this.#asked = false;
    this.#ledger = ledgers.detach(this.#ledger);
    const closed = windows.closeWindow(this.#window);
    const was = this.#window.open;
    // Typing that was held for the last replay is kept for the next.
    this.#window = was ? closed.window : { ...closed.window, queue: this.#window.queue };
    if (closed.lostBytes > 0) this.#on.inputLost('dropped');
    if (was) this.#on.ready(false);
  }

  attached(answer: Extract<ServerMessage, { type: 'attached' }>): void {
    this.#ledger = ledgers.attach(this.#ledger, answer);
    // Also unasked: the machine woke up in a new epoch, or this page had fallen too far behind.
    this.#window = windows.holdWindow(this.#window);
    if (answer.clear) this.#screen.write(RESET, () => undefined);
    // An empty write returns once everything before it is parsed, also where nothing is replayed at all.
    const { generation } = this.#ledger;
    this.#screen.write('', () => this.#parsed(generation, answer.from));
  }

  output(frame: OutputFrame): void {
    const [ledger, receipt] = ledgers.receive(this.#ledger, frame);
    this.#ledger = ledger;
    if (receipt.kind === 'gap') {
      this.lost();
      this.attach();
    }
    if (receipt.kind !== 'write') return;
    this.#screen.write(receipt.bytes, () => this.#parsed(ledger.generation, receipt.until));
  }

  /** What xterm.js hands out: typing, a paste, or an answer to a query in the output. */
  input(data: string): void {
    if (!this.#window.open && isTerminalAnswer(data)) return;
    this.inputBytes(new TextEncoder().encode(data));
  }

  inputBytes(bytes: Uint8Array): void {
    this.#apply(windows.offer(this.#window, bytes));
  }

  inputAck(bytes: number): void {
    this.#apply(windows.grant(this.#window, bytes));
  }

  #parsed(generation: number, until: number): void {
    const [ledger, ack] = ledgers.parse(this.#ledger, generation, until);
    this.#ledger = ledger;
    if (ack !== undefined) this.#wire.send({ type: 'ack', terminal: this.id, seq: ack });
    if (generation === ledger.generation && !this.#window.open && !ledgers.replaying(ledger)) {
      this.#apply(windows.openWindow(this.#window));
      this.#on.ready(true);
    }
  }

  #apply(sending: windows.Sending): void {
    this.#window = sending.window;
    for (const piece of sending.send) this.#wire.sendInput(this.id, piece);
    if (sending.refused) this.#on.inputLost('full');
  }
}
