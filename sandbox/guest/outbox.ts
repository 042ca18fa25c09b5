// Everything that waits to go to the host: small frames first, then bulk sources in turn, one write at a time.
import { HEADER_BYTES, MAX_PAYLOAD_BYTES } from '../protocol/wire.ts';

/** Something with bytes to send: a terminal, or a call's byte stream. */
export type Source = {
  /** Writes at most one whole frame into `target` from `offset`, within `room` bytes. Returns the bytes written; 0 = nothing now. */
  fill(target: Uint8Array, offset: number, room: number): number;
};

/** One batch. The virtio port takes 32 KiB per write, and everything above amortises little more. */
const STAGING_BYTES = HEADER_BYTES + MAX_PAYLOAD_BYTES;

/** How long bulk output waits for more of itself. A write costs as much as a dozen reads of a pty. */
const GATHER_MS = 2;

/**
 * While a write is under way, what arrives gathers in its source, so bulk output leaves in large frames and a lone
 * echo leaves at once.
 */
export class Outbox {
  readonly #write: (bytes: Uint8Array, done: () => void) => void;
  readonly #staging = Buffer.allocUnsafeSlow(STAGING_BYTES);
  #control: { readonly bytes: Uint8Array; readonly left: (() => void) | undefined }[] = [];
  #controlOffset = 0;
  /** sources that may have something, in turn */
  readonly #ready = new Set<Source>();
  #writing = false;
  #scheduled = false;
  #gathering: NodeJS.Timeout | undefined;
  /** no host is known: nothing is kept */
  #open = false;

  constructor(write: (bytes: Uint8Array, done: () => void) => void) {
    this.#write = write;
  }

  get open(): boolean {
    return this.#open;
  }

  /** A new host: forgets everything of the old one and begins with `opening`. */
  begin(opening: Uint8Array): void {
    this.stop();
    this.#open = true;
    this.frame(opening);
  }

  stop(): void {
    this.#open = false;
    this.#control = [];
    this.#controlOffset = 0;
    this.#ready.clear();
  }

  /** `left` is called when the frame has gone into a write; never where its host went away before. */
  frame(bytes: Uint8Array, left?: () => void): void {
    if (!this.#open) return;
    this.#control.push({ bytes, left });
    this.#schedule();
  }

  /** Says that `source` may have something to send. `bulk`: it is in the middle of much, which may gather a little. */
  wake(source: Source, bulk = false): void {
    if (!this.#open) return;
    this.#ready.add(source);
    if (!bulk) this.#schedule();
    else if (!this.#scheduled && !this.#writing) {
      this.#gathering ??= setTimeout(() => {
        this.#gathering = undefined;
        this.#flush();
      }, GATHER_MS);
    }
  }

  forget(source: Source): void {
    this.#ready.delete(source);
  }

  #schedule(): void {
    if (this.#scheduled || this.#writing) return;
    this.#scheduled = true;
    // after everything this turn of the event loop brought, so that reads of one turn leave together
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#writing) return;
    const length = this.#gather();
    if (length === 0) return;
    this.#writing = true;
    this.#write(this.#staging.subarray(0, length), () => {
      this.#writing = false;
      this.#flush();
    });
  }

  #gather(): number {
    let length = this.#gatherControl();
    for (const source of this.#ready) {
      const room = STAGING_BYTES - length;
      if (room < STAGING_BYTES / 8) break;
      const written = source.fill(this.#staging, length, room);
      // back to the end of the line, or out of it until it wakes again
      this.#ready.delete(source);
      if (written > 0) this.#ready.add(source);
      length += written;
    }
    return length;
  }

  #gatherControl(): number {
    let length = 0;
    while (length < STAGING_BYTES) {
      const first = this.#control[0];
      if (first === undefined) break;
      const part = first.bytes.subarray(this.#controlOffset, this.#controlOffset + STAGING_BYTES - length);
      this.#staging.set(part, length);
      length += part.length;
      this.#controlOffset += part.length;
      if (this.#controlOffset === first.bytes.length) {
        this.#control.shift();
        this.#controlOffset = 0;
        first.left?.();
      }
    }
    return length;
  }
}
