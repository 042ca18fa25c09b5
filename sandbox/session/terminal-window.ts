// What the host knows of one terminal's flow: the output that may come, the input that may go.
import { GUEST_WINDOW_BYTES, INPUT_WINDOW_BYTES } from '../protocol/flow.ts';
import { LinkError } from './link-error.ts';

/** Input that waits for room on this side; whoever sends more does not look at the acknowledgements. */
const MAX_WAITING_BYTES = 4 * INPUT_WINDOW_BYTES;

type Waiting = { bytes: Uint8Array; resolve: () => void; reject: (error: LinkError) => void };

export class TerminalWindow {
  /** the next byte to come, and up to where it was consumed; undefined until attached */
  #nextSeq: number | undefined;
  #ackedSeq = 0;
  #inputInFlight = 0;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;

  attached(fromSeq: number): void {
    this.#nextSeq = fromSeq;
    this.#ackedSeq = fromSeq;
  }

  /** Throws where the guest's output is not the next in order, or more than was allowed. */
  received(seq: number, length: number): void {
    if (this.#nextSeq === undefined) throw new LinkError('violation', 'output of a terminal that is not attached');
    if (seq !== this.#nextSeq) throw new LinkError('violation', `output at ${seq}, expected at ${this.#nextSeq}`);
    this.#nextSeq += length;
    if (this.#nextSeq - this.#ackedSeq > GUEST_WINDOW_BYTES)
      throw new LinkError('violation', 'output beyond the window');
  }

  /** Whether this acknowledgement says something new. Throws RangeError for bytes that never came. */
  acknowledge(seq: number): boolean {
    if (this.#nextSeq === undefined || seq <= this.#ackedSeq) return false;
    if (seq > this.#nextSeq) throw new RangeError(`acknowledged ${seq}, received up to ${this.#nextSeq}`);
    this.#ackedSeq = seq;
    return true;
  }

  get inputRoom(): number {
    return Math.max(0, INPUT_WINDOW_BYTES - this.#inputInFlight - this.#waitingBytes);
  }

  /** Sends what has room now through `send`; resolves when all of it was sent. */
  input(bytes: Uint8Array, send: (bytes: Uint8Array) => void): Promise<void> {
    if (this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      return Promise.reject(new LinkError('input-overflow', 'more input than the terminal takes'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      this.#waitingBytes += bytes.length;
      this.#pump(send);
    });
  }

  /** Throws where the guest acknowledges input it was never sent. */
  inputTaken(count: number, send: (bytes: Uint8Array) => void): void {
    if (count > this.#inputInFlight) throw new LinkError('violation', 'acknowledged input that was never sent');
    this.#inputInFlight -= count;
    this.#pump(send);
  }

  close(error: LinkError): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
    this.#waitingBytes = 0;
  }

  #pump(send: (bytes: Uint8Array) => void): void {
    let first = this.#waiting[0];
    while (first !== undefined) {
      const piece = first.bytes.subarray(0, INPUT_WINDOW_BYTES - this.#inputInFlight);
      if (piece.length > 0) {
        this.#inputInFlight += piece.length;
        this.#waitingBytes -= piece.length;
        first.bytes = first.bytes.subarray(piece.length);
        send(piece);
      }
      if (first.bytes.length > 0) return;
      this.#waiting.shift();
      first.resolve();
      first = this.#waiting[0];
    }
  }
}
