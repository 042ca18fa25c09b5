// The byte stream of one call, host side: bytes out under the guest's credit, bytes in within the credit given.
import { encodeFrame, payloadsOf, writeU32 } from '../protocol/codec.ts';
import { CALL_WINDOW_BYTES } from '../protocol/flow.ts';
import { FRAME, MAX_PAYLOAD_BYTES } from '../protocol/wire.ts';
import { LinkError } from './link-error.ts';

/** Receives a call's bytes. `onData` gets views valid during the call; each byte is given back with `consumed`. */
export type LaneReader = {
  onData(lane: number, bytes: Uint8Array): void;
  onEnd(lane: number): void;
  /** the link ended before the call did */
  onClose?(error: Error): void;
};

const CREDIT_STEP_BYTES = CALL_WINDOW_BYTES / 4;
/** No honest guest gives more credit than this beyond what was sent. */
const MAX_CREDIT = 16 * CALL_WINDOW_BYTES;

export class CallLane {
  readonly id: number;
  readonly #write: (frame: Uint8Array) => void;
  readonly #reader: LaneReader;
  readonly #ended = new Set<number>();
  #sendCredit = CALL_WINDOW_BYTES;
  #receiveCredit = CALL_WINDOW_BYTES;
  #owed = 0;
  #roomWaiter: (() => void) | undefined;
  #closed = false;
  /** both directions of a dial have ended */
  sentEnd = false;

  constructor(id: number, write: (frame: Uint8Array) => void, reader: LaneReader) {
    this.id = id;
    this.#write = write;
    this.#reader = reader;
  }

  hasEnded(lane: number): boolean {
    return this.#ended.has(lane);
  }

  /** Sends on lane 0 as credit allows; one at a time. Resolves early where the call is over: nobody wants the rest. */
  async send(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0 && !this.#closed) {
      if (this.#sendCredit === 0) {
        await new Promise<void>((resolve) => {
          this.#roomWaiter = resolve;
        });
        continue;
      }
      const part = rest.subarray(0, this.#sendCredit);
      rest = rest.subarray(part.length);
      this.#sendCredit -= part.length;
      for (const piece of payloadsOf(part, MAX_PAYLOAD_BYTES - 1)) {
        this.#write(encodeFrame(FRAME.data, this.id, Uint8Array.of(0), piece));
      }
    }
  }

  end(): void {
    if (this.#closed || this.sentEnd) return;
    this.sentEnd = true;
    this.#write(encodeFrame(FRAME.end, this.id, Uint8Array.of(0)));
  }

  /** Gives the guest credit for bytes that have found their place. */
  consumed(count: number): void {
    this.#owed += count;
    if (this.#closed || this.#owed < CREDIT_STEP_BYTES) return;
    const payload = new Uint8Array(4);
    writeU32(payload, 0, this.#owed);
    this.#receiveCredit += this.#owed;
    this.#owed = 0;
    this.#write(encodeFrame(FRAME.credit, this.id, payload));
  }

  onData(payload: Uint8Array): void {
    const lane = payload[0];
    if (lane === undefined || lane > 2 || this.#ended.has(lane))
      throw new LinkError('violation', 'data on a lane that is not open');
    this.#receiveCredit -= payload.length - 1;
    if (this.#receiveCredit < 0) throw new LinkError('violation', 'data beyond the credit');
    this.#reader.onData(lane, payload.subarray(1));
  }

  onEnd(payload: Uint8Array): void {
    const lane = payload[0];
    if (lane === undefined || lane > 2 || this.#ended.has(lane))
      throw new LinkError('violation', 'end of a lane that is not open');
    this.#ended.add(lane);
    this.#reader.onEnd(lane);
  }

  onCredit(count: number): void {
    this.#sendCredit += count;
    if (this.#sendCredit > MAX_CREDIT) throw new LinkError('violation', 'more credit than was ever used');
    this.#wake();
  }

  /** With `error`: the link is gone, and the reader hears of it. */
  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake();
    if (error !== undefined) this.#reader.onClose?.(error);
  }

  #wake(): void {
    const waiter = this.#roomWaiter;
    this.#roomWaiter = undefined;
    waiter?.();
  }
}
