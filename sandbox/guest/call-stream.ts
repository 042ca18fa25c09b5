// The byte stream of one call, guest side: lanes out under the host's credit, bytes in with credit given back.
import { encodeFrame, writeHeader, writeU32 } from '../protocol/codec.ts';
import { CALL_WINDOW_BYTES } from '../protocol/flow.ts';
import { FRAME, HEADER_BYTES } from '../protocol/wire.ts';
import { GuestError } from './guest-error.ts';
import type { Outbox, Source } from './outbox.ts';

type Item = { readonly lane: number; bytes: Uint8Array | 'end' };

/** The largest piece in one data frame: a terminal's keystroke must not wait long behind it. */
const PIECE_BYTES = 16 * 1024;
const DATA_OVERHEAD = HEADER_BYTES + 1;

/** Credit is given back in portions, not per frame. */
const CREDIT_STEP_BYTES = CALL_WINDOW_BYTES / 4;

export class CallStream implements Source {
  readonly id: number;
  readonly #outbox: Outbox;
  readonly #abort = new AbortController();
  readonly #queue: Item[] = [];
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #credit = CALL_WINDOW_BYTES;
  #owedCredit = 0;
  /** set by whoever takes bytes from the host; unset lanes are dropped */
  onData: ((bytes: Uint8Array) => void) | undefined;
  onEnd: (() => void) | undefined;

  constructor(id: number, outbox: Outbox) {
    this.id = id;
    this.#outbox = outbox;
  }

  /** Fires when the host cancels the call or is gone. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Queues `bytes` (kept as they are) and resolves when all queued before and with them has left. */
  send(lane: number, bytes: Uint8Array): Promise<void> {
    return this.#put({ lane, bytes });
  }

  end(lane: number): Promise<void> {
    return this.#put({ lane, bytes: 'end' });
  }

  /** The owner has digested bytes from the host. */
  consumed(bytes: number): void {
    this.#owedCredit += bytes;
    if (this.#owedCredit < CREDIT_STEP_BYTES) return;
    const count = new Uint8Array(4);
    writeU32(count, 0, this.#owedCredit);
    this.#owedCredit = 0;
    this.#outbox.frame(encodeFrame(FRAME.credit, this.id, count));
  }

  addCredit(bytes: number): void {
    this.#credit += bytes;
    this.#outbox.wake(this);
  }

  cancel(): void {
    if (this.#abort.signal.aborted) return;
    this.#outbox.forget(this);
    this.#queue.length = 0;
    const error = new GuestError('cancelled', 'the call was cancelled');
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#abort.abort(error);
  }

  fill(target: Uint8Array, offset: number, room: number): number {
    const first = this.#queue[0];
    if (first === undefined) return 0;
    if (first.bytes === 'end') {
      if (room < DATA_OVERHEAD) return 0;
      writeHeader(target, offset, FRAME.end, this.id, 1);
      target[offset + HEADER_BYTES] = first.lane;
      this.#shift();
      return DATA_OVERHEAD;
    }
    const length = Math.min(first.bytes.length, this.#credit, PIECE_BYTES, room - DATA_OVERHEAD);
    if (length <= 0) return 0;
    writeHeader(target, offset, FRAME.data, this.id, 1 + length);
    target[offset + HEADER_BYTES] = first.lane;
    target.set(first.bytes.subarray(0, length), offset + DATA_OVERHEAD);
    this.#credit -= length;
    if (length === first.bytes.length) this.#shift();
    else first.bytes = first.bytes.subarray(length);
    return DATA_OVERHEAD + length;
  }

  #put(item: Item): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.reject(this.#abort.signal.reason as Error);
    if (item.bytes !== 'end' && item.bytes.length === 0) return Promise.resolve();
    this.#queue.push(item);
    this.#outbox.wake(this);
    const left = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // a caller that does not wait must not bring the agent down
    left.catch(() => undefined);
    return left;
  }

  #shift(): void {
    this.#queue.shift();
    this.#waiting.shift()?.resolve();
  }
}
