// One page looking at one terminal: how far it was sent, how far it got, and whether it keeps up.
import { BROWSER_ACK_BYTES, BROWSER_WINDOW_BYTES, LAGGARD_BYTES } from '../protocol/flow.ts';

/** A page that acknowledged nothing for so long while output was due does not hold the guest back any longer:
 * browsers freeze hidden tabs, and a frozen tab must not freeze the program the learner left running. */
export const STALL_MS = 10_000;

export type Attached = {
  readonly terminal: number;
  readonly epoch: number;
  readonly from: number;
  readonly replayUntil: number;
  readonly clear: boolean;
  readonly cols: number;
  readonly rows: number;
};

/** What a session says to a page. Calls never throw and never wait. */
export interface ViewerPort {
  attached(answer: Attached): void;
  output(terminal: number, epoch: number, seq: number, bytes: Uint8Array): void;
  size(terminal: number, cols: number, rows: number): void;
  exited(terminal: number, exitCode: number): void;
  prompt(terminal: number, free: boolean): void;
  inputAck(terminal: number, bytes: number): void;
}

export class View {
  readonly port: ViewerPort;
  cols: number;
  rows: number;
  /** next byte to send, and the first byte not acknowledged */
  sent = 0;
  acked = 0;
  replayUntil = 0;
  /** too far behind: gets nothing until what is under way is parsed, then the present screen */
  lagging = false;
  #progressAtMs: number;

  constructor(port: ViewerPort, cols: number, rows: number, nowMs: number) {
    this.port = port;
    this.cols = cols;
    this.rows = rows;
    this.#progressAtMs = nowMs;
  }

  start(from: number, replayUntil: number): void {
    this.sent = this.acked = from;
    this.replayUntil = replayUntil;
    this.lagging = false;
  }

  /** Returns false for a position that was never sent. */
  acknowledge(seq: number, nowMs: number): boolean {
    if (seq > this.sent) return false;
    if (seq > this.acked) {
      this.acked = seq;
      this.#progressAtMs = nowMs;
    }
    return true;
  }

  /** Bytes that may still be sent. */
  window(): number {
    return this.lagging ? 0 : Math.max(0, BROWSER_WINDOW_BYTES - (this.sent - this.acked));
  }

  sentNow(seq: number, nowMs: number): void {
    if (this.sent - this.acked < BROWSER_ACK_BYTES) this.#progressAtMs = nowMs;
    this.sent = seq;
  }

  fallsBehind(nextSeq: number): boolean {
    return this.window() === 0 && nextSeq - this.acked > LAGGARD_BYTES && this.sent >= this.replayUntil;
  }

  /** Whether everything that a page must acknowledge has been. */
  drained(): boolean {
    return this.sent - this.acked < BROWSER_ACK_BYTES;
  }

  /** When this view stops counting as a pace-maker, or undefined while it owes nothing. */
  stallsAtMs(): number | undefined {
    return this.drained() ? undefined : this.#progressAtMs + STALL_MS;
  }
}
