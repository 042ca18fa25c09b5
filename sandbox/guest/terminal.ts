// One terminal: a shell on a pty, the ring of what it wrote, the window towards the host and the input that waits.
import { randomBytes } from 'node:crypto';
import { writeHeader, writeSequence, SEQUENCE_BYTES, encodeFrame, writeU32 } from '../protocol/codec.ts';
import { GUEST_WINDOW_BYTES } from '../protocol/flow.ts';
import type { GuestEvent, TerminalInfo } from '../protocol/messages.ts';
import { FRAME, HEADER_BYTES, MAX_PAYLOAD_BYTES } from '../protocol/wire.ts';
import { InputQueue } from './input-queue.ts';
import { MarkScanner } from './integration.ts';
import type { Outbox, Source } from './outbox.ts';
import type { Launch } from './platform.ts';
import { Pty } from './pty.ts';
import { OutputRing } from './ring.ts';

export type TerminalOptions = {
  readonly id: number;
  readonly user: string;
  readonly cols: number;
  readonly rows: number;
  readonly outbox: Outbox;
  readonly launch: (nonce: string) => Launch;
  readonly onEvent: (event: GuestEvent) => void;
};

/** A paused pty is read again once this much of the window is free, so that it does not stop and go with every frame. */
const RESUME_BYTES = GUEST_WINDOW_BYTES / 4;

const BULK_READ_BYTES = 2048;
/** As much as the virtio port takes in one write. */
const BATCH_BYTES = 32 * 1024;

const FRAME_OVERHEAD = HEADER_BYTES + SEQUENCE_BYTES;

export class Terminal implements Source {
  readonly id: number;
  readonly #options: TerminalOptions;
  readonly #ring = new OutputRing();
  readonly #pty: Pty;
  readonly #input: InputQueue;
  readonly #marks: MarkScanner;
  #cols: number;
  #rows: number;
  #exitCode: number | null = null;
  #attached = false;
  /** next byte to send, and up to where the host consumed */
  #sentSeq = 0;
  #ackedSeq = 0;

  constructor(options: TerminalOptions) {
    this.id = options.id;
    this.#options = options;
    this.#cols = options.cols;
    this.#rows = options.rows;
    const nonce = randomBytes(16).toString('hex');
    this.#marks = new MarkScanner(nonce);
    this.#input = new InputQueue(
      (bytes) => this.#pty.write(bytes),
      (taken) => this.#acknowledgeInput(taken),
    );
    this.#pty = new Pty(
      { ...options.launch(nonce), cols: options.cols, rows: options.rows },
      { onOutput: (bytes) => this.#onOutput(bytes), onExit: (exitCode) => this.#onExit(exitCode) },
    );
  }

  get info(): TerminalInfo {
    return {
      id: this.id,
      cols: this.#cols,
      rows: this.#rows,
      firstSeq: this.#ring.firstSeq,
      nextSeq: this.#ring.nextSeq,
      exitCode: this.#exitCode,
      user: this.#options.user,
    };
  }

  /** The pty's descriptor, which children of the agent must not inherit. */
  get fd(): number | undefined {
    return this.#exitCode === null ? this.#pty.fd : undefined;
  }

  /** The process on the pty: the shell, or what starts it; undefined once it ended. */
  get pid(): number | undefined {
    return this.#exitCode === null ? this.#pty.pid : undefined;
  }

  /** Sends output from `fromSeq`, or from the oldest byte kept. Returns where it really begins. */
  attach(fromSeq: number): number {
    const from = Math.min(Math.max(fromSeq, this.#ring.firstSeq), this.#ring.nextSeq);
    this.#sentSeq = from;
    this.#ackedSeq = from;
    this.#attached = true;
    this.#balance();
    this.#options.outbox.wake(this);
    return from;
  }

  /** No host: output is read on and the ring forgets its oldest; input that came stays. */
  detach(): void {
    this.#attached = false;
    this.#input.orphan();
    this.#pty.resume();
  }

  ack(seq: number): void {
    if (seq <= this.#ackedSeq || seq > this.#sentSeq) return;
    this.#ackedSeq = seq;
    this.#balance();
    this.#options.outbox.wake(this);
  }

  input(bytes: Uint8Array): void {
    // an ended shell reads nothing; its host gets its window back
    if (this.#exitCode !== null) this.#acknowledgeInput(bytes.length);
    // a copy: the frame is a view into the receive buffer
    else this.#input.push(Uint8Array.from(bytes));
  }

  resize(cols: number, rows: number): void {
    if (cols === this.#cols && rows === this.#rows) return;
    this.#cols = cols;
    this.#rows = rows;
    this.#pty.resize(cols, rows);
  }

  close(): void {
    this.#attached = false;
    this.#options.outbox.forget(this);
    this.#input.close();
    this.#pty.close();
  }

  fill(target: Uint8Array, offset: number, room: number): number {
    if (!this.#attached) return 0;
    const until = Math.min(this.#ring.nextSeq, this.#ackedSeq + GUEST_WINDOW_BYTES);
    const length = Math.min(until - this.#sentSeq, MAX_PAYLOAD_BYTES - SEQUENCE_BYTES, room - FRAME_OVERHEAD);
    if (length <= 0) return 0;
    writeHeader(target, offset, FRAME.output, this.id, SEQUENCE_BYTES + length);
    writeSequence(target, offset + HEADER_BYTES, this.#sentSeq);
    this.#ring.copy(this.#sentSeq, length, target, offset + FRAME_OVERHEAD);
    this.#sentSeq += length;
    return FRAME_OVERHEAD + length;
  }

  #onOutput(bytes: Buffer): void {
    const start = this.#ring.nextSeq;
    this.#ring.append(bytes);
    for (const mark of this.#marks.push(bytes)) {
      const at = { terminal: this.id, seq: start + mark.offset };
      if (mark.kind === 'finished')
        this.#options.onEvent({ event: 'command-finished', ...at, exitCode: mark.exitCode });
      else this.#options.onEvent({ event: 'prompt', ...at, free: mark.kind === 'prompt' });
    }
    if (this.#attached) {
      // a full read means that there is more; an echo is short and goes at once
      const bulk = bytes.length >= BULK_READ_BYTES && this.#ring.nextSeq - this.#sentSeq < BATCH_BYTES;
      this.#options.outbox.wake(this, bulk);
      this.#balance();
    }
    // a program that writes may have begun to read as well
    if (this.#input.queuedBytes > 0) this.#input.flush();
  }

  /** Stops reading the shell while the host has a full window to digest. */
  #balance(): void {
    const behind = this.#ring.nextSeq - this.#ackedSeq;
    if (behind >= GUEST_WINDOW_BYTES) this.#pty.pause();
    else if (behind <= GUEST_WINDOW_BYTES - RESUME_BYTES) this.#pty.resume();
  }

  #acknowledgeInput(taken: number): void {
    const count = new Uint8Array(4);
    writeU32(count, 0, taken);
    this.#options.outbox.frame(encodeFrame(FRAME.inputAck, this.id, count));
  }

  #onExit(exitCode: number): void {
    this.#exitCode = exitCode;
    this.#input.flush();
    this.#input.close();
    this.#options.onEvent({ event: 'terminal-exited', terminal: this.id, exitCode });
  }
}
